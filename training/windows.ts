/** The best window of a value: the run of tokens whose weights sum up highest, each feature counted once within a span. */
export const SPAN = 64;

export interface Window {
  score: number;
  from: number;
  to: number;
}

const seenAt = new Int32Array(32768);
let clock = 1;

/** `features` are three for each token. An empty window is never the best, so that there is something to learn from. */
export function bestWindow(features: Uint16Array, weights: ArrayLike<number>, decay: number, into: Window): void {
  const count = features.length / 3;
  clock += SPAN + 1;
  let sum = 0;
  let from = 0;
  let start = clock;
  into.score = -Infinity;
  for (let i = 0; i < count; i++) {
    const now = clock + i;
    const floor = Math.max(now - SPAN, start);
    let gain = -decay;
    for (let k = i * 3; k < i * 3 + 3; k++) {
      const feature = features[k]!;
      if (seenAt[feature]! < floor) gain += weights[feature]!;
      seenAt[feature] = now;
    }
    sum += gain;
    if (sum > into.score) {
      into.score = sum;
      into.from = from;
      into.to = i + 1;
    }
    if (sum <= 0) {
      sum = 0;
      from = i + 1;
      start = now + 1;
    }
  }
  clock += count;
  if (clock > 1e9) {
    seenAt.fill(0);
    clock = 1;
  }
}
