import { addressBytes, bytesOf, lower, type Network, networkOf } from "./bytes.ts";
import type { Condition, TextTest } from "./condition.ts";
import { type PatchRequest, sizeOf, valuesOf } from "./request.ts";

/** Whether the hot patch that is compiled from this tree is about the request; `compile.ts` says the same in Lua. */
export function matches(tree: Condition, request: PatchRequest): boolean {
  if ("all" in tree) return tree.all.every((child) => matches(child, request));
  if ("any" in tree) return tree.any.some((child) => matches(child, request));
  if ("not" in tree) return !matches(tree.not, request);
  if (tree.field === "size") return sizeOf(request) > tree.longer_than;
  if (tree.field === "client") return tree.in.some((range) => isWithin(addressBytes(request.client), networkOf(range)));
  if (!("name" in tree)) return testAll(tree, [request[tree.field]]);
  return testAll(tree, valuesOf(request, tree.field, tree.name));
}

function testAll(test: TextTest, values: readonly (string | undefined)[]): boolean {
  if (test.exists !== undefined) return test.exists === values.length > 0;
  return values.some((value) => value !== undefined && compare(test, value));
}

function compare(test: TextTest, given: string): boolean {
  const fold = (text: string) => (test.ignore_case === true ? lower(text) : text);
  const value = fold(given);
  const wanted = (text: string) => fold(bytesOf(text));
  if (test.equals !== undefined) return value === wanted(test.equals);
  if (test.contains !== undefined) return value.includes(wanted(test.contains));
  if (test.prefix !== undefined) return value.startsWith(wanted(test.prefix));
  if (test.suffix !== undefined) return value.endsWith(wanted(test.suffix));
  if (test.wildcard !== undefined) return isLike(value, wanted(test.wildcard).split("*"));
  if (test.in !== undefined) return test.in.some((each) => value === wanted(each));
  return value.length > (test.longer_than ?? 0);
}

/** The first part begins it, the last ends it, the others come in order. */
function isLike(value: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = value.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return value.length - last.length >= from && value.endsWith(last);
}

function isWithin(address: string, { bytes, bits }: Network): boolean {
  if (address === "" || address.length !== bytes.length) return false;
  const whole = Math.floor(bits / 8);
  if (address.slice(0, whole) !== bytes.slice(0, whole)) return false;
  const scale = 2 ** (8 - (bits % 8));
  const head = (text: string) => Math.floor((text.charCodeAt(whole) || 0) / scale);
  return bits % 8 === 0 || head(address) === head(bytes);
}
