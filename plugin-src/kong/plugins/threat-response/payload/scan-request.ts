import * as ffi from "ffi";
import { createCleanValues, isKnownClean, keepClean } from "./clean-values.ts";
import { type PayloadFinding, stronger, told } from "./evaluate.ts";
import { startOperations } from "./fields/graphql.ts";
import { deservesJudging, judgeLeaf, judgeWithin, noteBase64 } from "./fields/leaf.ts";
import { judgeNested } from "./fields/nested.ts";
import { noteCount, openNotes } from "./fields/nested-notes.ts";
import { pairFormat, walkPairs } from "./fields/pair-walk.ts";
import { mayHoldLiteral } from "./first-look.ts";
import { beginInspection, type Limits, leave, spent, type Uninspected } from "./inspection.ts";
import { isOrdinaryPart, PATH, QUERY } from "./ordinary.ts";
import { beginParts, closeParts, settleHidden, settlePart } from "./parts.ts";
import { AT_PATH, AT_QUERY } from "./rule.ts";
import { scanBody } from "./scan-body.ts";
import {
  type HeaderValues,
  isSettled,
  scanAgent,
  scanContentType,
  scanCookies,
  scanOtherHeaders,
  scanReferer,
} from "./scan-headers.ts";

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
  /** Why the body is absent or not whole. */
  unread?: Uninspected | undefined;
  cookie?: string | undefined;
  userAgent?: string | undefined;
  referer?: string | undefined;
  /** All headers by lower-case name; the three above are not scanned twice. */
  headers?: HeaderValues | undefined;
}

const PARAMETERS = pairFormat(38, "form", AT_QUERY, "query:");
const MATRIX = pairFormat(59, "none", AT_PATH, "path:");
const SLASH = 47;
const SEMICOLON = 59;

/** A segment, and its matrix parameters, as in `/files;name=x;kind=y`. */
function judgeSegment(bytes: ffi.Numbers, start: number, end: number): PayloadFinding | undefined {
  noteBase64(bytes, start, end, "none", AT_PATH, "path");
  let mark = start;
  while (mark < end && bytes[mark] !== SEMICOLON) mark++;
  const parameters = mark < end ? walkPairs(bytes, mark + 1, end, MATRIX) : undefined;
  return stronger(parameters, judgeLeaf(bytes, start, end, "none", AT_PATH, "path"));
}

function judgePath(path: string): PayloadFinding | undefined {
  const bytes = ffi.cast("const uint8_t *", path);
  const length = path.length;
  let best: PayloadFinding | undefined;
  if (mayHoldLiteral(bytes, 0, length) && deservesJudging(bytes, 0, length, "none"))
    best = judgeWithin(bytes, 0, length, "none", AT_PATH, "path");
  let start = 0;
  while (start < length) {
    let end = start;
    while (end < length && bytes[end] !== SLASH) end++;
    if (end > start) best = stronger(best, judgeSegment(bytes, start, end));
    start = end + 1;
  }
  return best;
}

/** Many ask for the same: what was clean before is looked up. */
const cleanPaths = createCleanValues(150, 96);
const cleanQueries = createCleanValues(150, 96);

function scanPath(path: string): PayloadFinding | undefined {
  if (isKnownClean(cleanPaths, path) || isOrdinaryPart(path, PATH, 0)) return undefined;
  const notes = noteCount();
  const before = spent();
  const found = judgePath(path);
  settlePart(found, notes, before);
  if (isSettled(found, notes)) keepClean(cleanPaths, path);
  return found;
}

function scanQuery(query: string | undefined): PayloadFinding | undefined {
  if (query === undefined || query === "" || isKnownClean(cleanQueries, query)) return undefined;
  if (isOrdinaryPart(query, QUERY, 0)) return undefined;
  const notes = noteCount();
  const before = spent();
  const found = walkPairs(ffi.cast("const uint8_t *", query), 0, query.length, PARAMETERS);
  settlePart(found, notes, before);
  if (isSettled(found, notes)) keepClean(cleanQueries, query);
  return found;
}

/**
 * The strongest sign of an injection in a request, or nothing. Never raises on any bytes, and costs no more than the limits say: what is
 * left then is noted (inspection.ts).
 */
export function scanRequest(parts: RequestParts, limits?: Limits): PayloadFinding | undefined {
  beginInspection(limits);
  openNotes();
  startOperations();
  if (parts.unread !== undefined) leave(parts.unread);
  beginParts();
  let best = scanPath(parts.path);
  best = stronger(best, scanQuery(parts.query));
  best = stronger(best, scanCookies(parts.cookie));
  best = stronger(best, scanAgent(parts.userAgent));
  best = stronger(best, scanReferer(parts.referer));
  best = stronger(best, scanContentType(parts.contentType));
  best = stronger(best, scanOtherHeaders(parts.headers));
  best = stronger(best, scanBody(parts.body, parts.contentType));
  closeParts();
  const before = spent();
  const hidden = judgeNested();
  settleHidden(hidden, spent() - before);
  best = stronger(best, hidden);
  return best === undefined ? undefined : told(best);
}
