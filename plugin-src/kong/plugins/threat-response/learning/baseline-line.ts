import {
  FRESH_BASELINE_S,
  HOURS_OF_DAY,
  type LearnedBaseline,
  MAX_BASELINE_DAYS,
  MAX_BASELINE_RPS,
  MAX_BASELINE_S,
} from "../contract/learning.ts";

/** A baseline as the agent tells it (`contract/learning.ts`). */
export interface ToldBaseline {
  learned: LearnedBaseline;
  isFresh: boolean;
}

const { gmatch, match } = string;

/** Nil for what is no number between 0 and `most`: `tonumber` also reads "nan" and "1e99". */
const readNumber = (text: unknown, most: number): number | undefined => {
  if (match(text as string, "^%d+%.?%d*$")[0] === undefined) return undefined;
  const number = tonumber(text) as number;
  return number <= most ? number : undefined;
};

const readHours = (text: string, rates: number[], days: number[]): boolean => {
  for (const [rate, seen] of gmatch(`${text},`, "([^,:]*):([^,:]*),")) {
    const rps = readNumber(rate, MAX_BASELINE_RPS);
    const count = readNumber(seen, MAX_BASELINE_DAYS);
    if (rps === undefined || count === undefined) return false;
    rates.push(rps);
    days.push(count);
  }
  return rates.length === HOURS_OF_DAY;
};

/** Nil where the line is no baseline, or says what cannot be. */
export const readBaselineLine = (line: string): ToldBaseline | undefined => {
  const [age, name, secondsText, usualText, peakText, hours] = match(
    line,
    "^baseline (%d+) ([!-~]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$",
  );
  if (age === undefined) return undefined;
  const seconds = readNumber(secondsText, MAX_BASELINE_S);
  const usual = readNumber(usualText, MAX_BASELINE_RPS);
  const peak = readNumber(peakText, MAX_BASELINE_RPS);
  const rates: number[] = [];
  const days: number[] = [];
  if (seconds === undefined || usual === undefined || peak === undefined) return undefined;
  if (!readHours(hours as string, rates, days)) return undefined;
  const learned = { name: name === "-" ? "" : (name as string), seconds, usual, peak, rates, days };
  return { learned, isFresh: (tonumber(age) as number) <= FRESH_BASELINE_S };
};
