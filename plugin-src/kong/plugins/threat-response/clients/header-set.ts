import type { Facts } from "../features/facts.ts";
import { ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CLIENT_HINTS } from "../features/header-lines.ts";

/**
 * Headers that no browser sends as the one it claims to be: a newer Chrome without Accept-Language and encodings, a Firefox with Chrome's hints.
 * Where such clients are usual, as behind a proxy that strips headers or in an app with a borrowed name, they say nothing.
 */
const CHROME = 1;
const FIREFOX = 2;
const NEITHER = 0;
/** From this version on Chrome tells its brand over TLS. */
const HINTS_SINCE = 89;
const KEPT = 500;
const MIN_SEEN = 500;
const MOST_SHARE = 0.02;
const FORGET_AT = 20_000;
/** Fewer contradictions than this have explanations. */
export const CONTRADICTIONS = 3;
const { find, match } = string;

let kinds = new LuaTable<string, number>();
let size = 0;

const classify = (agent: string): number => {
  const [robot] = find(agent, "[Bb]ot[/ ;)]");
  const [compatible] = find(agent, "compatible;", 1, true);
  if (robot !== undefined || compatible !== undefined) return NEITHER;
  const [version] = match(agent, " Chrome/(%d+)");
  if (version !== undefined) return (tonumber(version) ?? 0) >= HINTS_SINCE ? CHROME : NEITHER;
  const [firefox] = find(agent, " Firefox/", 1, true);
  return firefox === undefined ? NEITHER : FIREFOX;
};

const kindOf = (agent: string): number => {
  const known = kinds.get(agent);
  if (known !== undefined) return known;
  if (size >= KEPT) {
    kinds = new LuaTable();
    size = 0;
  }
  const kind = classify(agent);
  kinds.set(agent, kind);
  size += 1;
  return kind;
};

const isAbsent = (present: number, header: number): number => ((present & header) === 0 ? 1 : 0);

const countContradictions = (kind: number, present: number): number => {
  let count = isAbsent(present, ACCEPT_LANGUAGE) + isAbsent(present, ACCEPT_ENCODING);
  // Nearly everybody: what else may be missing is not enough.
  if (count === 0 && kind === CHROME) return 0;
  count += isAbsent(present, ACCEPT);
  const hints = isAbsent(present, CLIENT_HINTS);
  if (kind === FIREFOX) count += 2 * (1 - hints);
  // What is left to ask would make no difference.
  if (count + 1 + hints < CONTRADICTIONS) return count;
  if (ngx.var.server_protocol === "HTTP/1.0") count += 1;
  return kind === CHROME && count + hints >= CONTRADICTIONS && ngx.var.scheme === "https" ? count + hints : count;
};

/** Decayed counts of requests that claim to be one of these browsers, and of those that contradict themselves. */
let seen = 0;
let odd = 0;

/** How many contradictions there are in a request that claims to be a browser, where such a thing is rare; else 0. */
export const contradictionsOf = (facts: Facts): number => {
  const agent = facts.userAgent;
  if (agent === undefined || facts.cookie !== undefined || facts.referer !== undefined) return 0;
  const kind = kindOf(agent);
  if (kind === NEITHER) return 0;
  const count = countContradictions(kind, facts.present);
  if (seen >= FORGET_AT) {
    seen = seen / 2;
    odd = odd / 2;
  }
  seen += 1;
  if (count < CONTRADICTIONS) return 0;
  odd += 1;
  return seen >= MIN_SEEN && odd <= MOST_SHARE * seen ? count : 0;
};
