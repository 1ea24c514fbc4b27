/** How long a program that only looks at the clock is kept from it: what the machine itself adds to any latency. */
import { median } from "./measures.ts";

const WINDOWS = 5;
const WINDOW_MS = 3000;

function longestPause(): number {
  const end = performance.now() + WINDOW_MS;
  let longest = 0;
  for (let before = performance.now(); before < end; ) {
    const now = performance.now();
    if (now - before > longest) longest = now - before;
    before = now;
  }
  return longest;
}

/** Milliseconds. */
export function machinePauses(): { typical: number; longest: number } {
  const windows = Array.from({ length: WINDOWS }, longestPause);
  return { typical: median(windows), longest: Math.max(...windows) };
}
