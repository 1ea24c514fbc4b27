import { createHash } from "node:crypto";
import { type DecisionAction, UNROUTED } from "../../../contract/decision-feed.ts";
import { createAddressList } from "./address-list.ts";
import { type Check, type Outcome, stoppedBy } from "./outcome.ts";
import type { RecordedRequest } from "./recorded-request.ts";

/** A decision that a plan would put into the feed. */
export interface PlannedDecision {
  action: DecisionAction;
  kind: "ip" | "credential" | "consumer" | "route";
  value: string;
  /** Requests a second of a throttle, for each address. */
  rps?: number;
  scope?: string;
  route?: string;
  methods?: readonly string[];
  /** Prefixes. */
  paths?: readonly string[];
  /** Of the sources it takes effect on, 0 to 1. */
  share?: number;
}

const BLOCKED = stoppedBy("decision", 403);
const THROTTLED = stoppedBy("decision", 429);
const IS_ALLOWED: Outcome = { kind: "passed", by: "decision", status: null, unsure: null };

/**
 * What the plugin makes of a request by decisions; `allow` is a passed outcome that ends the plugin's own judgement, too. Of several about an
 * address only the narrowest counts, even where it is for another route.
 */
export function decisionCheck(decisions: readonly PlannedDecision[]): Check {
  const allows = decisions.filter(({ action }) => action === "allow").map(checkOf);
  const others = decisions.filter(({ action }) => action !== "allow");
  const byAddress = others.filter(({ kind }) => kind === "ip").sort((a, b) => bitsOf(b.value) - bitsOf(a.value));
  const narrowest = byAddress.map((decision) => ({ isMeant: matcherOf(decision), check: checkOf(decision) }));
  const rest = others.filter(({ kind }) => kind !== "ip").map(checkOf);
  return (request) => {
    for (const allow of allows) if (allow(request) !== null) return IS_ALLOWED;
    const about = narrowest.find(({ isMeant }) => isMeant(request))?.check(request) ?? null;
    if (about !== null) return about;
    for (const check of rest) {
      const outcome = check(request);
      if (outcome !== null) return outcome;
    }
    return null;
  };
}

function bitsOf(range: string): number {
  const [, bits] = range.split("/");
  return bits === undefined ? 128 : Number(bits) + (range.includes(":") ? 0 : 96);
}

function checkOf(decision: PlannedDecision): Check {
  const isMeant = matcherOf(decision);
  const outcomeOf = rulingOf(decision);
  return (request) => {
    if (!isMeant(request)) return null;
    if (decision.route !== undefined && request.route_id !== decision.route) return null;
    if (decision.methods?.includes(request.method) === false) return null;
    if (decision.paths?.some((prefix) => request.path.startsWith(prefix)) === false) return null;
    if (decision.scope === "login" && request.login !== "unknown") return null;
    if (!isChosen(request.ip, decision.share ?? 1)) return null;
    return outcomeOf(request);
  };
}

/** Whose requests it is about. */
export function matcherOf({
  kind,
  value,
}: Pick<PlannedDecision, "kind" | "value">): (request: RecordedRequest) => boolean {
  if (kind === "ip") {
    const isIn = createAddressList([value]);
    return ({ ip }) => isIn(ip);
  }
  if (kind === "credential") return ({ credential }) => credential === value;
  if (kind === "consumer") return ({ consumer }) => consumer === value;
  return ({ route_id }) => (route_id ?? UNROUTED) === value;
}

/** As the plugin counts: a window begins with its first request and every request counts. */
function rulingOf({ action, rps = 1 }: PlannedDecision): Check {
  if (action !== "throttle") return () => (action === "allow" ? IS_ALLOWED : BLOCKED);
  const window_ms = rps < 1 ? 1_000 / rps : 1_000;
  const windows = new Map<string, { ends: number; count: number }>();
  return ({ ip, at, weight }) => {
    let window = windows.get(ip);
    if (window === undefined || at >= window.ends) {
      window = { ends: at + window_ms, count: 0 };
      windows.set(ip, window);
    }
    const before = window.count;
    window.count += weight;
    return before + 1 > Math.max(1, rps) ? THROTTLED : null;
  };
}

/** Gateways draw by a secret; here any fair draw tells the same share. */
export function isChosen(ip: string, share: number): boolean {
  if (share >= 1) return true;
  const digest = createHash("sha256").update(ip).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < share;
}
