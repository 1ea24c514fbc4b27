import * as ffi from "ffi";
import { type BodyFormat, formatOf, isXmlByLooks, lowerType, sniffFormat } from "./body-format.ts";
import { readWideBody, wasDoubtful } from "./charset.ts";
import { type PayloadFinding, stronger } from "./evaluate.ts";
import { judgeOperation, wasOperation } from "./fields/graphql.ts";
import { walkJson, wasMalformed } from "./fields/json-walk.ts";
import { judgeLeaf, noteBase64 } from "./fields/leaf.ts";
import { judgeMultipart } from "./fields/multipart.ts";
import { noteCount } from "./fields/nested-notes.ts";
import { pairFormat, walkPairs } from "./fields/pair-walk.ts";
import { judgeXml } from "./fields/xml.ts";
import { leave, spent } from "./inspection.ts";
import { BODY, isOrdinaryPart, saltOf } from "./ordinary.ts";
import { settlePart } from "./parts.ts";
import { AT_BODY } from "./rule.ts";
import { isBinary } from "./sift.ts";

const FORM_BODY = pairFormat(38, "form", AT_BODY, "form:");

function judgeText(bytes: ffi.Numbers, length: number): PayloadFinding | undefined {
  if (isBinary(bytes, 0, length)) return undefined;
  noteBase64(bytes, 0, length, "none", AT_BODY, "body");
  return judgeLeaf(bytes, 0, length, "none", AT_BODY, "body");
}

function judgeJson(bytes: ffi.Numbers, length: number): PayloadFinding | undefined {
  const inStrings = walkJson(bytes, length, "json");
  if (!wasMalformed()) return inStrings;
  leave("malformed");
  return stronger(inStrings, judgeText(bytes, length));
}

function judgeGraphql(bytes: ffi.Numbers, length: number): PayloadFinding | undefined {
  const found = judgeOperation(bytes, length, "graphql");
  if (wasOperation()) return found;
  leave("malformed");
  return stronger(found, judgeText(bytes, length));
}

/** Some send JSON or XML and call it a form; what the back end takes it for is not known. */
function judgeForm(body: string, bytes: ffi.Numbers): PayloadFinding | undefined {
  const pairs = walkPairs(bytes, 0, body.length, FORM_BODY);
  const looks = sniffFormat(body);
  return looks === "text" ? pairs : stronger(pairs, judgeAs(looks, body, bytes, ""));
}

function judgeAs(format: BodyFormat, body: string, bytes: ffi.Numbers, type: string): PayloadFinding | undefined {
  if (format === "json") return judgeJson(bytes, body.length);
  if (format === "form") return judgeForm(body, bytes);
  if (format === "multipart") return judgeMultipart(body, bytes, body.length, type);
  if (format === "xml") return judgeXml(body, bytes);
  return format === "graphql" ? judgeGraphql(bytes, body.length) : judgeText(bytes, body.length);
}

/** By its declared type; where it is nothing like that, by its looks, as a form and as a text. */
function judgeBody(body: string, contentType: string | undefined): PayloadFinding | undefined {
  const bytes = ffi.cast("const uint8_t *", body);
  const type = contentType === undefined ? undefined : lowerType(contentType);
  const format = formatOf(body, type);
  if (format !== undefined) {
    const found = judgeAs(format, body, bytes, contentType ?? "");
    return isXmlByLooks(format, type) ? stronger(found, judgeText(bytes, body.length)) : found;
  }
  leave("mistyped");
  return stronger(judgeForm(body, bytes), judgeText(bytes, body.length));
}

/** In every way in which a back end may read it. */
function judgeAnyBody(body: string, contentType: string | undefined): PayloadFinding | undefined {
  const wide = readWideBody(body, contentType === undefined ? undefined : lowerType(contentType));
  if (wide === undefined) return judgeBody(body, contentType);
  const found = judgeBody(wide, contentType);
  return wasDoubtful(body.length) ? stronger(found, judgeBody(body, contentType)) : found;
}

/** Judges a request's body, unless the same was ordinary before: polls, searches and webhooks come again byte by byte. */
export function scanBody(body: string | undefined, contentType: string | undefined): PayloadFinding | undefined {
  if (body === undefined || body === "") return undefined;
  const salt = saltOf(contentType);
  if (isOrdinaryPart(body, BODY, salt)) return undefined;
  const notes = noteCount();
  const before = spent();
  const found = judgeAnyBody(body, contentType);
  settlePart(found, notes, before);
  return found;
}
