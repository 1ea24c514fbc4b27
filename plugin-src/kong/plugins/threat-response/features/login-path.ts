/**
 * The path of a request as logins are known by: decoded, with dots and double slashes resolved by nginx, and without what many services do not
 * look at: case, parameters behind a semicolon, and slashes, dots and spaces at the end.
 */
const KEPT = 500;
const SLASH = 47;
const DOT = 46;
const SPACE = 32;
const { byte, gsub, lower, sub } = string;

/** Most paths come again. */
let known = new LuaTable<string, string>();
let size = 0;

const isIdle = (char: number): boolean => char === SLASH || char === DOT || char <= SPACE;

const simplify = (path: string): string => {
  const [bare] = gsub(lower(path), ";[^/]*", "");
  const [single] = gsub(bare, "/+", "/");
  let to = single.length;
  while (to > 1 && isIdle(byte(single, to))) to -= 1;
  return sub(single, 1, to);
};

export const loginPath = (): string => {
  const path = ngx.var.uri ?? "";
  const kept = known.get(path);
  if (kept !== undefined) return kept;
  if (size >= KEPT) {
    known = new LuaTable();
    size = 0;
  }
  const simple = simplify(path);
  known.set(path, simple);
  size += 1;
  return simple;
};

/** Prefixes of logins as a configuration names them, to be compared with `loginPath`. */
export const loginPrefixes = (paths: string[]): string[] => {
  const prefixes: string[] = [];
  for (const path of paths) prefixes.push(lower(path));
  return prefixes;
};

/** `/auth/` means `/auth` as well, and `/auth/x`, but not `/authors`. */
export const matchLoginPath = (prefixes: string[], path: string): boolean => {
  for (const prefix of prefixes) {
    if (sub(path, 1, prefix.length) === prefix) return true;
    if (prefix.length === path.length + 1 && prefix === `${path}/`) return true;
  }
  return false;
};
