/** LuaJIT's FFI: only what is called. */
declare module "ffi" {
  /** A C array or pointer: zero-based, so never an array type, whose indexes the compiler would shift. */
  export interface Numbers {
    [index: number]: number;
  }
  /** Views the bytes of a string; valid as long as the string is referenced. */
  export function cast(type: "const uint8_t *", text: string): Numbers;
  /** The same bytes in words, wherever they begin. */
  export function cast(type: "const int32_t *", bytes: Numbers): Numbers;
  function create(type: string, length?: number): Numbers;

  export { create as new };
  export function fill(to: Numbers, bytes: number, value?: number): void;
  export function copy(to: Numbers, from: string | Numbers, bytes: number): void;
  function text(bytes: Numbers, length: number): string;

  export { text as string };
}

/** `pointer + bytes`. */
declare const advance: LuaAddition<import("ffi").Numbers, number, import("ffi").Numbers>;
