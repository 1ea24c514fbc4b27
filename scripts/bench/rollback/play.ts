import { attribute, type ConfigurationChange, type Verdict } from "../../../agent/src/rollback/cause/attribute.ts";
import { symptomOf } from "../../../agent/src/rollback/cause/gather.ts";
import { diffConfigurations } from "../../../agent/src/rollback/history/diff.ts";
import { whyNotAutomatic } from "../../../agent/src/rollback/live/security.ts";
import { ErrorMonitor, type RouteAlarm } from "../../../agent/src/rollback/symptom/monitor.ts";
import { ANSWER_SLOT_MS, type AnswerSlot } from "../../../agent/src/store/traffic-answers.ts";
import { type AnswerCount, type AnswerSource, LATENCY_BUCKETS } from "../../../contract/ingest.ts";
import type { Random } from "../../../demo/random.ts";
import { someGateway } from "./gateway.ts";
import { type History, type Kind, LENGTH_S, makeHistory, type Trouble } from "./histories.ts";

/** What the agent made of one history. */
export interface Outcome {
  history: History;
  /** Seconds after the begin, or null without an alarm. */
  alarm_at: number | null;
  verdict: Verdict | null;
  /** It ranked the right change first. */
  right: boolean;
  /** It would have been taken back without a human. */
  automatic: boolean;
}

interface SimulatedRequest {
  at: number;
  ip: string;
  route_id: string;
  source: Exclude<AnswerCount["source"], "other">;
  status: number;
  latency_ms: number;
}

const CLIENTS = 40;
/** Of each slot and route, so many requests are in the sample. */
const SAMPLED = 6;
const NOISE = 0.004;
const SLOW_NOISE = 0.01;

/** Plays a history slot by slot through the agent's own watch and search; only time and traffic are simulated. */
export function play(kind: Kind, n: number, random: Random): Outcome {
  const gateway = someGateway(random);
  const history = makeHistory(kind, n, gateway, random);
  const changes = changesOf(history, gateway.configuration);
  const monitor = new ErrorMonitor();
  const slots: AnswerSlot[] = [];
  const requests: SimulatedRequest[] = [];
  let suspicious = 0;
  for (let at = 0; at < LENGTH_S * 1000; at += ANSWER_SLOT_MS) {
    const now: AnswerSlot[] = [];
    for (const route of gateway.routes) {
      const troubles = history.troubles.filter(({ routes }) => routes.includes(route.id));
      const slot = slotOf(route.id, route.rate, at, troubles, requests, random);
      if (slot !== null) now.push(slot);
    }
    slots.push(...now);
    const attack = history.troubles.find(
      ({ attack, from, to }) => attack?.suspicious && at / 1000 >= from && at / 1000 < to,
    );
    if (attack !== undefined) suspicious = 0.9;
    const alarms = monitor.take(now, at + ANSWER_SLOT_MS);
    if (alarms.length > 0)
      return judge(history, changes, alarms, { slots, requests, suspicious, now: at + ANSWER_SLOT_MS });
  }
  return { history, alarm_at: null, verdict: null, right: history.culprit === null, automatic: false };
}

function changesOf({ edits }: History, start: ReturnType<typeof someGateway>["configuration"]): ConfigurationChange[] {
  let before = start;
  return edits.map(({ at, apply }, i) => {
    const after = apply(before);
    const change = { id: String(i), applied_at: at * 1000, diffs: diffConfigurations(before, after), before, after };
    before = after;
    return change;
  });
}

function judge(
  history: History,
  changes: ConfigurationChange[],
  alarms: RouteAlarm[],
  seen: { slots: AnswerSlot[]; requests: SimulatedRequest[]; suspicious: number; now: number },
): Outcome {
  const onset = Math.min(...alarms.map(({ alarm }) => alarm.onset));
  const since = seen.slots.filter(({ slot_start }) => slot_start >= onset);
  const before = seen.slots.filter(({ slot_start }) => slot_start < onset && slot_start >= onset - 600_000);
  const symptom = symptomOf(alarms, {
    now: seen.now,
    before,
    since,
    requests: seen.requests,
    suspicious: seen.suspicious,
  });
  const known = changes.filter(({ applied_at }) => applied_at <= seen.now);
  const verdict = attribute(symptom, known);
  const [first] = verdict.suspects;
  const isSafe = first?.culprits.every((diff) => whyNotAutomatic(diff) === null) ?? false;
  const blamed = verdict.kind === "not_configuration" ? null : Number(first?.change);
  return {
    history,
    alarm_at: Math.max(...alarms.map(({ alarm }) => alarm.at)) / 1000,
    verdict,
    right: blamed === history.culprit,
    automatic: verdict.kind === "rollback" && isSafe,
  };
}

/** Answers of one route in one slot, and some of its requests for the sample. */
function slotOf(
  route: string,
  rate: number,
  at: number,
  troubles: readonly Trouble[],
  requests: SimulatedRequest[],
  random: Random,
): AnswerSlot | null {
  const answers = new Map<string, AnswerCount>();
  let sampled = 0;
  const histograms = { upstream_ms: zeros(), total_ms: zeros() };
  const answer = (ip: string, source: SimulatedRequest["source"], status: number, slow: Trouble["slow"]) => {
    const latency_ms = addTimes(histograms, source, slow, random);
    const key = `${source} ${status}`;
    const known = answers.get(key) ?? { source, status, count: 0 };
    known.count++;
    answers.set(key, known);
    if (sampled++ < SAMPLED) requests.push({ at, ip, route_id: route, source, status, latency_ms });
  };
  const surge = Math.max(
    1,
    ...troubles.filter(({ from, to }) => at >= from * 1000 && at < to * 1000).map((one) => one.surge ?? 1),
  );
  const events: { when: number; attacker: boolean }[] = [];
  for (let i = poisson((rate / 60) * (ANSWER_SLOT_MS / 1000) * surge, random); i > 0; i--)
    events.push({ when: at + random.next() * ANSWER_SLOT_MS, attacker: false });
  for (const { attack, from, to } of troubles) {
    if (attack === undefined || at < from * 1000 || at >= to * 1000) continue;
    for (let i = poisson(attack.rate * (ANSWER_SLOT_MS / 1000), random); i > 0; i--)
      events.push({ when: at, attacker: true });
  }
  // In no order, so that the sample is fair.
  events.sort(() => random.next() - 0.5);
  for (const { when, attacker } of events) {
    const hit = troubles.find(
      ({ from, to, share, attack }) =>
        when >= from * 1000 && when < to * 1000 && (attacker ? attack !== undefined : random.chance(share)),
    );
    const ip = attacker ? `203.0.113.${random.between(1, 250)}` : `192.0.2.${random.between(1, CLIENTS)}`;
    if (hit !== undefined) answer(ip, hit.source, hit.status, hit.slow);
    else answer(ip, "service", random.chance(NOISE) ? 500 : 200, undefined);
  }
  if (events.length === 0) return null;
  return {
    gateway: "simulated",
    route_id: route,
    slot_start: at,
    answers: [...answers.values()],
    ...histograms,
  };
}

const zeros = (): number[] => new Array<number>(LATENCY_BUCKETS).fill(0);

/** What a request took: 5 to 40 ms, now and then much longer; only the service's own answers are timed. */
function addTimes(
  histograms: { upstream_ms: number[]; total_ms: number[] },
  source: AnswerSource,
  slow: Trouble["slow"],
  random: Random,
): number {
  const usual = 5 * 2 ** (3 * random.next()) + (random.chance(SLOW_NOISE) ? 1_500 * random.next() : 0);
  const extra = slow === undefined ? 0 : slow.ms * (0.5 + random.next());
  const upstream = usual + (slow?.side === "service" ? extra : 0);
  const total = usual + extra + 1;
  if (source === "service") {
    add(histograms.upstream_ms, upstream);
    add(histograms.total_ms, total);
  }
  return total;
}

const add = (histogram: number[], ms: number) => {
  const bucket = Math.min(LATENCY_BUCKETS - 1, Math.floor(Math.log2(ms)) + 1);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
};

function poisson(mean: number, random: Random): number {
  if (mean > 50)
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * (random.next() + random.next() + random.next() - 1.5) * 2));
  let product = random.next();
  let count = 0;
  for (const limit = Math.exp(-mean); product > limit; product *= random.next()) count++;
  return count;
}
