import type { LearnedRecord, LearnedVote } from "../contract/ingest.ts";

/** What this worker has learned since its last report; bounded, and what is too much is learned another time. */
const MAX_VOTES = 200;
const MAX_USED = 100;

let votes: LearnedVote[] = [];
let used: LearnedRecord["used"] = [];
let known = new LuaTable<string, true>();

/** False when there is no more room. */
export const addVote = (vote: LearnedVote): boolean => {
  if (votes.length >= MAX_VOTES) return false;
  votes.push(vote);
  return true;
};

/** An approved signature was met. */
export const noteUse = (route: string, field: string, signature: string): void => {
  const key = `${route} ${field} ${signature}`;
  if (used.length >= MAX_USED || known.has(key)) return;
  known.set(key, true);
  used.push({ route_id: route, field, signature });
};

export interface Pending {
  votes: LearnedVote[];
  used: LearnedRecord["used"];
}

export const takePending = (): Pending => {
  const taken = { votes, used };
  votes = [];
  used = [];
  known = new LuaTable();
  return taken;
};
