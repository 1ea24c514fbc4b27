/** Lets Node load the plugin's own source: the part of it that needs neither nginx nor Lua's strings. */
import { register } from "node:module";
import { find } from "./expressions.ts";

const FFI = new URL("./ffi.ts", import.meta.url).href;
/** Counts for a gateway: there is none here. */
const HEALTH = "data:text/javascript,export const countUninspected = () => {};";

register(
  `data:text/javascript,${encodeURIComponent(`
export const resolve = (name, context, next) =>
  next(name === "ffi" ? ${JSON.stringify(FFI)} : name.endsWith("/node-health.ts") ? ${JSON.stringify(HEALTH)} : name, context);
`)}`,
);

function* range(from: number, to: number): Generator<number> {
  for (let i = from; i <= to; i++) yield i;
}

Object.assign(globalThis, {
  $range: range,
  $multi: (...values: unknown[]) => values,
  advance: (bytes: Uint8Array, by: number) => bytes.subarray(by),
  math: Math,
  ngx: { re: { find } },
  pairs: (table: object) => Object.entries(table).map(([key, value]) => [Number(key), value]),
  table: { concat: (texts: string[], separator: string) => texts.join(separator) },
  string: {
    byte: (text: string, at: number) => text.charCodeAt(at - 1),
    char: (...bytes: number[]) => String.fromCharCode(...bytes),
    find: (text: string, part: string, from: number) => {
      const at = text.indexOf(part, from - 1);
      return at < 0 ? [] : [at + 1, at + part.length];
    },
    sub: (text: string, from: number, to: number) => text.slice(from - 1, to),
    lower: (text: string) => text.toLowerCase(),
  },
});
