import * as ffi from "ffi";
import { markPlain } from "../features/header-lines.ts";
import { ENCODED, FORM } from "./byte-classes.ts";
import { type CleanValues, createCleanValues, isKnownClean, keepClean } from "./clean-values.ts";
import { automaton, judgeValue, type PayloadFinding, stronger } from "./evaluate.ts";
import { judgePairs, type PairFormat } from "./fields/pairs.ts";
import { AT_AGENT, AT_COOKIE, AT_HEADER, AT_PATH, AT_QUERY } from "./rule.ts";
import { scanBody } from "./scan-body.ts";
import { holdsLiteral, isClean } from "./sift.ts";

export { type PayloadFinding };

/** A request as it came over the wire: nothing decoded. Absent parts are nil. */
export interface RequestParts {
  /** Without the query. */
  path: string;
  /** Without the question mark. */
  query?: string | undefined;
  contentType?: string | undefined;
  /** At most what the caller wants scanned. */
  body?: string | undefined;
  cookie?: string | undefined;
  userAgent?: string | undefined;
  referer?: string | undefined;
  /** All headers by lower-case name; the three above are not scanned twice. */
  headers?: LuaTable<string, string | string[] | undefined> | undefined;
}

const QUERY: PairFormat = { separator: 38, encoding: "form", at: AT_QUERY, prefix: "query:" };
const COOKIES: PairFormat = { separator: 59, encoding: "none", at: AT_COOKIE, prefix: "cookie:" };
const SLASH = 47;

function judgeSegments(bytes: ffi.Numbers, length: number): PayloadFinding | undefined {
  let best: PayloadFinding | undefined;
  let start = 0;
  while (start < length) {
    let end = start;
    while (end < length && bytes[end] !== SLASH) end++;
    if (!isClean(bytes, start, end)) best = stronger(best, judgeValue(bytes, start, end, "none", AT_PATH, "path"));
    start = end + 1;
  }
  return best;
}

function scanPath(path: string): PayloadFinding | undefined {
  const bytes = ffi.cast("const uint8_t *", path);
  if (!holdsLiteral(automaton, ENCODED, bytes, 0, path.length)) return undefined;
  const whole = judgeValue(bytes, 0, path.length, "none", AT_PATH, "path");
  return stronger(whole, judgeSegments(bytes, path.length));
}

function scanPairs(text: string | undefined, classes: ffi.Numbers, format: PairFormat): PayloadFinding | undefined {
  if (text === undefined || text === "") return undefined;
  const bytes = ffi.cast("const uint8_t *", text);
  if (!holdsLiteral(automaton, classes, bytes, 0, text.length)) return undefined;
  return judgePairs(text, bytes, 0, text.length, format);
}

/** Rules differ between agents and other headers, so what is clean as one may not be as the other. */
const cleanAgents = createCleanValues();
const cleanReferers = createCleanValues();

function judgeHeader(name: string, value: string, at: number): PayloadFinding | undefined {
  const bytes = ffi.cast("const uint8_t *", value);
  if (at !== AT_AGENT && isClean(bytes, 0, value.length)) return undefined;
  if (!holdsLiteral(automaton, ENCODED, bytes, 0, value.length)) return undefined;
  return judgeValue(bytes, 0, value.length, "none", at, `header:${name}`);
}

function scanKnown(
  name: string,
  value: string | undefined,
  at: number,
  known: CleanValues,
): PayloadFinding | undefined {
  if (value === undefined || isKnownClean(known, value)) return undefined;
  const found = judgeHeader(name, value, at);
  if (found === undefined) keepClean(known, value);
  return found;
}

function scanHeader(name: string, value: string): PayloadFinding | undefined {
  const found = judgeHeader(name, value, AT_HEADER);
  if (found === undefined) markPlain(name, value);
  return found;
}

function isScannedApart(name: string): boolean {
  return name === "cookie" || name === "user-agent" || name === "referer";
}

function scanOtherHeaders(
  headers: LuaTable<string, string | string[] | undefined> | undefined,
): PayloadFinding | undefined {
  if (headers === undefined) return undefined;
  let best: PayloadFinding | undefined;
  for (const [name, value] of headers) {
    if (!isScannedApart(name)) {
      if (typeof value === "string") {
        best = stronger(best, scanHeader(name, value));
      } else if (typeof value === "object") {
        for (const each of value) best = stronger(best, scanHeader(name, each));
      }
    }
  }
  return best;
}

/** The strongest sign of an injection in a request, or nothing. Never raises on any bytes; reads each byte a few times at most. */
export function scanRequest(parts: RequestParts): PayloadFinding | undefined {
  let best = scanPath(parts.path);
  best = stronger(best, scanPairs(parts.query, FORM, QUERY));
  best = stronger(best, scanPairs(parts.cookie, ENCODED, COOKIES));
  best = stronger(best, scanKnown("user-agent", parts.userAgent, AT_AGENT, cleanAgents));
  best = stronger(best, scanKnown("referer", parts.referer, AT_HEADER, cleanReferers));
  best = stronger(best, scanOtherHeaders(parts.headers));
  return stronger(best, scanBody(parts.body, parts.contentType));
}
