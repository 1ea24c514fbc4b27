import { editDocument } from "./edit-document.ts";
import { type Commit, type FileEdit, insertItem, removeItem, removeSequence, setField, setMembers } from "./edits.ts";
import { type Entities, readEntities } from "./entities.ts";
import { type Conflict, type Inverse, inverseOf, standingOf } from "./inverse.ts";
import { parseStateFile, type StateFile, StateFileError } from "./parse.ts";
import { type Edit, spliceAll } from "./splice.ts";
import { whyWrong } from "./verify-inverse.ts";

/** The state files of three commits. */
export interface Versions {
  /** Before the commit that is taken back. */
  good: readonly StateFile[];
  /** After it. */
  bad: readonly StateFile[];
  /** As they are now. */
  head: readonly StateFile[];
}

export interface InversePatch {
  /** The files to write, whole; `text: null` removes one. */
  files: { path: string; text: string | null }[];
  /** What somebody changed again meanwhile: left as it is. */
  conflicts: Conflict[];
  /** Keys of the entities that go back, in order, each once. */
  entities: string[];
}

const MAX_ROUNDS = 200;

/**
 * Takes one commit back on top of all that came after it, entity by entity: where lines moved or neighbours changed it stays
 * clean, and only what was itself changed again is a conflict. Comments, order and everything else stay as they are. The
 * result is read again and compared before it is returned. Throws `StateFileError`.
 */
export function invertCommit({ good, bad, head }: Versions): InversePatch {
  const before = readEntities(good.map(parseStateFile));
  const after = readEntities(bad.map(parseStateFile));
  const now = readEntities(head.map(parseStateFile));
  const files = new Map(head.map(({ path, text }) => [path, text]));
  restoreFiles({ good, bad, head }, before, now, files);
  const steps = inverseOf(before, after);
  const start = readEntities(parseAll(files));
  const standings = steps.map((step) => standingOf(step, after, start));
  const conflicts = standings.flatMap((one) => (one.is === "conflict" ? [one.conflict] : []));
  const open = standings.filter((one) => one.is === "open").map(({ step }) => step);
  carryOut(open, { good: before, wroteComment: commentsOf(good, bad) }, after, files);
  removeEmptied({ good, bad, head }, files);
  const wrong = whyWrong({ good: before, start, result: readEntities(parseAll(files)), steps: open, bad: after });
  if (wrong !== null)
    throw new StateFileError(wrong.path, wrong.problem, "Take the commit back by hand; nothing was written.");
  const texts = new Map(head.map(({ path, text }) => [path, text]));
  const written = [...new Set([...texts.keys(), ...files.keys()])].filter(
    (path) => texts.get(path) !== files.get(path),
  );
  return {
    files: written.sort().map((path) => ({ path, text: files.get(path) ?? null })),
    conflicts,
    entities: [...new Set(open.map(({ key }) => key))],
  };
}

function commentsOf(good: readonly StateFile[], bad: readonly StateFile[]): (line: string) => boolean {
  const linesIn = (files: readonly StateFile[]) =>
    new Set(files.flatMap(({ text }) => text.split("\n").map((line) => line.trim())));
  const before = linesIn(good);
  const after = linesIn(bad);
  return (line) => after.has(line) && !before.has(line);
}

const parseAll = (files: Map<string, string>) => [...files].map(([path, text]) => parseStateFile({ path, text }));

/** Whole files that the commit removed come back as they were, unless their entities live elsewhere now. */
function restoreFiles({ good, bad }: Versions, before: Entities, now: Entities, files: Map<string, string>): void {
  for (const { path, text } of good) {
    if (files.has(path) || bad.some((file) => file.path === path)) continue;
    const own = [...before.values()].filter((entity) => entity.file.path === path && entity.type !== "");
    if (own.every(({ key }) => !now.has(key))) files.set(path, text);
  }
}

/** Whole files that the commit added go when nothing is left in them. */
function removeEmptied({ good, bad }: Versions, files: Map<string, string>): void {
  for (const { path } of bad) {
    const text = files.get(path);
    if (text === undefined || good.some((file) => file.path === path)) continue;
    const left = [...readEntities([parseStateFile({ path, text })]).values()];
    if (
      left.every(({ type }) => type === "") &&
      left.every(({ fields }) => [...fields.keys()].every((name) => name.startsWith("_")))
    )
      files.delete(path);
  }
}

/** In rounds: what cannot be done beside other edits of the same place is done in the next one. */
function carryOut(steps: readonly Inverse[], commit: Commit, bad: Entities, files: Map<string, string>): void {
  let left = [...steps];
  for (let round = 0; left.length > 0 && round < MAX_ROUNDS; round++) {
    const now = readEntities(parseAll(files));
    left = left.filter((step) => standingOf(step, bad, now).is === "open");
    const edits = editsOf(left, commit, now);
    if (edits.size === 0 && !editOneDocument(left, now, files)) return;
    for (const [path, all] of edits) {
      const text = files.get(path) ?? "";
      files.set(path, spliceAll(text, all) ?? spliceAll(text, all.slice(0, 1)) ?? text);
    }
  }
}

function editsOf(steps: readonly Inverse[], commit: Commit, now: Entities): Map<string, Edit[]> {
  const edits = new Map<string, Edit[]>();
  const emptied = new Map<unknown, number>();
  for (const step of steps) {
    const found = editOf(step, commit, now, emptied);
    if (found !== null) edits.set(found.path, [...(edits.get(found.path) ?? []), found.edit]);
  }
  return edits;
}

function editOf(step: Inverse, commit: Commit, now: Entities, emptied: Map<unknown, number>): FileEdit {
  if (step.op === "restore") return insertItem(step.wanted, commit.good, now);
  const there = now.get(step.key);
  if (there === undefined) return null;
  if (step.op === "set") return setField(step, there);
  if (step.op === "members") return setMembers(step, there);
  const parent = now.get(there.parent ?? `file[${there.file.path}]`);
  if (there.sequence?.items.length === 1 && parent !== undefined) return removeSequence(there, parent, commit);
  const gone = (emptied.get(there.sequence) ?? 0) + 1;
  // The last one waits: with it the sequence itself goes.
  if (gone >= (there.sequence?.items.length ?? 0)) return null;
  emptied.set(there.sequence, gone);
  return removeItem(there, commit);
}

function editOneDocument(steps: readonly Inverse[], now: Entities, files: Map<string, string>): boolean {
  for (const step of steps) {
    const place =
      now.get(step.key) ??
      (step.op === "restore" && step.wanted.parent !== null ? now.get(step.wanted.parent) : undefined);
    const path = place?.file.path ?? (step.op === "restore" ? step.wanted.file.path : undefined);
    const text = path === undefined ? undefined : files.get(path);
    if (path === undefined || text === undefined) continue;
    const edited = editDocument({ path, text }, step, now);
    if (edited === null || edited === text) continue;
    files.set(path, edited);
    return true;
  }
  return false;
}
