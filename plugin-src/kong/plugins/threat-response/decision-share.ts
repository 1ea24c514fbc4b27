import { tobit } from "bit";
import { sha256Hex } from "./digest.ts";
import { placeOf } from "./rollout.ts";

/**
 * Decisions may be in force for a share of the client addresses. Which, depends on the decision's id and the address alone, so all nodes agree,
 * and a larger share has all addresses of a smaller one. Who does not know the id cannot choose addresses that lie outside.
 */
export const saltOfDecision = (id: string): number =>
  tobit(tonumber(string.sub(sha256Hex(`share\n${id}`), 1, 8), 16) as number);

/** `client` is what an address is counted by. */
export const isInShare = (share: number, salt: number, client: string): boolean =>
  share >= 1 || placeOf(salt, client) < share;
