import * as ffi from "ffi";

/**
 * Which keys are open at a place of a JSON text, for naming it. Asked for places in their order, and only for the few strings that are
 * judged: so it goes on from where it was asked last.
 */
const MAX_DEPTH = 64;
/** Keys named in a finding, innermost last. */
const MAX_NAMED = 6;
const MAX_KEY = 40;
const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;

/** Bounds of the key that is open at each depth; the same place twice where there is none, as in an array. */
const keyFrom = ffi.new("int32_t[?]", MAX_DEPTH + 1);
const keyTo = ffi.new("int32_t[?]", MAX_DEPTH + 1);
let depth = 0;
let readTo = 0;

function openKey(from: number, to: number): void {
  if (depth > MAX_DEPTH) return;
  keyFrom[depth] = from;
  keyTo[depth] = to;
}

export function startPath(): void {
  depth = 0;
  readTo = 0;
  openKey(0, 0);
}

/** Index of the quote that ends the string which starts at `i`, or `to`. */
export function endOfString(bytes: ffi.Numbers, i: number, to: number): number {
  let end = i;
  while (end < to && bytes[end] !== QUOTE) end += bytes[end] === BACKSLASH ? 2 : 1;
  return Math.min(end, to);
}

/** Index of the colon behind the string that ends at `end`; 0 where it is no key. */
export function colonBehind(bytes: ffi.Numbers, end: number, to: number): number {
  let next = end + 1;
  while (next < to && bytes[next] <= 32) next++;
  return next < to && bytes[next] === COLON ? next : 0;
}

function step(byte: number): void {
  if (byte === 123 || byte === 91) {
    depth++;
    openKey(0, 0);
  } else if ((byte === 125 || byte === 93) && depth > 0) {
    depth--;
  }
}

/** Goes on to `place`, which is behind a quote or at the end of a key. */
function goTo(bytes: ffi.Numbers, place: number): void {
  let i = readTo;
  while (i < place) {
    const byte = bytes[i];
    i++;
    if (byte === QUOTE) {
      const end = endOfString(bytes, i, place);
      if (end < place && colonBehind(bytes, end, place + 1) > 0) openKey(i, end);
      i = end + 1;
    } else {
      step(byte);
    }
  }
  readTo = Math.max(readTo, Math.min(i, place));
}

/** The name of the string that begins at `from`: `json:order.notes` for root `json`; `query:filter.name` for root `query:filter`. */
export function pathAt(bytes: ffi.Numbers, from: number, root: string): string {
  goTo(bytes, from - 1);
  let path = "";
  const last = Math.min(depth, MAX_DEPTH);
  for (const level of $range(Math.max(0, last - MAX_NAMED + 1), last)) {
    const length = Math.min(MAX_KEY, keyTo[level] - keyFrom[level]);
    if (length > 0) {
      const key = ffi.string(advance(bytes, keyFrom[level]), length);
      path = path === "" ? key : `${path}.${key}`;
    }
  }
  if (path === "") return root;
  const [isNested] = string.find(root, ":", 1, true);
  return `${root}${isNested === undefined ? ":" : "."}${path}`;
}
