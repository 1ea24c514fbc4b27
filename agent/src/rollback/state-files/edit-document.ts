import { isMap, isSeq, type Node, type Pair, parseDocument, type YAMLMap, YAMLSeq } from "yaml";
import { type Entities, readEntities } from "./entities.ts";
import { type Inverse, nodeAt } from "./inverse.ts";
import { canonical, keyText, parseStateFile, type StateFile } from "./parse.ts";

/**
 * One step carried out on the document instead of its lines, where flow style leaves no lines to work with. Comments and order
 * stay; white space may be set anew. Null when there is no place for it.
 */
export function editDocument(file: StateFile, step: Inverse, head: Entities): string | null {
  const parsed = parseStateFile(file);
  const there = readEntities([parsed]).get(step.key);
  if (!carryOut(step)) return null;
  if (file.path.endsWith(".json")) return `${JSON.stringify(parsed.document.toJS(), null, indentOf(file.text))}\n`;
  return parsed.document.toString({ lineWidth: 0, flowCollectionPadding: /[[{] /.test(file.text) });

  function carryOut(change: Inverse): boolean {
    if (change.op === "restore") return restore(change);
    if (there === undefined) return false;
    if (change.op === "remove") return removeFrom(there.sequence, there.item);
    const map = nodeAt(there.item, change.path.slice(0, -1));
    if (!isMap(map)) return false;
    const name = change.path.at(-1) ?? "";
    if (change.op === "set") return setIn(map as YAMLMap, name, change.wanted);
    const list = nodeAt(there.item, change.path);
    return isSeq(list) && setMembersOf(list as YAMLSeq, change);
  }

  function setMembersOf(list: YAMLSeq, change: Extract<Inverse, { op: "members" }>): boolean {
    const kept = list.items.filter((item) => !change.remove.includes(canonical(item as Node, parsed.document)));
    const now = new Set(kept.map((item) => canonical(item as Node, parsed.document)));
    const added = change.add.filter((item) => !now.has(canonical(item, change.from.file.document)));
    list.items = [...kept, ...added.map((item) => item.clone() as Node)];
    return true;
  }

  function restore({ wanted }: Extract<Inverse, { op: "restore" }>): boolean {
    const parentKey = wanted.parent ?? `file[${head.get(wanted.parent ?? "")?.file.path ?? file.path}]`;
    const parent = readEntities([parsed]).get(parentKey)?.item;
    if (parent === undefined) return false;
    const existing = parent.get(wanted.type, true) as unknown;
    const sequence = isSeq(existing) ? (existing as YAMLSeq) : new YAMLSeq();
    if (!isSeq(existing)) parent.set(wanted.type, sequence);
    const place = wanted.sequence?.items.indexOf(wanted.item) ?? sequence.items.length;
    sequence.items.splice(Math.min(place, sequence.items.length), 0, wanted.item.clone() as Node);
    return true;
  }
}

function removeFrom(sequence: YAMLSeq | null, item: YAMLMap): boolean {
  const place = sequence?.items.indexOf(item) ?? -1;
  if (sequence === null || place < 0) return false;
  sequence.items.splice(place, 1);
  return true;
}

function setIn(map: YAMLMap, name: string, wanted: Node | null | undefined): boolean {
  const pair = (map.items as Pair[]).find(({ key }) => keyText(key) === name);
  if (wanted === undefined) {
    map.items = map.items.filter((one) => one !== pair);
  } else if (pair === undefined) {
    map.set(parseDocument(JSON.stringify(name)).contents, wanted?.clone() ?? null);
  } else {
    pair.value = wanted?.clone() ?? null;
  }
  return true;
}

function indentOf(text: string): string {
  return /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? "  ";
}
