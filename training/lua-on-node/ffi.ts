/** What the plugin's hot code uses of LuaJIT's FFI, on typed arrays. */
type Bytes = Uint8Array;

const ARRAYS: Record<string, new (length: number) => ArrayLike<number>> = {
  uint8_t: Uint8Array,
  int8_t: Int8Array,
  uint16_t: Uint16Array,
  int16_t: Int16Array,
  int32_t: Int32Array,
};

function create(type: string, length?: number): ArrayLike<number> {
  const [, element, size] = /^(\w+)\[(\?|\d+)\]$/.exec(type) ?? [];
  const ArrayOf = element === undefined ? undefined : ARRAYS[element];
  if (ArrayOf === undefined) throw new Error(`No ${type} on Node.`);
  return new ArrayOf(size === "?" ? length! : Number(size));
}

export function copy(to: Bytes, from: Bytes, bytes: number): void {
  to.set(from.subarray(0, bytes));
}

export function fill(to: { fill: Bytes["fill"]; BYTES_PER_ELEMENT: number }, bytes: number): void {
  to.fill(0, 0, bytes / to.BYTES_PER_ELEMENT);
}

function text(bytes: Bytes, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("latin1");
}

export { create as new, text as string };
