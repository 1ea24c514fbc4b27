import { isMap, type Node } from "yaml";
import { contentOf, type Entities, type Found } from "./entities.ts";
import { type Inverse, standingOf } from "./inverse.ts";
import { canonical, keyText } from "./parse.ts";

export interface Attempt {
  good: Entities;
  bad: Entities;
  /** Before the steps were carried out, and after. */
  start: Entities;
  result: Entities;
  steps: readonly Inverse[];
}

/** Why the result is not what was wanted, or null: every step done, and nothing else touched. */
export function whyWrong({ good, bad, start, result, steps }: Attempt): { path: string; problem: string } | null {
  for (const step of steps) {
    if (!isDone(step, good, bad, result)) return at(step.key, "could not be taken back");
  }
  const kept = (key: string) => !steps.some((step) => step.op === "remove" && isWithin(key, step.key));
  const restored = (key: string) => steps.some((step) => step.op === "restore" && isWithin(key, step.key));
  for (const [key, entity] of start) {
    if (!kept(key)) continue;
    const there = result.get(key);
    if (there === undefined) {
      if (entity.type === "" && !bad.has(key)) return at(key, "would be lost");
      if (entity.type !== "") return at(key, "would be lost");
      continue;
    }
    const changed = changedLeaves(entity, there).find((leaf) => !steps.some((step) => allows(step, key, leaf)));
    if (changed !== undefined) return at(key, `${changed} would be changed, too`);
  }
  for (const key of result.keys()) {
    if (!start.has(key) && !restored(key)) return at(key, "would appear");
  }
  return null;

  function at(key: string, problem: string) {
    const path = (result.get(key) ?? start.get(key) ?? good.get(key))?.file.path ?? "state files";
    return { path, problem: `${key} ${problem}` };
  }
}

const isWithin = (key: string, outer: string) => key === outer || key.startsWith(`${outer}/`);

function isDone(step: Inverse, good: Entities, bad: Entities, result: Entities): boolean {
  if (step.op === "restore") return contentOf(step.key, result) === contentOf(step.key, good);
  if (step.op !== "members") return standingOf(step, bad, result).is === "done";
  const there = result.get(step.key);
  const now = there === undefined ? "" : `,${leavesOf(there).get(step.path.join("\0"))?.slice(1, -1)},`;
  const wanted = step.add.map((item) => canonical(item, step.from.file.document));
  return (
    wanted.every((value) => now.includes(`,${value},`)) && step.remove.every((value) => !now.includes(`,${value},`))
  );
}

const allows = (step: Inverse, key: string, leaf: string) => {
  if (step.key !== key || step.op === "remove" || step.op === "restore") return false;
  const path = step.path.join("\0");
  return leaf === path || leaf.startsWith(`${path}\0`) || path.startsWith(`${leaf}\0`);
};

function changedLeaves(before: Found, after: Found): string[] {
  const was = leavesOf(before);
  const is = leavesOf(after);
  return [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
}

/** Values by path; what is in a sequence counts as one value. */
function leavesOf({ item, fields, file }: Found): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (node: unknown, path: string[]) => {
    if (isMap(node) && node.items.length > 0) {
      for (const { key, value } of node.items) walk(value, [...path, keyText(key)]);
    } else leaves.set(path.join("\0"), canonical(node as Node, file.document));
  };
  for (const { key, value } of item.items) {
    if (fields.has(keyText(key))) walk(value, [keyText(key)]);
  }
  return leaves;
}
