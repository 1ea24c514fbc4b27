import type { Verdict } from "../../../contract/categories.ts";
import { VERDICTS } from "../../../contract/categories.ts";
import { goodShare } from "../classification/rules.ts";
import type { Incident } from "../store/incidents.ts";
import type { RecentRequest } from "../store/request-ring.ts";
import type { RecordedRequest } from "./recorded-request.ts";

/** An address of whose requests at least this part was evidence sends nothing else that counts. */
const MOSTLY = 0.5;
/** Clean and refused: neither an attack nor served, so nobody is harmed when it is refused otherwise. */
const REFUSED: readonly number[] = [401, 403, 404, 405, 429];

/** Requests of a flood look like any others until they are too many: for so long before the first that was. */
const FLOOD_LEAD_MS = 10_000;
/** Too many of one address; who was stopped now and then in a flood may be anybody. */
const MANY = 20;

type About = Pick<Incident, "category" | "subject_kind" | "subject_value" | "sources" | "counts" | "first_seen_at">;

/**
 * What the gateways sampled, told apart: an attack where there was evidence, where the address sends hardly anything else, or
 * where it takes part in a flood; legitimate where it was clean and served. What is neither is left out.
 */
export function recordedFrom(
  recent: readonly RecentRequest[],
  incident: About | null,
  maxGoodShare: number,
): RecordedRequest[] {
  const attackers = attackersIn(recent);
  if (incident?.subject_kind === "ip" && goodShare(incident.counts.good, incident.counts.requests) <= maxGoodShare)
    attackers.add(incident.subject_value);
  const flooding = floodingIn(incident);
  const floodBegins = (incident?.first_seen_at ?? 0) - FLOOD_LEAD_MS;
  const records: RecordedRequest[] = [];
  for (const request of recent) {
    const isFlood = request.at >= floodBegins && flooding.has(request.ip);
    const attack = isEvidence(request) || isFlood || attackers.has(request.ip);
    if (!attack && REFUSED.includes(request.status)) continue;
    records.push(recordOf(request, attack));
  }
  return records;
}

const isEvidence = ({ verdict, category }: RecentRequest) => verdict !== "allow" || category !== undefined;

function floodingIn(incident: About | null): Set<string> {
  if (incident?.category !== "api_ddos") return new Set();
  const named = incident.subject_kind === "ip" ? [incident.subject_value] : [];
  const eager = incident.sources.filter(({ count }) => count >= MANY);
  return new Set([...named, ...eager.map(({ ip }) => ip)]);
}

function attackersIn(recent: readonly RecentRequest[]): Set<string> {
  const seen = new Map<string, { all: number; evidence: number }>();
  for (const request of recent) {
    const counts = seen.get(request.ip) ?? { all: 0, evidence: 0 };
    counts.all += request.weight;
    if (isEvidence(request)) counts.evidence += request.weight;
    seen.set(request.ip, counts);
  }
  const mostly = [...seen].filter(([, { all, evidence }]) => evidence / all >= MOSTLY);
  return new Set(mostly.map(([ip]) => ip));
}

function recordOf(request: RecentRequest, attack: boolean): RecordedRequest {
  const { at, method, path, host, route_id, service_id, ip, agent, status, weight, category } = request;
  return {
    at,
    method,
    path,
    ...(host === undefined ? {} : { host }),
    route_id: route_id ?? null,
    service_id: service_id ?? null,
    ip,
    consumer: request.consumer ?? null,
    credential: request.credential ?? null,
    header_names: request.headers,
    query_names: request.query,
    ...(agent === undefined ? {} : { user_agent: agent }),
    size: request.body_bytes,
    ...(category === "credential_stuffing" ? { login: "unknown" as const } : {}),
    status,
    source: SOURCES[request.source] ?? null,
    verdict: verdictOf(request.verdict),
    attack,
    weight,
  };
}

const SOURCES: Readonly<Record<string, RecordedRequest["source"]>> = {
  service: "service",
  exit: "exit",
  error: "error",
};

const verdictOf = (verdict: string): Verdict => VERDICTS.find((known) => known === verdict) ?? "allow";
