import { countUninspected } from "../node-health.ts";

/**
 * What the inspection of one request may cost, and why it is incomplete where it is. A worker inspects one request after the other
 * without a pause, so that one state serves all.
 */
export type Uninspected =
  /** Compressed: nothing of the content can be read. */
  | "compressed"
  /** Written in a character set that is not understood. */
  | "charset"
  /** Longer than `max_body_bytes`. */
  | "beyond_limit"
  /** Inspected until `max_inspected_bytes` were spent. */
  | "over_budget"
  /** Not of the type it is declared as; read by its looks. */
  | "mistyped"
  /** JSON, XML or multipart with errors; read as far as it goes, and as text. */
  | "malformed"
  /** Not available to the plugin. */
  | "unreadable"
  /** gRPC, WebSocket, or a route that streams: not buffered, on purpose. */
  | "streamed";

/** The part of the configuration that bounds an inspection (schema.ts). */
export interface Limits {
  max_inspected_bytes: number;
  graphql_max_depth: number;
  graphql_max_aliases: number;
  graphql_introspection: boolean;
}

export const DEFAULT_LIMITS: Limits = {
  max_inspected_bytes: 16384,
  graphql_max_depth: 25,
  graphql_max_aliases: 100,
  graphql_introspection: true,
};

/** Every judgement costs so much besides its bytes. */
const FIXED_COST = 64;

let limits = DEFAULT_LIMITS;
let left = 0;
let reason: Uninspected | undefined;

export function beginInspection(given: Limits | undefined): void {
  limits = given ?? DEFAULT_LIMITS;
  left = limits.max_inspected_bytes;
  reason = undefined;
}

export function limitsNow(): Limits {
  return limits;
}

/** Notes, and counts once for each request, that something was not inspected. The first reason stands. */
export function leave(why: Uninspected): void {
  if (reason !== undefined) return;
  reason = why;
  countUninspected(why);
}

/** Why the last inspection is incomplete; nil when it is not. */
export function uninspectedReason(): Uninspected | undefined {
  return reason;
}

/** Takes the cost of judging so many bytes; returns how many of them may be judged. Looks cost parts of a byte: half a byte would be judged as one. */
export function spend(bytes: number): number {
  const affordable = Math.min(bytes, Math.floor(left) - FIXED_COST);
  if (affordable < bytes) leave("over_budget");
  if (affordable <= 0) {
    left = 0;
    return 0;
  }
  left -= affordable + FIXED_COST;
  return affordable;
}

/** Takes the cost of a look; false when nothing is left for it. */
export function spendLook(cost: number): boolean {
  if (left < cost) {
    leave("over_budget");
    left = 0;
    return false;
  }
  left -= cost;
  return true;
}

/** Takes the cost of looking at so many bytes, each of which costs `share`; returns how many of them may be looked at: no more than half of the rest pays for. */
export function spendLookAt(bytes: number, share: number): number {
  const affordable = Math.min(bytes, math.floor(left / 2 / share));
  if (affordable < bytes) leave("over_budget");
  if (affordable <= 0) left = 0;
  else left -= affordable * share;
  return affordable;
}

/** Takes the cost of what was judged before; false, and nothing is taken, where so little is left that it might be judged otherwise now. */
export function spendKnown(cost: number): boolean {
  if (left <= 2 * cost) return false;
  left -= cost;
  return true;
}

export function isSpent(): boolean {
  return left <= 0;
}

/** What the inspection has cost so far. */
export function spent(): number {
  return limits.max_inspected_bytes - left;
}
