/**
 * What is learned about payloads in monitor mode, and by which rules; both halves follow them. Nodes report votes (`LearnedRecord` in
 * `ingest.ts`), the agent counts them over all nodes, and gateways fetch what came of it:
 * `GET /feed/v1/learned?gateway=<name>&after=<epoch>.<sequence>`, signed by the node as the decision feed's request is, with `"feed\n"`.
 *
 * The body of a 200 is text, signed with the feed key in `x-tr-signature` as the decision feed is:
 *
 *     tr-learned 1 <gateway> <epoch> <sequence> <issued_at> <count>
 *     threshold <learned|operator> <route> <score>
 *     signature <learned|operator> <route> <field> <signature> <score>
 *     login <path>
 *     baseline <age> <name> <seconds> <usual> <peak> <rate>:<days>,… of the 24 hours of the day
 *
 * One line each, single spaces, `\n` after every line. The set is complete: what is absent does not count any more. Position, age and count
 * are checked as those of the decision feed are, and a document that fails a check changes nothing. A node refuses single lines it
 * cannot read or that go beyond the limits below. `count` counts all lines after the first. The age of a baseline is that of the latest report of it, in
 * seconds; its name is a route's id, `s:` and a service's id, or `-` for requests without a route.
 *
 * What operators approved counts always; what was only learned counts on instances with `learning.apply`.
 */
export const LEARNED_PATH = "/feed/v1/learned";
export const LEARNED_MAGIC = "tr-learned";
export const LEARNED_VERSION = 1;
export const MAX_LEARNED = 2000;

/** Baselines of routes and services, and login paths, of a gateway; and lines of all kinds in one document. */
export const MAX_BASELINES = 1000;
export const MAX_LOGINS = 50;
export const MAX_LOGIN_PATH = 100;
export const MAX_LEARNED_LINES = MAX_LEARNED + MAX_BASELINES + MAX_LOGINS;
/** Baselines in one record. */
export const BASELINES_AT_ONCE = 100;
export const HOURS_OF_DAY = 24;
/** A baseline that was learned from less says nothing to others. */
export const MIN_BASELINE_S = 600;
/** Requests a second, days and seconds beyond which a report is no measurement. */
export const MAX_BASELINE_RPS = 1_000_000;
export const MAX_BASELINE_DAYS = 100_000;
export const MAX_BASELINE_S = 1e9;
/** What is usual at this time of the day is taken from a report this young; an older one tells of the hours of the day only. */
export const FRESH_BASELINE_S = 3600;

/**
 * What a route or a service usually gets of one node, in requests a second. A new or restarted node begins with what the others, or it
 * itself before, have learned; what it has learned by itself counts more.
 */
export interface LearnedBaseline {
  /** A route's id, `s:` and a service's id, or "" for requests without a route. */
  name: string;
  /** So many seconds taught it. */
  seconds: number;
  /** Over the last hours. */
  usual: number;
  /** The highest that went well. */
  peak: number;
  /** By hour of the day (UTC), 24 each: the usual rate, and from how many days; 0 days where the hour is not known. */
  rates: number[];
  days: number[];
}

/** A finding from here on is a known attack: it never votes, no signature lowers it, no threshold rises to it. */
export const HARD_SCORE = 90;
/** An approved signature covers scores up to this much above the highest that was seen while it was learned. */
export const SCORE_MARGIN = 5;

/** A signature is approved by so many distinct authenticated consumers … */
export const MIN_CONSUMERS = 20;
/** … of whom only so many count for one network (/24 or /48), and only so many for one day: no single place, and no single day, suffices. */
export const CONSUMERS_PER_NETWORK = 8;
export const CONSUMERS_PER_DAY = 15;

/** Distinct clients that must have scored above a threshold before it rises, and how many count for one network. */
export const MIN_CLIENTS = 5;
export const CLIENTS_PER_NETWORK = 3;
/** A threshold is learned from the first thousands of requests of a route; later ones change nothing. */
export const MAX_REQUESTS = 10_000;

export const DAY_S = 86_400;
/** What is learned and not used for so long is forgotten. */
export const UNUSED_S = 30 * DAY_S;

export interface CalibrationLimits {
  /** The shipped or configured threshold: never lowered. */
  block: number;
  /** Never raised beyond. */
  max_threshold: number;
  min_requests: number;
  /** Share of a route's requests that the learned threshold may stop. */
  stopped_share: number;
}

/**
 * Pure: the lowest threshold that would stop at most the wanted share of `requests`. `clients[score]` tells how many distinct clients had that
 * score as their highest. Undefined while too little is known.
 */
export const proposeThreshold = (
  limits: CalibrationLimits,
  requests: number,
  clients: Record<number, number | undefined>,
): number | undefined => {
  if (requests < limits.min_requests) return undefined;
  const cap = Math.max(limits.block, Math.min(limits.max_threshold, HARD_SCORE - 1));
  let above = 0;
  for (let score = limits.block; score < HARD_SCORE; score++) above += clients[score] ?? 0;
  if (above < MIN_CLIENTS) return limits.block;
  const allowed = limits.stopped_share * Math.min(requests, MAX_REQUESTS);
  let threshold = limits.block;
  while (threshold < cap && above > allowed) {
    above -= clients[threshold] ?? 0;
    threshold += 1;
  }
  return threshold;
};
