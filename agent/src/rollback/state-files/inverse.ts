import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import { contentOf, type Entities, type Found } from "./entities.ts";
import { canonical, keyText } from "./parse.ts";

/** One step that takes a change back. `bad` is what the change left, `wanted` what was there before it; absent is undefined. */
export type Inverse =
  | { op: "remove"; key: string }
  | { op: "restore"; key: string; wanted: Found }
  | { op: "set"; key: string; path: string[]; bad: string | undefined; wanted: Node | null | undefined; from: Found }
  | { op: "members"; key: string; path: string[]; add: Node[]; remove: string[]; from: Found };

/** The steps that lead from `bad` back to `good`, outermost entities only where whole ones came or went. */
export function inverseOf(good: Entities, bad: Entities): Inverse[] {
  const steps: Inverse[] = [];
  for (const [key, entity] of bad) {
    if (good.has(key) || isBelow(entity.parent, bad, good)) continue;
    if (entity.type !== "") steps.push({ op: "remove", key });
  }
  for (const [key, wanted] of good) {
    const there = bad.get(key);
    if (there !== undefined) steps.push(...changedFields(wanted, there));
    else if (!isBelow(wanted.parent, good, bad)) steps.push({ op: "restore", key, wanted });
  }
  return steps;
}

/** Its parent came or went with it. */
const isBelow = (parent: string | null, side: Entities, other: Entities) =>
  parent !== null && side.has(parent) && !other.has(parent);

function changedFields(good: Found, bad: Found): Inverse[] {
  const names = new Set([...bad.fields.keys(), ...good.fields.keys()]);
  return [...names].flatMap((name) =>
    good.fields.get(name) === bad.fields.get(name) ? [] : changedAt([name], good, bad),
  );
}

/** Goes down into mappings that both have, so that what else was changed in them meanwhile stays. */
function changedAt(path: string[], good: Found, bad: Found): Inverse[] {
  const wanted = nodeAt(good.item, path);
  const there = nodeAt(bad.item, path);
  if (isMap(wanted) && isMap(there)) {
    const names = new Set([...there.items, ...wanted.items].map(({ key }) => keyText(key)));
    return [...names].flatMap((name) => {
      const below = [...path, name];
      const same = valueAt(good, below) === valueAt(bad, below);
      return same ? [] : changedAt(below, good, bad);
    });
  }
  if (isSetOfTexts(path, wanted) && isSetOfTexts(path, there)) return [changedMembers(path, good, bad)];
  return [{ op: "set", key: good.key, path, bad: valueAt(bad, path), wanted, from: good }];
}

/** Kong does not mind the order in these. */
const SETS = new Set(["tags", "methods", "hosts", "paths", "protocols", "snis", "groups"]);

function isSetOfTexts(path: string[], node: Node | null | undefined): boolean {
  return (
    path.length === 1 && SETS.has(path[0] ?? "") && isSeq(node) && node.items.length > 0 && node.items.every(isScalar)
  );
}

function changedMembers(path: string[], good: Found, bad: Found): Inverse {
  const before = members(good, path);
  const after = members(bad, path);
  const add = [...before].filter(([value]) => !after.has(value)).map(([, node]) => node);
  return {
    op: "members",
    key: good.key,
    path,
    add,
    remove: [...after.keys()].filter((value) => !before.has(value)),
    from: good,
  };
}

export function members(entity: Found, path: string[]): Map<string, Node> {
  const node = nodeAt(entity.item, path);
  const items = isSeq(node) ? (node.items as Node[]) : [];
  return new Map(items.map((item) => [canonical(item, entity.file.document), item]));
}

/** Undefined where there is no such field, null where it has no value. */
export function nodeAt(item: YAMLMap, path: readonly string[]): Node | null | undefined {
  let node: unknown = item;
  for (const name of path) {
    if (!isMap(node)) return undefined;
    const pair = node.items.find(({ key }) => keyText(key) === name);
    if (pair === undefined) return undefined;
    node = pair.value;
  }
  return node as Node | null;
}

export function valueAt(entity: Found, path: readonly string[]): string | undefined {
  const node = nodeAt(entity.item, path);
  return node === undefined ? undefined : canonical(node, entity.file.document);
}

export interface Conflict {
  key: string;
  /** Of a field; absent for the entity as a whole. */
  field?: string;
  reason: string;
}

export type Standing = { step: Inverse; is: "open" | "done" } | { step: Inverse; is: "conflict"; conflict: Conflict };

/** What each step still has to do on the files as they are now. What somebody changed again meanwhile is a conflict. */
export function standingOf(step: Inverse, bad: Entities, head: Entities): Standing {
  const there = head.get(step.key);
  const done: Standing = { step, is: "done" };
  const open: Standing = { step, is: "open" };
  const conflict = (reason: string): Standing => {
    const field = "path" in step ? step.path.join(".") : undefined;
    return { step, is: "conflict", conflict: { key: step.key, reason, ...(field === undefined ? {} : { field }) } };
  };
  if (step.op === "remove") {
    if (there === undefined) return done;
    return contentOf(step.key, head) === contentOf(step.key, bad)
      ? open
      : conflict("it was changed, or something was added below it, since");
  }
  if (step.op === "restore") return standingOfRestore(step, there, head, { done, open, conflict });
  if (there === undefined) return conflict("it was removed since");
  if (step.op === "members")
    return isSeq(nodeAt(there.item, step.path)) ? open : conflict("the list is not there any more");
  const now = valueAt(there, step.path);
  const wanted = step.wanted === undefined ? undefined : canonical(step.wanted, step.from.file.document);
  if (now === wanted) return done;
  return now === step.bad ? open : conflict("somebody gave it another value since");
}

function standingOfRestore(
  { wanted }: Extract<Inverse, { op: "restore" }>,
  there: Found | undefined,
  head: Entities,
  say: { done: Standing; open: Standing; conflict: (reason: string) => Standing },
): Standing {
  if (there !== undefined) {
    const same = [...wanted.fields].every(([name, value]) => there.fields.get(name) === value);
    return same ? say.done : say.conflict("another one of that name is there now");
  }
  if (wanted.parent !== null && !head.has(wanted.parent))
    return say.conflict(`${wanted.parent}, which it belongs to, is not there any more`);
  return say.open;
}
