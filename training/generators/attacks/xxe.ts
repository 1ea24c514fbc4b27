import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { createGenerator, type WholeRequest } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import { plainDraft } from "../frame.ts";
import { characters, expand, loadGrammar } from "../grammar.ts";

const grammar = loadGrammar("xxe");
const TYPES = [
  "application/xml",
  "text/xml",
  "text/xml; charset=utf-8",
  "application/soap+xml",
  "application/xml;charset=UTF-8",
  "text/plain",
  "application/json",
  "application/x-www-form-urlencoded",
];

function body(random: Random): Draft {
  const draft = plainDraft(random);
  draft.method = random.pick(["POST", "POST", "POST", "PUT"]);
  draft.headers["Content-Type"] = random.pick(TYPES);
  draft.body = expand(random, grammar, "document");
  return draft;
}

function soap(random: Random): Draft {
  const draft = body(random);
  draft.headers["Content-Type"] = "text/xml; charset=utf-8";
  draft.headers.SOAPAction = `"http://example.org/${characters(random, "a", 3, 9)}"`;
  draft.body = expand(random, grammar, "soap");
  return draft;
}

function upload(random: Random): Draft {
  const draft = plainDraft(random);
  const mark = `----WebKitFormBoundary${characters(random, "w", 16, 16)}`;
  const [name, type] = random.pick([
    ["image.svg", "image/svg+xml"],
    ["data.xml", "text/xml"],
    ["sheet.xlsx", "application/octet-stream"],
    ["feed.rss", "application/rss+xml"],
    ["track.gpx", "application/gpx+xml"],
  ] as const);
  draft.method = "POST";
  draft.headers["Content-Type"] = `multipart/form-data; boundary=${mark}`;
  const text = expand(random, grammar, name === "image.svg" ? "svg" : "document");
  draft.body = `--${mark}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n${text}\r\n--${mark}--\r\n`;
  return draft;
}

/** A document whose bytes are UTF-16, which hides it from who looks for ASCII. */
function wide(random: Random): Draft {
  const draft = body(random);
  draft.headers["Content-Type"] = "application/xml; charset=utf-16";
  const text = expand(random, grammar, "document").replace(/encoding="[^"]*"/i, 'encoding="UTF-16"');
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return { ...draft, body: bytes.toString("latin1"), enc: "latin1" };
}

const whole: WholeRequest[] = [
  ...Array<WholeRequest>(5).fill({ shape: "xml-body", write: body }),
  { shape: "soap", write: soap },
  { shape: "soap", write: soap },
  { shape: "xml-upload", write: upload },
  { shape: "xml-utf16", write: wide },
];

/** Entities and inclusions of XML that read files or fetch addresses. */
export const xxe = createGenerator({
  class: "xxe",
  weight: 6,
  places: [
    "query-value",
    "query-value",
    "form",
    "form",
    "json",
    "cookie",
    "header",
    "multipart",
    "json-in-json",
    "graphql",
  ],
  disguises: [disguise.percentOnce, disguise.htmlEntities, disguise.base64],
  whole,
  wholeShare: 0.7,
});
