import { isMap, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import type { Entities, Found } from "./entities.ts";
import { type Inverse, members, nodeAt } from "./inverse.ts";
import { canonical } from "./parse.ts";
import {
  type Block,
  blockOfItem,
  blockOfPair,
  columnOf,
  dashColumn,
  type Edit,
  isFirstOnLine,
  isFlow,
  lineStart,
  linesOf,
  pairOf,
  reindent,
} from "./splice.ts";

/** What is taken back. */
export interface Commit {
  good: Entities;
  /** It is in the files after the commit, and was not before. */
  wroteComment: (line: string) => boolean;
}

/** Of one file. `null` where lines alone cannot say it (flow style, for example): then the document is edited instead. */
export type FileEdit = { path: string; edit: Edit } | null;

export function removeItem(there: Found, commit: Commit): FileEdit {
  const { text, path } = there.file;
  const block = there.sequence === null || isFlow(there.sequence) ? null : blockOfItem(text, there.item);
  if (block === null || !isFirstOnLine(text, block.from + block.column)) return null;
  return { path, edit: { from: ownComments(text, block, commit), to: block.to, text: "" } };
}

/** The last item of a sequence goes with the sequence. */
export function removeSequence(there: Found, parent: Found, commit: Commit): FileEdit {
  const { text, path } = there.file;
  const pair = pairOf(parent.item, there.type);
  if (pair === undefined || parent.item.flow === true) return null;
  const block = blockOfPair(text, pair);
  if (!isFirstOnLine(text, block.from + block.column)) return null;
  const had = commit.good.get(parent.key);
  if (had !== undefined && nodeAt(had.item, [there.type]) !== undefined)
    return { path, edit: { from: block.from, to: block.to, text: `${" ".repeat(block.column)}${there.type}: []\n` } };
  return { path, edit: { from: ownComments(text, block, commit), to: block.to, text: "" } };
}

/** The commit's own comments above go, too; those that were there before it or came later stay. */
function ownComments(text: string, block: Block, commit: Commit): number {
  let from = block.from;
  while (from > block.commentsFrom) {
    const above = lineStart(text, from - 1);
    if (!commit.wroteComment(text.slice(above, from).trim())) break;
    from = above;
  }
  return from;
}

/** Where the entity goes: behind the sibling that stood before it, else before the one that stood behind it. */
export function insertItem(wanted: Found, good: Entities, head: Entities): FileEdit {
  const lines = sourceOf(wanted);
  const siblings = siblingsOf(wanted, good);
  const place = siblings.indexOf(wanted);
  if (lines === null) return null;
  const before = siblings
    .slice(0, place)
    .reverse()
    .map((one) => head.get(one.key))
    .find(isBlockItem);
  if (before !== undefined) return insertAt(before, lines, "behind");
  const behind = siblings
    .slice(place + 1)
    .map((one) => head.get(one.key))
    .find(isBlockItem);
  if (behind !== undefined) return insertAt(behind, lines, "before");
  return insertIntoParent(wanted, lines, head);
}

const isBlockItem = (found: Found | undefined): found is Found =>
  found?.sequence !== null && found !== undefined && !isFlow(found.sequence);

const siblingsOf = (entity: Found, entities: Entities): Found[] =>
  [...entities.values()].filter((one) => one.sequence === entity.sequence);

/** Its lines with comments, moved to the margin. */
function sourceOf({ file, item, sequence }: Found): string | null {
  if (sequence === null || isFlow(sequence)) return null;
  const block = blockOfItem(file.text, item);
  if (block === null || !isFirstOnLine(file.text, block.from + block.column)) return null;
  return reindent(linesOf(file.text, block), block.column, 0);
}

function insertAt(sibling: Found, lines: string, side: "before" | "behind"): FileEdit {
  const { text, path } = sibling.file;
  const block = blockOfItem(text, sibling.item);
  if (block === null) return null;
  const at = side === "behind" ? block.to : block.commentsFrom;
  const glue = side === "behind" && at === text.length && !text.endsWith("\n") ? "\n" : "";
  return { path, edit: { from: at, to: at, text: glue + reindent(lines, 0, block.column) } };
}

function insertIntoParent(wanted: Found, lines: string, head: Entities): FileEdit {
  const parent = wanted.parent === null ? head.get(`file[${wanted.file.path}]`) : head.get(wanted.parent);
  if (parent === undefined) return null;
  const { file, item } = parent;
  const pair = pairOf(item, wanted.type);
  const sequence = pair?.value as YAMLSeq | null | undefined;
  if (isSeq(sequence) && sequence.items.length > 0) {
    const column = isFlow(sequence) ? null : dashColumn(file.text, sequence);
    const first = column === null ? null : blockOfItem(file.text, sequence.items[0] as Node);
    if (first === null || column === null) return null;
    return {
      path: file.path,
      edit: { from: first.commentsFrom, to: first.commentsFrom, text: reindent(lines, 0, column) },
    };
  }
  if (pair !== undefined) return replacePair(parent, pair, `${wanted.type}:\n${reindent(lines, 0, 2)}`);
  return appendPair(parent, `${wanted.type}:\n${reindent(lines, 0, 2)}`);
}

function replacePair({ file, item }: Found, pair: Pair, lines: string): FileEdit {
  const block = blockOfPair(file.text, pair);
  if (item.flow === true || !isFirstOnLine(file.text, block.from + block.column)) return null;
  return { path: file.path, edit: { from: block.from, to: block.to, text: reindent(lines, 0, block.column) } };
}

/** Behind the given field, else at the entity's end. */
function appendPair({ file, item }: Found, lines: string, after?: Pair): FileEdit {
  const last = after ?? (item.items.at(-1) as Pair | undefined);
  if (last === undefined || item.flow === true) return null;
  const block = blockOfPair(file.text, last);
  const column = columnOf(file.text, (last.key as Node).range?.[0] ?? 0);
  const glue = file.text.endsWith("\n") || block.to < file.text.length ? "" : "\n";
  return { path: file.path, edit: { from: block.to, to: block.to, text: glue + reindent(lines, 0, column) } };
}

export function setField(step: Extract<Inverse, { op: "set" }>, there: Found): FileEdit {
  const parentPath = step.path.slice(0, -1);
  const name = step.path.at(-1) ?? "";
  const map = nodeAt(there.item, parentPath);
  const source = nodeAt(step.from.item, parentPath);
  if (!isMap(map) || map.flow === true) return null;
  const holder: Found = { ...there, item: map as YAMLMap };
  const pair = pairOf(map as YAMLMap, name);
  const wanted = isMap(source) && source.flow !== true ? pairOf(source as YAMLMap, name) : undefined;
  if (step.wanted === undefined) return pair === undefined || map.items.length === 1 ? null : removePair(holder, pair);
  if (wanted === undefined) return null;
  const lines = linesOfPair(step.from, wanted);
  if (lines === null) return null;
  if (pair !== undefined) return replacePair(holder, pair, lines);
  return appendPair(holder, lines, pairBefore(source as YAMLMap, wanted, map as YAMLMap));
}

/** Without the comments above: those of the file as it is now stay. */
function linesOfPair({ file }: Found, pair: Pair): string | null {
  const block = blockOfPair(file.text, pair);
  if (!isFirstOnLine(file.text, block.from + block.column)) {
    const key = (pair.key as Node).range?.[0] ?? 0;
    const lines = file.text.slice(key, block.to);
    return lines.endsWith("\n") ? reindentRest(lines, columnOf(file.text, key)) : `${lines}\n`;
  }
  return reindent(linesOf(file.text, { ...block, commentsFrom: block.from }), block.column, 0);
}

function reindentRest(lines: string, column: number): string {
  const [first = "", ...rest] = lines.split("\n");
  return [first, reindent(rest.join("\n"), column, 0)].join("\n");
}

function removePair({ file, item }: Found, pair: Pair): FileEdit {
  const block = blockOfPair(file.text, pair);
  if (!isFirstOnLine(file.text, block.from + block.column) || item.items[0] === pair) return null;
  return { path: file.path, edit: { from: block.from, to: block.to, text: "" } };
}

/** The field that stood before it and is still there. */
function pairBefore(source: YAMLMap, wanted: Pair, map: YAMLMap): Pair | undefined {
  const place = source.items.indexOf(wanted);
  for (const { key } of source.items.slice(0, place).reverse()) {
    const there = pairOf(map, String((key as { value?: unknown }).value));
    if (there !== undefined) return there;
  }
  return undefined;
}

/** What is added goes to the end of the list, as it was written before. */
export function setMembers(step: Extract<Inverse, { op: "members" }>, there: Found): FileEdit {
  const list = nodeAt(there.item, step.path);
  const { text, path } = there.file;
  if (!isSeq(list) || list.range === undefined || list.range === null) return null;
  const now = members(there, step.path);
  const kept = (list.items as Node[]).filter((item) => !step.remove.includes(canonical(item, there.file.document)));
  const added = step.add.filter((item) => !now.has(canonical(item, step.from.file.document)));
  const words = [
    ...kept.map((item) => sourceText(item, text)),
    ...added.map((item) => sourceText(item, step.from.file.text)),
  ];
  if (list.flow === true && !text.slice(list.range[0], list.range[1]).includes("#"))
    return { path, edit: { from: list.range[0], to: list.range[1], text: `[${words.join(", ")}]` } };
  return null;
}

const sourceText = (node: Node, text: string): string => text.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0).trim();
