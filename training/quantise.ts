/** Weights as small integers, written as printable bytes that need no escape in a string of Lua or TypeScript. */
export const LARGEST = 45;
const ZERO = 80;

export function quantise(weights: ArrayLike<number>, scale: number): Int8Array {
  return Int8Array.from(weights, (weight) => Math.max(-LARGEST, Math.min(LARGEST, Math.round(weight * scale))));
}

/** As `weightAt` in the plugin's model-score.ts reads it: bytes from 35 on, a backslash as a tilde. */
export function toText(weights: Int8Array): string {
  let text = "";
  for (const weight of weights) {
    const byte = ZERO + weight;
    text += String.fromCharCode(byte === 92 ? 126 : byte);
  }
  return text;
}
