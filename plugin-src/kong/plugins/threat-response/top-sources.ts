import type { SourceCount } from "./contract/ingest.ts";

/** The addresses that are seen most, in bounded memory: a new one takes the place of the rarest (space saving). */
const KEPT = 32;
const REPORTED = 20;

export interface TopSources {
  counts: LuaTable<string, number>;
  size: number;
}

export const createTop = (): TopSources => ({ counts: new LuaTable(), size: 0 });

const dropRarest = (top: TopSources): number => {
  let rarest: string | undefined;
  let lowest = math.huge;
  for (const [ip, count] of top.counts) {
    if (count < lowest) {
      rarest = ip;
      lowest = count;
    }
  }
  if (rarest !== undefined) top.counts.delete(rarest);
  return lowest;
};

export const addTop = (top: TopSources, ip: string): void => {
  const count = top.counts.get(ip);
  if (count !== undefined) {
    top.counts.set(ip, count + 1);
  } else if (top.size < KEPT) {
    top.counts.set(ip, 1);
    top.size += 1;
  } else {
    top.counts.set(ip, dropRarest(top) + 1);
  }
};

export const listTop = (top: TopSources): SourceCount[] => {
  const all: SourceCount[] = [];
  for (const [ip, count] of top.counts) all.push({ ip, count });
  table.sort(all, (a, b) => a.count > b.count);
  const listed: SourceCount[] = [];
  for (const source of all) {
    if (listed.length < REPORTED) listed.push(source);
  }
  return listed;
};
