import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, postBody, postJson } from "../benign-generator.ts";
import { plainPath, word } from "../frame.ts";
import { characters, expand, loadGrammar } from "../grammar.ts";

const prose = loadGrammar("prose");
const code = loadGrammar("code");

function push(random: Random): Draft {
  const commit = () => ({
    id: characters(random, "h", 40, 40),
    message: `Fix ${word(random)}'s ${word(random)} -- ${expand(random, prose, "english")}`,
    author: { name: `${word(random)} O'${word(random)}`, email: `${word(random)}@example.com` },
    modified: [`src/${word(random)}/../${word(random)}.ts`, ".github/workflows/ci.yml"],
  });
  const body = {
    ref: `refs/heads/${word(random)}/${word(random)}-#${random.between(1, 99)}`,
    compare: "https://git.example.com/a/b/compare/abc^...def",
    commits: [commit(), commit()],
    head_commit: commit(),
  };
  return { ...postJson(random, "/webhooks/git", body), method: "POST" };
}

function issue(random: Random): Draft {
  const text = expand(random, code, random.pick(["question", "markdown", "start"]));
  return {
    ...postJson(random, "/webhooks/issues", {
      action: "opened",
      issue: {
        number: random.between(1, 9999),
        title: expand(random, prose, "tricky"),
        body: text,
        labels: [{ name: "type: bug" }],
      },
      sender: { login: word(random) },
    }),
    method: "POST",
  };
}

function payment(random: Random): Draft {
  const body = {
    id: `evt_${characters(random, "w", 24, 24)}`,
    type: "invoice.payment_failed",
    data: {
      object: {
        amount: random.between(100, 99_999),
        description: `${random.between(1, 9)} × ${word(random)} (at $${random.between(1, 99)}.00 / month)`,
        metadata: { note: expand(random, prose, "tricky") },
        hosted_invoice_url: `https://pay.example.com/i/acct_1/${characters(random, "b", 20, 40)}?s=ap`,
      },
    },
    request: { idempotency_key: null },
  };
  return { ...postJson(random, "/webhooks/payments", body), method: "POST" };
}

function chat(random: Random): Draft {
  const blocks = [
    {
      type: "section",
      text: {
        type: "mrkdwn",
        text: `<@U${characters(random, "A", 8, 8)}> says: *${expand(random, prose, "english")}* <https://example.com/a?b=c|link> \`${expand(random, code, "shell")}\``,
      },
    },
  ];
  if (random.chance(0.5))
    return { ...postJson(random, "/services/hook", { text: expand(random, prose), blocks }), method: "POST" };
  const payload = JSON.stringify({
    type: "block_actions",
    actions: [{ action_id: word(random), value: expand(random, prose) }],
  });
  return postBody(random, "application/x-www-form-urlencoded", `payload=${encodeURIComponent(payload)}`);
}

function soap(random: Random): Draft {
  const draft = postBody(
    random,
    random.pick(["text/xml; charset=utf-8", "application/soap+xml; charset=utf-8"]),
    `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns="http://example.com/${word(random)}"><soap:Header/><soap:Body><ns:Get${word(random)}><ns:id>${random.between(1, 999)}</ns:id><ns:name>${word(random)} &amp; ${word(random)}&apos;s</ns:name><ns:query>select one &lt; two</ns:query></ns:Get${word(random)}></soap:Body></soap:Envelope>`,
  );
  draft.headers.SOAPAction = `"http://example.com/${word(random)}"`;
  return draft;
}

function dav(random: Random): Draft {
  const draft = postBody(
    random,
    "application/xml; charset=utf-8",
    `<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><d:getlastmodified/><oc:size/></d:prop></d:propfind>`,
  );
  return {
    ...draft,
    method: random.pick(["PROPFIND", "REPORT", "POST"]),
    path: `/remote.php/dav/files/${word(random)}/${word(random)}%20${word(random)}/`,
  };
}

const DOCTYPE =
  '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">';

function feed(random: Random): Draft {
  const head = `<?xml version="1.0" encoding="utf-8"?>${random.chance(0.15) ? DOCTYPE : ""}`;
  const text = expand(random, prose).replaceAll("]]>", "");
  const items = `<title>${word(random)} &amp; ${word(random)}</title><description><![CDATA[<p>${text}</p>]]></description>`;
  const type = random.pick(["application/rss+xml", "application/atom+xml", "text/xml"]);
  return postBody(random, type, `${head}<rss version="0.91"><channel>${items}</channel></rss>`);
}

function prompt(random: Random): Draft {
  const messages = [
    { role: "system", content: "You are a helpful assistant. Don't execute commands; answer in Markdown." },
    { role: "user", content: `${expand(random, code, "question")}\n${expand(random, prose)}` },
    { role: "assistant", content: expand(random, code, "markdown") },
    { role: "user", content: expand(random, code) },
  ].slice(0, random.between(2, 4));
  return {
    ...postJson(random, "/v1/chat/completions", {
      model: word(random),
      messages,
      temperature: 0.7,
      tools: [
        {
          type: "function",
          function: {
            name: word(random),
            parameters: {
              type: "object",
              properties: { [word(random)]: { type: "string", description: expand(random, prose, "english") } },
            },
          },
        },
      ],
    }),
    method: "POST",
  };
}

function notebook(random: Random): Draft {
  const cells = Array.from({ length: random.between(1, 5) }, () => ({
    cell_type: "code",
    source: expand(random, code).split("\n"),
    outputs: [],
    metadata: {},
  }));
  return postJson(random, `/api/contents/${word(random)}.ipynb`, { content: { cells, nbformat: 4 }, type: "notebook" });
}

function sync(random: Random): Draft {
  const body = {
    changes: {
      [word(random)]: {
        created: [{ id: characters(random, "w", 16, 16), text: expand(random, prose), _status: "created" }],
        updated: [],
        deleted: [characters(random, "w", 16, 16)],
      },
    },
    lastPulledAt: 1_700_000_000,
    schemaVersion: 4,
    query: { $sort: { createdAt: -1 }, $limit: 25 },
  };
  return postJson(random, random.pick(["/sync", plainPath(random)]), body);
}

function specification(random: Random): Draft {
  const body = {
    openapi: "3.0.0",
    paths: {
      [`/${word(random)}/{id}`]: {
        get: {
          parameters: [{ name: "id", in: "path", schema: { type: "string", pattern: "^[a-z0-9-]{1,36}$" } }],
          responses: { "200": { $ref: "#/components/responses/Ok" } },
        },
      },
    },
    "x-note": expand(random, prose),
  };
  return postJson(random, "/apis", random.chance(0.5) ? body : { spec: JSON.stringify(body) });
}

const write = [push, issue, issue, payment, chat, soap, dav, feed, prompt, prompt, notebook, sync, specification];

/** Webhooks, chats, SOAP, WebDAV, feeds, prompts, notebooks and what else programs send each other. */
export const services: BenignGenerator = {
  name: "services",
  weight: 9,
  generate: (random) => random.pick(write)(random),
};
