import * as ffi from "ffi";
import { hashText } from "../stable-hash.ts";

/**
 * Distinct user agents of each address that sends neither cookies nor credentials: 4,096 addresses at a time in each worker, in 112 KiB. An
 * address has its slot for one window; one that finds the slot taken by a busy one is not counted.
 */
const SLOTS = 4096;
const QUIET_S = 60;
const SAMPLE = 64;
const MOST_TOLD = 266;
const { floor, log } = math;

const owner = ffi.new("int32_t[4096]");
const begun = ffi.new("uint32_t[4096]");
const seen = ffi.new("uint32_t[4096]");
const requests = ffi.new("uint32_t[4096]");
const isTold = ffi.new("uint8_t[4096]");
/** 64 bits for each slot. */
const bits = ffi.new("uint8_t[32768]");

/** Most agents come again: hashing their text costs more than all the rest. */
const KEPT = 1000;
let young = new LuaTable<string, number>();
let old = new LuaTable<string, number>();
let size = 0;

const wordOf = (agent: string): number => {
  const known = young.get(agent) ?? old.get(agent);
  if (known !== undefined) return known;
  if (size >= KEPT) {
    old = young;
    young = new LuaTable();
    size = 0;
  }
  const [word] = hashText(agent);
  young.set(agent, word);
  size += 1;
  return word;
};

const begin = (slot: number, word: number, now: number): void => {
  owner[slot] = word;
  begun[slot] = now;
  requests[slot] = 0;
  isTold[slot] = 0;
  for (const i of $range(slot * 8, slot * 8 + 7)) bits[i] = 0;
};

const countAgents = (slot: number): number => {
  let set = 0;
  for (const i of $range(slot * 8, slot * 8 + 7)) {
    let rest = bits[i];
    while (rest !== 0) {
      rest = rest & (rest - 1);
      set += 1;
    }
  }
  return set > SAMPLE - 1 ? MOST_TOLD : floor(SAMPLE * log(SAMPLE / (SAMPLE - set)) + 0.5);
};

export interface Rotation {
  agents: number;
  requests: number;
}

/** Counts a request; what there is to tell of its address, once a window, when it has used at least `most` agents, each of them hardly twice. */
export const addAgent = (address: string, agent: string, window: number, most: number): Rotation | undefined => {
  const now = floor(ngx.now());
  const [word] = hashText(address);
  const slot = word & (SLOTS - 1);
  const isOver = now - begun[slot] >= window;
  if (owner[slot] !== word) {
    if (!isOver && now - seen[slot] < QUIET_S) return undefined;
    begin(slot, word, now);
  } else if (isOver) begin(slot, word, now);
  seen[slot] = now;
  requests[slot] = requests[slot] + 1;
  const agentWord = wordOf(agent);
  const place = slot * 8 + ((agentWord >>> 3) & 7);
  bits[place] = bits[place] | (1 << (agentWord & 7));
  // More requests than twice the most agents that can be told apart here: nothing can come of it in this window any more.
  if (isTold[slot] === 1 || requests[slot] < most || requests[slot] > 2 * MOST_TOLD) return undefined;
  const agents = countAgents(slot);
  if (agents < most || requests[slot] > 2 * agents) return undefined;
  isTold[slot] = 1;
  return { agents, requests: requests[slot] };
};
