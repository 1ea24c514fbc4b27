import { z } from "zod";
import { type Hold, RepositoryError, SHA } from "./repository.ts";

const holds = z
  .array(z.object({ sha: z.string().regex(SHA), until: z.number().int(), incident: z.string().max(128) }))
  .max(200);

/** From the text that is kept at the host; what cannot be read is never taken for "no hold". */
export function parseHolds(text: string): Hold[] {
  try {
    return holds.parse(JSON.parse(text === "" ? "[]" : text));
  } catch (cause) {
    throw new RepositoryError("invalid", "the list of holds is not understood; empty it by hand", { cause });
  }
}

/** With this one in place of an older one of the same commit, and without those that have ended. */
export function withHold(list: readonly Hold[], hold: Hold, now_s: number): Hold[] {
  return [...list.filter(({ sha, until }) => sha !== hold.sha && until > now_s), hold];
}
