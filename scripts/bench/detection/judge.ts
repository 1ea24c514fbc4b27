/** What the built plugin says about many requests, and how often. */
import type { Draft } from "../../../training/request.ts";
import { scoreLines } from "../../score/scorer.ts";

export interface Judged<T> {
  request: T;
  score: number;
  class: string | null;
  flagged: boolean;
  blocked: boolean;
}

export interface Rate {
  total: number;
  flagged: number;
  blocked: number;
}

/** The scorer reads all it is given before it answers. */
const AT_ONCE = 20_000;

async function judgePart<T extends Draft>(requests: readonly T[]): Promise<Judged<T>[]> {
  const lines = requests.map((request) => JSON.stringify(request));
  const { scored, errors } = await scoreLines(`${lines.join("\n")}\n`);
  if (scored.length !== requests.length) throw new Error(`${scored.length} of ${requests.length} scored. ${errors}`);
  return scored.map(({ score, verdict, class: found }, at) => ({
    request: requests[at]!,
    score,
    class: found,
    flagged: verdict !== "allow",
    blocked: verdict === "block" || verdict === "throttle",
  }));
}

/** In order. */
export async function judge<T extends Draft>(requests: readonly T[]): Promise<Judged<T>[]> {
  const judged: Judged<T>[] = [];
  for (let from = 0; from < requests.length; from += AT_ONCE) {
    for (const one of await judgePart(requests.slice(from, from + AT_ONCE))) judged.push(one);
  }
  return judged;
}

export function rateOf(judged: readonly { flagged: boolean; blocked: boolean }[]): Rate {
  return {
    total: judged.length,
    flagged: judged.filter(({ flagged }) => flagged).length,
    blocked: judged.filter(({ blocked }) => blocked).length,
  };
}

export function addRates(rates: readonly Rate[]): Rate {
  const sum = (member: keyof Rate) => rates.reduce((total, rate) => total + rate[member], 0);
  return { total: sum("total"), flagged: sum("flagged"), blocked: sum("blocked") };
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return new Map([...groups].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Percent with two digits. */
export function percent(part: number, whole: number): number {
  return Math.round((10_000 * part) / Math.max(1, whole)) / 100;
}
