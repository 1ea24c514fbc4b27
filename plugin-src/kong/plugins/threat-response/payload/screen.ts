import type { PayloadFinding } from "./evaluate.ts";

/**
 * What has been learned gets a look at each value's finding before the strongest is chosen: one that is usual in its field must not hide a real
 * attack in another. `learning/apply.ts` sets it for the request that is being scanned; scanning never yields.
 */
type Screen = (this: void, finding: PayloadFinding) => void;

let screen: Screen | undefined;

export const setScreen = (next: Screen | undefined): void => {
  screen = next;
};

export const isScreening = (): boolean => screen !== undefined;

export const screened = (finding: PayloadFinding): PayloadFinding => {
  if (screen !== undefined) screen(finding);
  return finding;
};
