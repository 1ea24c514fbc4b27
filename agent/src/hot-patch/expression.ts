import { bytesOf, lower, networkOf, quoteLua } from "./bytes.ts";
import type { Condition, NamedTest, TextTest } from "./condition.ts";
import { NEEDS, type Part, RUNTIME } from "./runtime.ts";

type Uses = Set<Part>;

/** The tree as one Lua expression, and which parts of the runtime it needs. */
export function expressionOf(tree: Condition): { code: string; parts: Part[] } {
  const uses: Uses = new Set();
  const code = write(tree, uses);
  const parts = (Object.keys(RUNTIME) as Part[]).filter((part) => uses.has(part));
  return { code, parts };
}

export function use(uses: Uses, part: Part): void {
  for (const needed of NEEDS[part] ?? []) use(uses, needed);
  uses.add(part);
}

function write(tree: Condition, uses: Uses): string {
  if ("all" in tree) return `(${tree.all.map((child) => write(child, uses)).join(" and ")})`;
  if ("any" in tree) return `(${tree.any.map((child) => write(child, uses)).join(" or ")})`;
  if ("not" in tree) return `not ${write(tree.not, uses)}`;
  if (tree.field === "size") {
    use(uses, "size");
    return `(size > ${tree.longer_than})`;
  }
  if (tree.field === "client") {
    use(uses, "within");
    return `(${tree.in.map(writeRange).join(" or ")})`;
  }
  return writeTest(tree, uses);
}

function writeRange(range: string): string {
  const { bytes, bits } = networkOf(range);
  return `within(${quoteLua(bytes)}, ${bits})`;
}

const GETTERS = { method: "kong.request.get_method()", path: "kong.request.get_path()" };

function writeTest(test: TextTest, uses: Uses): string {
  if (!("name" in test)) {
    if (test.exists !== undefined) return String(test.exists);
    return `(function(value) ${writeComparison(test, uses)} end)(${GETTERS[test.field]})`;
  }
  const found = writeSearch(test, uses);
  return test.exists === false ? `not ${found}` : found;
}

function writeSearch(test: NamedTest, uses: Uses): string {
  const compare = `function(value) ${writeComparison(test, uses)} end`;
  if (test.field === "header") {
    use(uses, "any_header");
    return `any_header(${quoteLua(bytesOf(test.name.toLowerCase()))}, ${compare})`;
  }
  const name = quoteLua(bytesOf(test.name));
  if (test.field === "query") {
    use(uses, "any_pair");
    return `any_pair(kong.request.get_raw_query() or "", ${name}, ${compare})`;
  }
  use(uses, "any_field");
  const path = test.name.split(".").map((part) => quoteLua(bytesOf(part)));
  return `any_field(${name}, { ${path.join(", ")} }, ${test.exists !== undefined}, ${compare})`;
}

/** Of the local `value`, a string. */
function writeComparison(test: TextTest, uses: Uses): string {
  const fold = test.ignore_case === true ? "value = string.lower(value) " : "";
  return `${fold}return ${writeResult(test, uses)}`;
}

function writeResult(test: TextTest, uses: Uses): string {
  const bytes = (text: string) => (test.ignore_case === true ? lower(bytesOf(text)) : bytesOf(text));
  const quoted = (text: string) => quoteLua(bytes(text));
  if (test.exists !== undefined) return "true";
  if (test.equals !== undefined) return `value == ${quoted(test.equals)}`;
  if (test.contains !== undefined) return `string.find(value, ${quoted(test.contains)}, 1, true) ~= nil`;
  if (test.prefix !== undefined) return `string.sub(value, 1, ${bytes(test.prefix).length}) == ${quoted(test.prefix)}`;
  if (test.suffix !== undefined) return `string.sub(value, -${bytes(test.suffix).length}) == ${quoted(test.suffix)}`;
  if (test.in !== undefined) return test.in.map((each) => `value == ${quoted(each)}`).join(" or ");
  if (test.wildcard !== undefined) return writeWildcard(bytes(test.wildcard), uses);
  return `#value > ${test.longer_than ?? 0}`;
}

function writeWildcard(pattern: string, uses: Uses): string {
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  const last = parts.pop();
  if (last === undefined) return `value == ${quoteLua(first)}`;
  use(uses, "like");
  return `like(value, ${quoteLua(first)}, { ${parts.map(quoteLua).join(", ")} }, ${quoteLua(last)})`;
}
