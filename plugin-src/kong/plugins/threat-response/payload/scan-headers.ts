import * as ffi from "ffi";
import { markPlain } from "../features/header-lines.ts";
import { type CleanValues, createCleanValues, isKnownClean, keepClean } from "./clean-values.ts";
import { type PayloadFinding, stronger } from "./evaluate.ts";
import { judgeCredential } from "./fields/credential.ts";
import { judgeLeaf, judgeWithin, mayBeMeant, noteBase64 } from "./fields/leaf.ts";
import { noteCount } from "./fields/nested-notes.ts";
import { pairFormat, walkPairs } from "./fields/pair-walk.ts";
import { isSpent, spent } from "./inspection.ts";
import { COOKIES, HEADER, isOrdinaryPart, REFERER, saltOf } from "./ordinary.ts";
import { settlePart } from "./parts.ts";
import { AT_AGENT, AT_COOKIE, AT_HEADER } from "./rule.ts";

/** Headers repeat from request to request: what was clean before is looked up and not read again. */
export type HeaderValues = LuaTable<string, string | string[] | undefined>;

const CREDENTIALS = new LuaSet<string>();
for (const name of ["authorization", "proxy-authorization"]) CREDENTIALS.add(name);

const REFERER_QUERY = pairFormat(38, "form", AT_HEADER, "header:referer?");
const PAIRS = pairFormat(59, "none", AT_COOKIE, "cookie:");

/** Rules differ between places, so what is clean in one may not be in another. */
const cleanAgents = createCleanValues(500, 256);
const cleanReferers = createCleanValues(200, 128);
const cleanTypes = createCleanValues(200, 128);
/** Few and short, since they are kept as texts; of the others hashes are (ordinary.ts). */
const cleanCookies = createCleanValues(200, 128);

/** An Authorization header carries a password or a token, not a text in base64; who it names is judged apart. */
function judgeHeader(name: string, value: string, at: number): PayloadFinding | undefined {
  const bytes = ffi.cast("const uint8_t *", value);
  const field = `header:${name}`;
  if (at === AT_AGENT) {
    noteBase64(bytes, 0, value.length, "none", at, field);
    if (!mayBeMeant(bytes, 0, value.length, "none")) return undefined;
    return judgeWithin(bytes, 0, value.length, "none", at, field);
  }
  if (CREDENTIALS.has(name)) return judgeCredential(value, field);
  noteBase64(bytes, 0, value.length, "none", at, field);
  return judgeLeaf(bytes, 0, value.length, "none", at, field);
}

/** Clean for good: judged to the end, and with nothing inside that is still to be judged. */
export function isSettled(found: PayloadFinding | undefined, notes: number): boolean {
  return found === undefined && noteCount() === notes && !isSpent();
}

/** Judges a header that is the same from request to request for one client. */
function scanKnown(
  name: string,
  value: string | undefined,
  at: number,
  known: CleanValues,
): PayloadFinding | undefined {
  if (value === undefined || isKnownClean(known, value)) return undefined;
  const notes = noteCount();
  const found = judgeHeader(name, value, at);
  if (isSettled(found, notes)) keepClean(known, value);
  return found;
}

export function scanAgent(value: string | undefined): PayloadFinding | undefined {
  return scanKnown("user-agent", value, AT_AGENT, cleanAgents);
}

/** An address: what stands in its query is judged value by value too. */
export function scanReferer(value: string | undefined): PayloadFinding | undefined {
  if (value === undefined || isKnownClean(cleanReferers, value) || isOrdinaryPart(value, REFERER, 0)) return undefined;
  const notes = noteCount();
  const before = spent();
  const [mark] = string.find(value, "?", 1, true);
  let found = judgeHeader("referer", value, AT_HEADER);
  if (mark !== undefined)
    found = stronger(found, walkPairs(ffi.cast("const uint8_t *", value), mark, value.length, REFERER_QUERY));
  settlePart(found, notes, before);
  if (isSettled(found, notes)) keepClean(cleanReferers, value);
  return found;
}

export function scanContentType(value: string | undefined): PayloadFinding | undefined {
  return scanKnown("content-type", value, AT_HEADER, cleanTypes);
}

function scanHeader(name: string, value: string): PayloadFinding | undefined {
  const salt = saltOf(name);
  if (isOrdinaryPart(value, HEADER, salt)) {
    markPlain(name, value);
    return undefined;
  }
  const notes = noteCount();
  const before = spent();
  const found = judgeHeader(name, value, AT_HEADER);
  settlePart(found, notes, before);
  if (isSettled(found, notes)) markPlain(name, value);
  return found;
}

export function scanCookies(value: string | undefined): PayloadFinding | undefined {
  if (value === undefined || isKnownClean(cleanCookies, value) || isOrdinaryPart(value, COOKIES, 0)) return undefined;
  const notes = noteCount();
  const before = spent();
  const found = walkPairs(ffi.cast("const uint8_t *", value), 0, value.length, PAIRS);
  settlePart(found, notes, before);
  if (isSettled(found, notes)) keepClean(cleanCookies, value);
  return found;
}

const APART = new LuaSet<string>();
for (const name of ["cookie", "user-agent", "referer", "content-type"]) APART.add(name);
/** nginx takes nothing but digits here. */
APART.add("content-length");

export function scanOtherHeaders(headers: HeaderValues | undefined): PayloadFinding | undefined {
  if (headers === undefined) return undefined;
  let best: PayloadFinding | undefined;
  for (const [name, value] of headers) {
    if (!APART.has(name)) {
      if (typeof value === "string") {
        best = stronger(best, scanHeader(name, value));
      } else if (typeof value === "object") {
        for (const each of value) best = stronger(best, scanHeader(name, each));
      }
    }
  }
  return best;
}
