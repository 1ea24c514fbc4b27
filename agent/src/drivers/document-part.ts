import type { EntityType } from "./gateway.ts";

/** A list of entities at the top of a document, cut into what is written of each. */
interface Section {
  /** Where in the text its entries are. */
  from: number;
  to: number;
  entries: string[];
}

const HEADER = (type: EntityType) => new RegExp(`^${type}:[ \\t]*\\n(?=- )`, "m");
/** A line at the margin that is neither an entry of the list nor a remark. */
const NEXT_KEY = /^[^-\s#]/m;

/**
 * The section of the type, when it is written the way Kong writes documents: an entry begins with a dash at the margin and has one line with
 * its id, two places in. `absent` where there is none; null where only a parser can tell.
 */
export function sectionOf(text: string, type: EntityType): Section | "absent" | null {
  if (/^\s*[{[]/.test(text) || !text.endsWith("\n")) return null;
  const header = HEADER(type).exec(text);
  if (header === null) return new RegExp(`^["']?${type}["']?\\s*:`, "m").test(text) ? null : "absent";
  const from = header.index + header[0].length;
  const end = NEXT_KEY.exec(text.slice(from));
  const to = end === null ? text.length : from + end.index;
  const entries = text.slice(from, to).split(/^(?=- )/m);
  return entries.every((entry) => idsIn(entry).length === 1) ? { from, to, entries } : null;
}

/** Of the entry itself; what is nested stands further in. */
const ID = /^(?:- | {2})["']?id["']?: *(["']?)([A-Za-z0-9_-]+)\1 *$/gm;

export const idsIn = (entry: string): string[] => [...entry.matchAll(ID)].map((match) => match[2] ?? "");
