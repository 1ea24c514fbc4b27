import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, postBody, postJson } from "../benign-generator.ts";
import { plainPath, word } from "../frame.ts";
import { expand, loadGrammar } from "../grammar.ts";
import { formEncode } from "../wire.ts";

const prose = loadGrammar("prose");
const code = loadGrammar("code");
const templates = loadGrammar("templates");

const escapeHtml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function block(random: Random): string {
  const text = escapeHtml(expand(random, prose));
  return random.pick([
    `<p>${text}</p>`,
    `<p class="MsoNormal" style="margin-bottom:0cm"><span lang="EN-US" style="font-size:12.0pt">${text}<o:p></o:p></span></p>`,
    `<h${random.between(1, 4)}>${word(random)} &ndash; ${word(random)}</h${random.between(1, 4)}>`,
    `<ul>\n<li>${text}</li>\n<li><strong>${word(random)}</strong></li>\n</ul>`,
    `<p><a href="https://${word(random)}.example/${word(random)}?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">${word(random)}</a>&nbsp;${text}</p>`,
    `<div data-block="true" data-editor="${word(random)}"><span data-text="true">${text}</span></div>`,
    `<pre class="language-js"><code>${escapeHtml(expand(random, code, "js"))}</code></pre>`,
    `<figure class="wp-block-image"><img src="/wp-content/uploads/2026/02/${word(random)}.jpg" alt="" width="${random.between(100, 900)}"/></figure>`,
    `<table style="width:100%"><tbody><tr><td>${word(random)}</td><td style="text-align:right;">${random.between(1, 999)}</td></tr></tbody></table>`,
    `<!-- wp:paragraph {"align":"center"} -->\n<p class="has-text-align-center">${text}</p>\n<!-- /wp:paragraph -->`,
    `<blockquote><p>${text}</p><cite>${word(random)}</cite></blockquote><hr />`,
    `<iframe width="560" height="315" src="https://www.youtube.com/embed/${word(random)}" frameborder="0" allowfullscreen></iframe>`,
    `<style>.${word(random)}{color:#333;background:url(/img/${word(random)}.png)}</style>`,
    `<p style="font-family: Arial, Helvetica, sans-serif;">${escapeHtml(expand(random, templates))}</p>`,
    `<p>${text}<br />&nbsp;</p>`,
    `<video controls width="640"><source src="/media/${word(random)}.mp4" type="video/mp4"></video>`,
  ]);
}

const html = (random: Random) =>
  Array.from({ length: random.between(1, 6) }, () => block(random)).join(random.pick(["", "\n", "\r\n"]));

function cms(random: Random): Draft {
  const body = {
    title: `${word(random)}'s ${word(random)}`,
    content: html(random),
    excerpt: expand(random, prose),
    status: "draft",
    categories: [1, 2],
  };
  return postJson(
    random,
    random.pick(["/wp-json/wp/v2/posts/12", "/api/articles", "/ghost/api/admin/posts/", plainPath(random)]),
    body,
  );
}

function editorForm(random: Random): Draft {
  const pairs = [
    ["title", `${word(random)} & ${word(random)}`],
    ["body", html(random)],
    ["_method", "put"],
    ["utf8", "✓"],
    ["commit", "Save"],
  ];
  return postBody(
    random,
    "application/x-www-form-urlencoded",
    pairs.map(([name, value]) => `${name}=${formEncode(value!)}`).join("&"),
  );
}

function richJson(random: Random): Draft {
  const nodes = Array.from({ length: random.between(1, 5) }, () => ({
    type: random.pick(["paragraph", "heading", "codeBlock"]),
    content: [
      {
        type: "text",
        text: expand(random, random.pick([prose, code])),
        marks: [{ type: random.pick(["bold", "link", "code"]) }],
      },
    ],
  }));
  return postJson(random, plainPath(random), { doc: { type: "doc", content: nodes }, version: random.between(1, 99) });
}

function delta(random: Random): Draft {
  const ops = Array.from({ length: random.between(1, 5) }, () => ({
    insert: `${expand(random, prose)}\n`,
    attributes: { bold: true, link: `https://example.com/${word(random)}` },
  }));
  return postJson(random, plainPath(random), { delta: { ops } });
}

function document(random: Random): Draft {
  const parts = Array.from({ length: random.between(2, 8) }, () => expand(random, random.pick([prose, prose, code])));
  return postJson(
    random,
    random.pick([
      "/api/documents",
      "/repos/acme/docs/issues",
      "/api/v4/projects/1/notes",
      "/rest/api/content",
      "/wiki/save",
    ]),
    { title: word(random), body: parts.join("\n\n") },
  );
}

const write = [cms, cms, editorForm, editorForm, richJson, delta, document, document];

/** What editors of content systems, wikis and trackers save: HTML, documents of blocks, Markdown with code. */
export const pages: BenignGenerator = { name: "pages", weight: 8, generate: (random) => random.pick(write)(random) };
