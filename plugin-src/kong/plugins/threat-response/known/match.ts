import { type Headers, wantHeader } from "../features/header-lines.ts";
import { isOrdinaryPart, keepOrdinaryPart, LINE } from "../payload/ordinary.ts";
import { anchorsOf, compileTables, conditionsOf, type Entry, keptConditionsOf } from "./compile.ts";
import { type Condition, holds, meetsHeader } from "./condition.ts";
import { EXPLOITS } from "./exploits/index.ts";
import { beginCollecting, buildIndex, collect, collected, collectOwner, mentions } from "./literal-index.ts";
import { PATHS } from "./paths.ts";
import { type KnownParts, type RequestView, viewOf } from "./request-view.ts";

/** Signs that a path is not written as it is meant: it is looked at again when it is simplified. */
const DISGUISED = ["//", "/./", "/../", "/..;", "\\", "%0", "%2", "%3", "%5", "%6", "%7", "%c0", "%u0"];

export interface KnownSwitches {
  paths: boolean;
  exploits: boolean;
}

function allEntries(): Entry[] {
  const entries = compileTables("exploit", EXPLOITS);
  for (const entry of compileTables("path", PATHS)) entries.push(entry);
  return entries;
}

export const ENTRIES: Entry[] = allEntries();

function literalsFor(first: string, second: string): string[][] {
  const literals: string[][] = [];
  for (const entry of ENTRIES) literals.push(anchorsOf(entry, first, second));
  return literals;
}

const pathLiterals = literalsFor("path", "once");
/** An owner behind the last entry: disguises are nobody's. */
pathLiterals.push(DISGUISED);
const DISGUISE = ENTRIES.length;
const pathIndex = buildIndex(pathLiterals);
const queryIndex = buildIndex(literalsFor("query", "arg"));

/** The numbers of the entries that begin with a header, and what they begin with. */
const headerEntries: number[] = [];
const headerConditions: Condition[] = [];
for (let i = 0; i < ENTRIES.length; i++) {
  const conditions = conditionsOf(ENTRIES[i]);
  for (const { part, name } of conditions) if (part === "header") wantHeader(name);
  if (conditions[0].part === "header") {
    headerEntries.push(i);
    headerConditions.push(conditions[0]);
  }
}

function hasKnownHeader(headers: Headers): boolean {
  for (const condition of headerConditions) {
    if (meetsHeader(headers, condition)) return true;
  }
  return false;
}

/** Views of source code name such files too, and serve them on purpose. */
const SOURCE_VIEWS = ["/blob/", "/raw/", "/tree/", "/blame/", "/contents/", "/-/", "/src/branch/", "/commits/"];

function isSourceView(view: RequestView): boolean {
  for (const part of SOURCE_VIEWS) {
    if (string.find(view.path, part, 1, true)[0] !== undefined) return true;
  }
  return false;
}

/** Parts that do not follow from the request line. */
const BEYOND_LINE = new LuaSet<string>();
for (const part of ["body", "input", "arg", "header"]) BEYOND_LINE.add(part);

/** Whether nothing but the line of the request that is examined has been asked so far. */
let isByLine = true;

function isMet(entry: Entry, view: RequestView): boolean {
  for (const condition of keptConditionsOf(entry)) {
    if (!holds(condition, view)) {
      if (BEYOND_LINE.has(condition.part)) isByLine = false;
      return false;
    }
  }
  return true;
}

/** Of those equally strong the first in the tables. */
function strongest(count: number, view: RequestView, switches: KnownSwitches): Entry | undefined {
  const withPaths = switches.paths && !isSourceView(view);
  let best: Entry | undefined;
  let bestNumber = 0;
  for (const i of $range(0, count - 1)) {
    const number = collected[i];
    const entry = ENTRIES[number];
    const mayWin =
      number !== DISGUISE &&
      (entry.kind === "exploit" ? switches.exploits : withPaths) &&
      (best === undefined || entry.score > best.score || (entry.score === best.score && number < bestNumber));
    if (mayWin && isMet(entry, view)) {
      best = entry;
      bestNumber = number;
    }
  }
  return best;
}

function examine(parts: KnownParts, switches: KnownSwitches): Entry | undefined {
  const view = viewOf(parts);
  beginCollecting();
  let count = collect(pathIndex, view.path, 0);
  if (view.oncePath !== view.path) count = collect(pathIndex, view.oncePath, count);
  if (view.resolvedPath !== view.path) count = collect(pathIndex, view.resolvedPath, count);
  count = collect(queryIndex, view.query, count);
  for (let i = 0; i < headerEntries.length; i++) {
    if (holds(headerConditions[i], view)) count = collectOwner(headerEntries[i], count);
  }
  return count === 0 ? undefined : strongest(count, view, switches);
}

/** Paths of some exploits are those of everybody's pages: lines that turned out to be none's are known again. */
function examineLine(parts: KnownParts, switches: KnownSwitches): Entry | undefined {
  const line = `${parts.method} ${parts.path}?${parts.query ?? ""}`;
  const meaning = LINE + (switches.paths ? 1 : 0) + (switches.exploits ? 2 : 0);
  if (isOrdinaryPart(line, meaning, 0)) return undefined;
  isByLine = true;
  const found = examine(parts, switches);
  if (found === undefined && isByLine) keepOrdinaryPart(0);
  return found;
}

/** The strongest entry that a request meets. One pass over path and query; the rest is looked at only where a literal was met. */
export function matchKnown(parts: KnownParts, switches: KnownSwitches): Entry | undefined {
  const { path, query } = parts;
  if (hasKnownHeader(parts.headers)) return examine(parts, switches);
  const isSuspect =
    mentions(pathIndex, pathIndex.wire, path) || (query !== undefined && mentions(queryIndex, queryIndex.form, query));
  return isSuspect ? examineLine(parts, switches) : undefined;
}
