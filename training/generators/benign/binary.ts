import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, postBody, postJson, rawBody } from "../benign-generator.ts";
import { plainDraft, plainPath, plainValue, word } from "../frame.ts";
import { characters, expand, loadGrammar } from "../grammar.ts";

const prose = loadGrammar("prose");

const HEADS: readonly (readonly [string, string, string])[] = [
  ["png", "image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"],
  ["jpg", "image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01"],
  ["pdf", "application/pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"],
  ["zip", "application/zip", "PK\x03\x04\x14\0\0\0\x08\0"],
  ["gif", "image/gif", "GIF89a\x01\0\x01\0"],
  ["mp4", "video/mp4", "\0\0\0\x18ftypmp42"],
  [
    "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "PK\x03\x04\x14\0\x06\0\x08\0word/document.xml",
  ],
  ["gz", "application/gzip", "\x1f\x8b\x08\0"],
  ["webp", "image/webp", "RIFF\x24\0\0\0WEBPVP8 "],
];

function bytes(random: Random, most: number): string {
  return Array.from({ length: random.between(40, most) }, () => String.fromCharCode(random.between(0, 255))).join("");
}

function photo(random: Random): Draft {
  const [ending, type, head] = random.pick(HEADS);
  const mark = `----WebKitFormBoundary${characters(random, "b", 16, 16).replaceAll(/[+/]/g, "x")}`;
  const name = random.pick([
    `IMG_${random.between(1000, 9999)}.${ending}`,
    `${word(random)} (${random.between(1, 9)}).${ending}`,
    `Screenshot 2026-02-0${random.between(1, 9)} at 10.11.12.${ending}`,
    `it's ${word(random)}.${ending}`,
    `${word(random)}_final-v2.${ending}`,
  ]);
  const fields = `--${mark}\r\nContent-Disposition: form-data; name="${word(random)}"\r\n\r\n${plainValue(random)}\r\n`;
  const file = `--${mark}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n${head}${bytes(random, 1500)}\r\n--${mark}--\r\n`;
  const draft = postBody(random, `multipart/form-data; boundary=${mark}`, "");
  return { ...draft, body: fields + file, enc: "latin1" };
}

function wholeBody(random: Random): Draft {
  const [ending, type, head] = random.pick(HEADS);
  const draft = postBody(
    random,
    random.pick([
      type,
      "application/octet-stream",
      "text/plain",
      "application/x-protobuf",
      "application/x-www-form-urlencoded",
    ]),
    "",
  );
  return {
    ...draft,
    method: "PUT",
    path: `/upload/${characters(random, "h", 16, 16)}.${ending}`,
    body: head + bytes(random, 2000),
    enc: "latin1",
  };
}

function base64Upload(random: Random): Draft {
  const content = characters(random, "b", 200, 4000);
  const body = random.pick<unknown>([
    { filename: `${word(random)}.png`, content: `${content}==` },
    { image: `data:image/jpeg;base64,/9j/4AAQSkZJRgABAQ${content}` },
    {
      attachments: [
        { name: `${word(random)}.pdf`, contentType: "application/pdf", contentBytes: `JVBERi0xLj${content}` },
      ],
    },
    {
      message: `update ${word(random)}`,
      content: Buffer.from(expand(random, prose), "utf8").toString("base64"),
      branch: "main",
    },
    { data: content, encoding: "base64", sha: characters(random, "h", 40, 40) },
  ]);
  return postJson(random, plainPath(random), body);
}

function dataUrl(random: Random): Draft {
  const draft = postBody(random, "application/x-www-form-urlencoded", "");
  const url = random.pick([
    `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${characters(random, "b", 100, 900)}`,
    `data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'><path d='M0 0h8v8z'/></svg>`,
    `data:font/woff2;base64,d09GMgAB${characters(random, "b", 100, 500)}`,
  ]);
  return { ...draft, body: `${word(random)}=${encodeURIComponent(url)}&${word(random)}=${random.between(1, 9)}` };
}

/** Texts in the character sets of older programs. */
function legacy(random: Random): Draft {
  const texts: readonly (readonly [string, string])[] = [
    [
      "iso-8859-1",
      Buffer.from(
        `name=J\xfcrgen&note=L'\xe9t\xe9 \xe0 ${word(random)}; \xbfqu\xe9?&text=10\xb0 \xb1 ${random.between(1, 9)}`,
        "latin1",
      ).toString("latin1"),
    ],
    [
      "shift_jis",
      `q=\x83e\x81[\x83u\x83\x8b\x81${random.pick(["A", "B", "@"])}\x95\\\x8e\xa6&n=\x83\\\x83t\x83g${random.between(1, 99)}`,
    ],
    ["gb2312", `q=\xd6\xd0\xb9\xfa\xc8\xcb\xc3\xf1'\xb5\xe7\xc4\xd4&p=${random.between(1, 9)}`],
    ["windows-1251", `text=\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0! ${word(random)}`],
    ["euc-kr", `q=\xc7\xd1\xb1\xb9\xbe\xee ${word(random)}`],
    ["big5", `q=\xa4\xa4\xa4\xe5\xb3\\\xa5\\\xbb\\ ${word(random)}`],
  ];
  const [charset, text] = random.pick(texts);
  if (random.chance(0.5)) {
    const query = text.replace(
      /[^A-Za-z0-9&=]/g,
      (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
    );
    return { ...plainDraft(random), query };
  }
  return { ...postBody(random, `application/x-www-form-urlencoded; charset=${charset}`, text), enc: "latin1" };
}

function wide(random: Random): Draft {
  const text = JSON.stringify({ title: word(random), text: expand(random, prose) });
  const draft = postBody(random, "application/json; charset=utf-16", "");
  return rawBody(draft, Buffer.from(random.chance(0.5) ? `\ufeff${text}` : text, "utf16le"));
}

const write = [photo, photo, photo, wholeBody, base64Upload, base64Upload, dataUrl, legacy, legacy, wide];

/** Photos and files, base64 and data URLs, other character sets. */
export const binary: BenignGenerator = { name: "binary", weight: 7, generate: (random) => random.pick(write)(random) };
