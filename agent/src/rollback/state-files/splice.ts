import { isCollection, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";

/** Replaces `[from, to)` of a text. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Edits must not overlap; those at the same place keep their order. Null when they do overlap. */
export function spliceAll(text: string, edits: readonly Edit[]): string | null {
  const sorted = edits.map((edit, place) => ({ ...edit, place })).sort((a, b) => a.from - b.from || a.place - b.place);
  let result = "";
  let at = 0;
  for (const edit of sorted) {
    if (edit.from < at) return null;
    result += text.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return result + text.slice(at);
}

export const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

export const columnOf = (text: string, at: number): number => at - lineStart(text, at);

/** Where the last value inside ends: without the blank lines and comments that follow it. */
export function endOf(node: Node | Pair): number {
  if (isPair(node))
    return node.value === null ? endOf(node.key as Node) : Math.max(endOf(node.value as Node), endOf(node.key as Node));
  if (isCollection(node) && !isFlow(node) && node.items.length > 0) return endOf(node.items.at(-1) as Node | Pair);
  const [from, end] = node.range ?? [0, 0];
  return Math.max(from, end);
}

export const isFlow = (node: unknown): boolean => (isMap(node) || isSeq(node)) && node.flow === true;

/** The whole lines of a pair or of a sequence's item, with the comment lines right above them. */
export interface Block {
  /** Of the first comment line above. */
  commentsFrom: number;
  from: number;
  to: number;
  /** Of the dash or the key. */
  column: number;
}

export function blockOfItem(text: string, item: Node): Block | null {
  const start = item.range?.[0] ?? 0;
  let dash = start - 1;
  while (dash >= 0 && (text[dash] === " " || text[dash] === "\n" || text[dash] === "\r")) dash--;
  if (text[dash] !== "-") return null;
  return blockFrom(text, dash, endOf(item));
}

export function blockOfPair(text: string, pair: Pair): Block {
  const key = pair.key as Node;
  return blockFrom(text, key.range?.[0] ?? 0, endOf(pair));
}

function blockFrom(text: string, start: number, end: number): Block {
  const from = lineStart(text, start);
  // A literal's text ends behind its line feed.
  const to = text[end - 1] === "\n" ? end : lineEnd(text, end);
  return { commentsFrom: commentsAbove(text, from), from, to, column: start - from };
}

function commentsAbove(text: string, from: number): number {
  let first = from;
  while (first > 0) {
    const above = lineStart(text, first - 1);
    if (!/^[ \t]*#/.test(text.slice(above, first))) break;
    first = above;
  }
  return first;
}

/** Lines moved from one column to another; lines that hold nothing stay empty. */
export function reindent(lines: string, from: number, to: number): string {
  const moved = lines.split("\n").map((line) => {
    if (line.trim() === "") return line.trim();
    const blank = line.length - line.trimStart().length;
    return " ".repeat(Math.max(0, blank - from + to)) + line.trimStart();
  });
  return moved.join("\n");
}

/** The lines of a block with its comments, ended by a line feed. */
export function linesOf(text: string, block: Block): string {
  const lines = text.slice(block.commentsFrom, block.to);
  return lines.endsWith("\n") ? lines : `${lines}\n`;
}

export function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && String(key.source ?? key.value) === name);
}

/** Of a block sequence that has items: where the dashes stand. */
export function dashColumn(text: string, sequence: YAMLSeq): number | null {
  const first = sequence.items[0] as Node | undefined;
  const block = first === undefined ? null : blockOfItem(text, first);
  return block === null ? null : block.column;
}

/** Nothing but white space stands before it on its line. */
export const isFirstOnLine = (text: string, at: number): boolean => text.slice(lineStart(text, at), at).trim() === "";
