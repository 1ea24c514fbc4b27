/**
 * On which paths a login usually names its user where it can be read. There, one that does not is odd: it may be written so that nobody counts
 * whom it is about, and passes for a user of its own each time.
 */
const MOST_PATHS = 200;
const MIN_SEEN = 20;
const USUAL = 19;
const FORGET_AT = 1000;

interface Seen {
  named: number;
  unnamed: number;
}

let paths = new LuaTable<string, Seen>();
let size = 0;
let odd = 0;

const seenOn = (path: string): Seen => {
  const known = paths.get(path);
  if (known !== undefined) return known;
  if (size >= MOST_PATHS) {
    paths = new LuaTable();
    size = 0;
  }
  const fresh: Seen = { named: 0, unnamed: 0 };
  paths.set(path, fresh);
  size += 1;
  return fresh;
};

/** A login there has succeeded. */
export const noteNamed = (path: string, isNamed: boolean): void => {
  const seen = seenOn(path);
  if (isNamed) seen.named += 1;
  else seen.unnamed += 1;
  if (seen.named + seen.unnamed < FORGET_AT) return;
  seen.named = seen.named / 2;
  seen.unnamed = seen.unnamed / 2;
};

/** The user of a login that names none: nobody, or somebody new where that is unusual. */
export const unnamedUser = (path: string): string => {
  const seen = paths.get(path);
  if (seen === undefined || seen.named < MIN_SEEN || seen.named < USUAL * seen.unnamed) return "";
  odd += 1;
  return string.format("odd%d.%d", ngx.worker.pid(), odd);
};
