import type { PayloadClass } from "../contract/categories.ts";

/** What a line of the tables in this folder says, before its conditions are read. */
export interface Row {
  id: string;
  /** A CVE, an advisory or the page of the tool or weakness. */
  source: string;
  /** Of publication; for agents and paths the day the line was last checked. */
  date: string;
  action: "block" | "flag";
  score: number;
  /** Of the injection an exploit carries; probes carry none. */
  class: PayloadClass | undefined;
  /** Exploits and paths: conditions. Agents: words. */
  rest: string;
}

/** The parts of a text between separators, which are plain text. */
export function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 1;
  while (true) {
    const [start, stop] = string.find(text, separator, from, true);
    if (start === undefined) {
      parts.push(string.sub(text, from));
      return parts;
    }
    parts.push(string.sub(text, from, start - 1));
    from = (stop as number) + 1;
  }
}

/** `id | source | date | action score [class] | rest`; nil where a line is not of this form. */
function readRow(line: string): Row | undefined {
  const [id, source, date, verdict, rest] = string.match(line, "^(%S+) | (.-) | (%S+) | (.-) | (.+)$");
  if (id === undefined) return undefined;
  const [action, score, payloadClass] = string.match(verdict, "^(%l+) (%d+) ?(%l*)$");
  if (action !== "block" && action !== "flag") return undefined;
  const named = payloadClass === "" ? undefined : (payloadClass as PayloadClass);
  return { id, source, date, action, score: tonumber(score) as number, class: named, rest };
}

/** The rows of a table. Blank lines and lines that begin with `#` are for readers only. */
export function readTable(text: string): Row[] {
  const rows: Row[] = [];
  for (const [line] of string.gmatch(text, "[^\n]+")) {
    const isForReaders = string.find(line, "^%s*#")[0] !== undefined || string.find(line, "%S")[0] === undefined;
    const row = isForReaders ? undefined : readRow(line);
    if (row !== undefined) rows.push(row);
    else if (!isForReaders) error(`not a row of a table of known bad things: ${line}`);
  }
  return rows;
}
