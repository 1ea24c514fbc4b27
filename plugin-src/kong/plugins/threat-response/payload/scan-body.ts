import * as ffi from "ffi";
import { ENCODED, FORM, JSON_TEXT } from "./byte-classes.ts";
import { automaton, judgeValue, type PayloadFinding } from "./evaluate.ts";
import { judgeJson } from "./fields/json.ts";
import { judgeMultipart } from "./fields/multipart.ts";
import { judgePairs, type PairFormat } from "./fields/pairs.ts";
import { judgeXml } from "./fields/xml.ts";
import { AT_BODY } from "./rule.ts";
import { holdsLiteral, isBinary } from "./sift.ts";

const FORM_BODY: PairFormat = { separator: 38, encoding: "form", at: AT_BODY, prefix: "form:" };

type BodyFormat = "json" | "form" | "multipart" | "xml" | "text";

function contains(text: string, word: string): boolean {
  const [at] = string.find(text, word, 1, true);
  return at !== undefined;
}

function firstByte(body: string): number {
  const [at] = string.find(body, "%S");
  return at === undefined ? 0 : string.byte(body, at);
}

/** What the body looks like, where its type does not say. */
function sniffFormat(body: string, otherwise: BodyFormat): BodyFormat {
  const first = firstByte(body);
  if (first === 123 || first === 91) return "json";
  if (first === 60) return "xml";
  return otherwise;
}

function formatOf(body: string, contentType: string | undefined): BodyFormat {
  if (contentType === undefined) return sniffFormat(body, "form");
  const type = string.lower(contentType);
  if (contains(type, "json")) return "json";
  if (contains(type, "form-urlencoded")) return sniffFormat(body, "form");
  if (contains(type, "multipart/")) return "multipart";
  if (contains(type, "xml")) return "xml";
  return sniffFormat(body, "text");
}

function classesOf(format: BodyFormat): ffi.Numbers {
  if (format === "json") return JSON_TEXT;
  if (format === "form") return FORM;
  return ENCODED;
}

/** A request's body by its declared type, else by its looks. Binary bodies are not scanned. */
export function scanBody(body: string | undefined, contentType: string | undefined): PayloadFinding | undefined {
  if (body === undefined || body === "") return undefined;
  const bytes = ffi.cast("const uint8_t *", body);
  const length = body.length;
  const format = formatOf(body, contentType);
  if (!holdsLiteral(automaton, classesOf(format), bytes, 0, length)) return undefined;
  if (format === "json") return judgeJson(body, "json");
  if (format === "form") return judgePairs(body, bytes, 0, length, FORM_BODY);
  if (format === "multipart") return judgeMultipart(body, bytes, length);
  if (format === "xml") return judgeXml(bytes, length);
  return isBinary(bytes, 0, length) ? undefined : judgeValue(bytes, 0, length, "none", AT_BODY, "body");
}
