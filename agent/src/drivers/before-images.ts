import type { AppliedChange, Change } from "./gateway.ts";

export const idOfChange = (change: Change): string => (change.op === "create" ? change.entity.id : change.id);

/** The first image of what was found stays; the last of what was left counts. So what is run again after a crash can still be taken back. */
export function recordInto(recorded: readonly AppliedChange[], one: AppliedChange): AppliedChange[] {
  const known = recorded.find(
    ({ change }) =>
      change.type === one.change.type && idOfChange(change) === idOfChange(one.change) && change.op === one.change.op,
  );
  if (known === undefined) return [...recorded, one];
  const { change } = one;
  const merged: AppliedChange =
    change.op === "update" && known.change.op === "update"
      ? { ...one, change: { ...change, expect: known.change.expect }, before: known.before }
      : { ...one, before: known.before };
  return recorded.map((entry) => (entry === known ? merged : entry));
}
