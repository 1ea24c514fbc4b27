import * as ffi from "ffi";

/** Which keys are open at the place where a walk through a JSON text is, for naming it. */
const MAX_DEPTH = 64;
/** Keys named in a finding, innermost last. */
const MAX_NAMED = 6;
const MAX_KEY = 40;
const COLON = 58;

/** Bounds of the key that is open at each depth; the same place twice where there is none, as in an array. */
const keyFrom = ffi.new("int32_t[?]", MAX_DEPTH + 1);
const keyTo = ffi.new("int32_t[?]", MAX_DEPTH + 1);
let depth = 0;

export function openKey(from: number, to: number): void {
  if (depth > MAX_DEPTH) return;
  keyFrom[depth] = from;
  keyTo[depth] = to;
}

export function startPath(): void {
  depth = 0;
  openKey(0, 0);
}

/** Goes into an object or array; however deep, it only counts. */
export function goDeeper(): void {
  depth++;
  openKey(0, 0);
}

export function goBack(): void {
  depth--;
}

export function depthNow(): number {
  return depth;
}

/** Whether the string that ends at `end` is a key. */
export function isKey(bytes: ffi.Numbers, end: number, to: number): boolean {
  let next = end + 1;
  while (next < to && bytes[next] <= 32) next++;
  return next < to && bytes[next] === COLON;
}

/** Whether the innermost open key is `query`, as of GraphQL. */
export function isUnderQuery(bytes: ffi.Numbers): boolean {
  if (depth > MAX_DEPTH || keyTo[depth] - keyFrom[depth] !== 5) return false;
  const from = keyFrom[depth];
  return bytes[from] === 113 && bytes[from + 1] === 117 && bytes[from + 4] === 121;
}

/** `json:order.notes` for root `json`; `query:filter.name` for root `query:filter`. */
export function pathOf(bytes: ffi.Numbers, root: string): string {
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
