import type { ActionOutcome } from "../store/schema.ts";
import { type Bounds, ratioBounds, riseOfShare, SURE_95, SURE_99 } from "./bounds.ts";

/** What was counted in a stretch of time on an action's scope. */
export interface Counts {
  seconds: number;
  requests: number;
  /** Evidence of the attack that reached the service. */
  attack_passed: number;
  /** Stopped by the plugin or another one. */
  attack_stopped: number;
  legitimate_ok: number;
  legitimate_denied: number;
  /** Answered 500 and above. */
  errors: number;
}

export interface Observed {
  /** Before the incident; null when nothing was seen then. */
  usual: Counts | null;
  before: Counts;
  after: Counts;
  /** Requests that the action itself stopped since, where they are counted. */
  hits: number | null;
  /** Those are in no other count: a hot patch ends a request before the plugin sees it. */
  hitsApart: boolean;
  /** The attack's requests may look like anybody's: floods. */
  looksClean: boolean;
  /** It is meant to deny whatever comes, and an operator agreed. */
  closes: boolean;
}

export interface Judgement {
  outcome: ActionOutcome;
  /** In plain words, when it is harmful. */
  harm: string | null;
  /** Rate of the attack that gets through: so many times what it was. Null without any. */
  attack: Bounds | null;
}

/** Of the attack that got through before, so much still does: at most (with confidence, and as it looks), or at least. */
const HELPED_BELOW = 0.5;
const HELPED_ABOUT = 0.15;
const IN_PART_BELOW = 0.8;
const USELESS_ABOVE = 0.5;
/** Pieces of evidence before and after, below which nothing is called useless. */
const USELESS_FROM = 10;
/** By so much, in shares of requests, denials or errors have to rise at least. */
const HARM_RISE = 0.01;
const ERROR_RISE = 0.02;
/** Legitimate requests that succeed, of what is usual, with confidence. */
const SHIFT_BELOW = 0.8;

/** What the action did. Pure. No traffic, or no sign that it took effect, is never called recovery. */
export function judge(observed: Observed): Judgement {
  const { before, after, hits } = observed;
  const attack = ratioBounds(countOf(before, "attack_passed"), countOf(after, "attack_passed"), SURE_95);
  if (after.requests + (observed.hitsApart ? (hits ?? 0) : 0) <= 0)
    return { outcome: "unknown", harm: null, attack: null };
  const harm = harmOf(observed);
  if (harm !== null) return { outcome: "harmful", harm, attack };
  return { outcome: benefitOf(observed, attack), harm: null, attack };
}

function benefitOf(observed: Observed, attack: Bounds | null): ActionOutcome {
  const { after, hits } = observed;
  const tookEffect = hits === null ? after.attack_stopped + after.legitimate_denied > 0 : hits > 0;
  // None got through before either: what it stops itself is all there is to say.
  if (attack === null) return tookEffect && hits !== null ? "helped" : "unknown";
  if (attack.high < IN_PART_BELOW) {
    if (!tookEffect) return "unknown";
    return attack.high <= HELPED_BELOW && stillPasses(observed) <= HELPED_ABOUT ? "helped" : "in_part";
  }
  const few = Math.min(observed.before.attack_passed, after.attack_passed) < USELESS_FROM;
  if (few || attack.low <= USELESS_ABOVE) return "unknown";
  // It does stop its own target; the attack goes on from elsewhere.
  return hits !== null && hits > 0 ? "in_part" : "useless";
}

function stillPasses({ before, after }: Observed): number {
  return after.attack_passed / after.seconds / Math.max(before.attack_passed / before.seconds, 1e-9);
}

function harmOf(observed: Observed): string | null {
  if (observed.closes) return null;
  return denialsOf(observed) ?? shiftOf(observed) ?? errorsOf(observed);
}

/** What legitimate traffic is compared with: before the action, or before the incident where that was less. */
function referenceOf({ usual, before, looksClean }: Observed): Counts | null {
  if (usual === null) return looksClean ? null : before;
  return usual.legitimate_ok / usual.seconds < before.legitimate_ok / before.seconds ? usual : before;
}

/**
 * More legitimate requests are denied, and either no more of them come than usual, so that it is not the attack which looks like
 * them, or fewer succeed than usual.
 */
function denialsOf(observed: Observed): string | null {
  const { before, after } = observed;
  const reference = referenceOf(observed);
  const denied = Math.max(0, after.legitimate_denied - (observed.hitsApart ? (observed.hits ?? 0) : 0));
  const clean = (counts: Counts, refused: number) => ({ hits: refused, total: counts.legitimate_ok + refused });
  if (reference === null || denied === 0) return null;
  const rise = riseOfShare(clean(before, before.legitimate_denied), clean(after, denied), SURE_99);
  if (rise < HARM_RISE) return null;
  const usual = { count: reference.legitimate_ok + reference.legitimate_denied, seconds: reference.seconds };
  const more = ratioBounds(usual, { count: after.legitimate_ok + denied, seconds: after.seconds }, SURE_99);
  const fewerSucceed = ratioBounds(countOf(reference, "legitimate_ok"), countOf(after, "legitimate_ok"), SURE_99);
  if (more !== null && more.low > 1 && (fewerSucceed === null || fewerSucceed.high >= SHIFT_BELOW)) return null;
  return `${denied} of ${after.legitimate_ok + denied} legitimate requests were denied`;
}

/** Fewer legitimate requests succeed than usual, and about as many more are stopped as attacks. */
function shiftOf(observed: Observed): string | null {
  const { before, after, hits } = observed;
  const reference = referenceOf(observed);
  if (reference === null || hits === null || hits === 0) return null;
  const less = ratioBounds(countOf(reference, "legitimate_ok"), countOf(after, "legitimate_ok"), SURE_99);
  if (less === null || less.high >= SHIFT_BELOW) return null;
  const attackAfter = after.attack_passed + after.attack_stopped + (observed.hitsApart ? hits : 0);
  const attackBefore = before.attack_passed + before.attack_stopped;
  const more = ratioBounds(
    { count: attackBefore, seconds: before.seconds },
    { count: attackAfter, seconds: after.seconds },
    SURE_99,
  );
  const missing = (reference.legitimate_ok / reference.seconds) * after.seconds - after.legitimate_ok;
  const excess = attackAfter - (attackBefore / before.seconds) * after.seconds;
  if (more === null || more.low <= 1 || Math.min(hits, excess) < missing / 2) return null;
  return `about ${Math.round(missing)} legitimate requests fewer succeed, and as many more are stopped`;
}

/** More requests fail, and not because more of the attack gets through. */
function errorsOf({ before, after }: Observed): string | null {
  const rise = riseOfShare(
    { hits: before.errors, total: before.requests },
    { hits: after.errors, total: after.requests },
    SURE_99,
  );
  if (rise < ERROR_RISE) return null;
  const attack = ratioBounds(countOf(before, "attack_passed"), countOf(after, "attack_passed"), SURE_95);
  if (attack !== null && attack.high > 1) return null;
  return `${after.errors} of ${after.requests} requests failed`;
}

const countOf = (counts: Counts, name: "attack_passed" | "legitimate_ok") => ({
  count: counts[name],
  seconds: counts.seconds,
});
