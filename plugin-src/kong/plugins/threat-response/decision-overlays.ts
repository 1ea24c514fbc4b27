import type { Decision } from "./decision-line.ts";

/**
 * The overlays that a look-up has met. They are about where a request is routed, not whether it passes: so they stand beside the strongest
 * decision, and there may be several, for several routes.
 */
const MOST = 8;

let found: Decision[] = [];
let count = 0;

/** Before a look-up. */
export function beginOverlays(): void {
  if (count > 0) {
    found = [];
    count = 0;
  }
}

export function addOverlay(decision: Decision): void {
  if (count < MOST) {
    found.push(decision);
    count += 1;
  }
}

/** Nil where there are none. The list is the caller's to keep. */
export function takeOverlays(): Decision[] | undefined {
  if (count === 0) {
    return undefined;
  }
  const taken = found;
  beginOverlays();
  return taken;
}
