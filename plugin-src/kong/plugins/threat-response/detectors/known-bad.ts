import type { Config } from "../configure.ts";
import { matchAgent } from "../known/agent-match.ts";
import { conditionsOf, type Entry } from "../known/compile.ts";
import { matchKnown } from "../known/match.ts";
import type { KnownParts } from "../known/request-view.ts";
import type { Row } from "../known/table.ts";
import { redactText } from "../redact.ts";
import type { Finding } from "../score.ts";

/**
 * Catches what is known to be bad by name (known/): requests of published exploits, files that are nobody's business, and tools that
 * say who they are. Example: `GET /.env`. The tables say of each entry whether it blocks, or only flags because it may have an honest use.
 */
const MAX_WINDOW = 160;

/** Where an entry's first condition looked, and what is there. */
const placeOf = (entry: Entry): string => {
  const { part, name } = conditionsOf(entry)[0];
  if (part === "header") return `header:${name}`;
  return part === "path" || part === "once" || part === "raw" ? "path" : "query";
};

const windowOf = (parts: KnownParts, place: string): string => {
  if (place === "path") return redactText(parts.path, MAX_WINDOW);
  return place === "query" ? redactText(parts.query ?? "", MAX_WINDOW) : "[redacted]";
};

const build = (row: Row, ip: string, detector: string, field: string, window: string, reason: string): Finding => {
  const finding: Finding = {
    category: row.class === undefined ? "abuse" : "payload_injection",
    detector,
    score: row.score,
    action: row.action,
    subject: "ip",
    value: ip,
    field,
    window,
    reason,
    rule: row.id,
  };
  if (row.class !== undefined) finding.class = row.class;
  return finding;
};

const findRequest = (parts: KnownParts, ip: string, config: Config["known"]): Finding | undefined => {
  const entry = matchKnown(parts, config);
  if (entry === undefined) return undefined;
  const place = placeOf(entry);
  const isExploit = entry.kind === "exploit";
  const reason = isExploit ? `exploit ${entry.id} (${entry.source}) in ${place}` : `forbidden path: ${entry.id}`;
  const detector = isExploit ? "known.exploit" : "known.path";
  return build(entry, ip, detector, place, windowOf(parts, place), reason);
};

const findAgent = (parts: KnownParts, ip: string): Finding | undefined => {
  const row = matchAgent(parts.userAgent);
  if (row === undefined) return undefined;
  const window = redactText(parts.userAgent ?? "", MAX_WINDOW);
  return build(row, ip, "known.agent", "header:user-agent", window, `user agent of ${row.id}`);
};

/** Configurations stored by an older version lack the section. */
const ALL: Config["known"] = { enabled: true, agents: true, paths: true, exploits: true, enforce_share: 1 };

/** The stronger of what path, query and headers, and what the user agent say. */
export const detectKnown = (parts: KnownParts, ip: string, known: Config["known"] | undefined): Finding | undefined => {
  const config = known ?? ALL;
  if (!config.enabled) return undefined;
  const request = config.paths || config.exploits ? findRequest(parts, ip, config) : undefined;
  const agent = config.agents ? findAgent(parts, ip) : undefined;
  if (request === undefined || agent === undefined) return request ?? agent;
  return agent.score > request.score ? agent : request;
};
