/** @noSelfInFile */

/** LuaJIT's own libraries, as far as the plugin calls them. */
declare module "bit" {
  export function band(a: number, b: number): number;
  export function bnot(a: number): number;
  export function bor(a: number, b: number): number;
  export function bxor(a: number, b: number, c?: number): number;
  export function lshift(a: number, places: number): number;
  export function rshift(a: number, places: number): number;
  export function rol(a: number, places: number): number;
  export function ror(a: number, places: number): number;
  export function tobit(a: number): number;
  export function tohex(a: number, digits?: number): string;
}

declare module "ffi" {
  /** A C value; indexing and calling it is up to its declaration. */
  export type CData = Numbers;
  export const C: unknown;
  export function cdef(declarations: string): void;
  /** `initial` is the length of a `[?]` array, or the first element of any other type. */
  function create(type: string, initial?: unknown): CData;
  export function gc(value: CData, finalizer: unknown): CData;
  /** `value` as a Lua string of `length` bytes. */
  function toLuaString(value: CData, length?: number): string;

  export { create as new, toLuaString as string };
}

declare namespace jit {
  function on(): void;
  function off(): void;
  /** Whether it compiles, and for what. */
  function status(): LuaMultiReturn<[isOn: boolean, ...features: string[]]>;
}
