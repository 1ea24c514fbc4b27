import type { AnswerCount } from "../../../../contract/ingest.ts";
import type { Configuration } from "../../drivers/gateway.ts";
import type { EntityDiff } from "../history/diff.ts";
import type { Slowness } from "../symptom/watch-latency.ts";
import { closureOf, reaches } from "./closure.ts";
import { type SeenBefore, signatureOf } from "./signature.ts";
import { slowSignatureOf } from "./slow-signature.ts";

/** A change of the configuration, as it came into force. A marker alone never is one. */
export interface ConfigurationChange {
  id: string;
  /** Epoch milliseconds: in force on the data planes. */
  applied_at: number;
  diffs: readonly EntityDiff[];
  before: Configuration;
  after: Configuration;
}

/** Errors of one scope since their onset, and what else was seen then. */
export interface Symptom extends SeenBefore {
  onset: number;
  /** Routes that have them; "" for requests without a route. */
  routes: readonly string[];
  /** All answers of these routes since the onset, our own mitigations left out. */
  answers: readonly AnswerCount[];
  /** Where being slow is what is wrong; null where errors are. */
  slow: Slowness | null;
  /** Other routes with traffic: share of errors (or of slow requests) before and since. */
  others: readonly { route: string; before: number; since: number }[];
  /** Addresses that were answered well before the onset and were seen since, and those of them that met errors. */
  known_good: { seen: number; hit: number };
  /** Requests a second since the onset over before. */
  surge: number;
  /** Share of requests since that carried evidence of an attack. */
  suspicious: number;
}

export interface Suspect {
  change: string;
  score: number;
  /** Of the change's diffs, those that explain the errors. */
  culprits: EntityDiff[];
  reasons: string[];
}

export interface Verdict {
  kind: "rollback" | "propose" | "not_configuration";
  suspects: Suspect[];
  reasons: string[];
}

const WINDOW_MS = 30 * 60_000;
/** Clocks and windows differ by so much. */
const SKEW_MS = 7_000;
/** And when requests got slow is less sure: a few always are. Only a human ever acts on that. */
const SLOW_SKEW_MS = 30_000;
const TAU_MS = 180_000;
const WEIGHT = { time: 0.25, reach: 0.2, signature: 0.4, others: 0.15 };
const SURE = 0.8;
const MARGIN = 0.15;
const LIKELY = 0.5;
const SURGE = 2.5;
const SUSPICIOUS = 0.3;
/** Of addresses that were fine before. */
const HIT_SHARE = 0.5;
const FEWEST_KNOWN = 3;

/** Which change broke it, if any did, and why the others did not. Pure. */
export function attribute(symptom: Symptom, changes: readonly ConfigurationChange[]): Verdict {
  const wrong = symptom.slow ?? mainError(symptom.answers);
  if (wrong === null) return { kind: "not_configuration", suspects: [], reasons: ["there are no errors to explain"] };
  const suspects = changes.map((change) => judge(symptom, change, wrong)).sort((a, b) => b.score - a.score);
  const [first, second] = suspects;
  if (first === undefined || first.score < LIKELY)
    return { kind: "not_configuration", suspects, reasons: [whyNoChange(symptom, wrong)] };
  const doubts = doubtsOf(symptom);
  if (first.score < SURE) doubts.push(`the best explanation has ${first.score.toFixed(2)}, below ${SURE}`);
  if (second !== undefined && first.score - second.score < MARGIN)
    doubts.push("another change explains it nearly as well");
  return { kind: doubts.length === 0 ? "rollback" : "propose", suspects, reasons: doubts };
}

/** The most frequent answer that nobody wants. */
export function mainError(answers: readonly AnswerCount[]): AnswerCount | null {
  const errors = answers.filter(
    ({ source, status }) =>
      source !== "own" && source !== "other" && (status >= 500 || (source !== "service" && status >= 400)),
  );
  return errors.sort((a, b) => b.count - a.count)[0] ?? null;
}

function judge(symptom: Symptom, change: ConfigurationChange, wrong: AnswerCount | Slowness): Suspect {
  const age = symptom.onset - change.applied_at;
  const lost = (reason: string): Suspect => ({ change: change.id, score: 0, culprits: [], reasons: [reason] });
  if (age < -(symptom.slow === null ? SKEW_MS : SLOW_SKEW_MS)) return lost("it came into force after the errors began");
  if (age > WINDOW_MS) return lost("it was in force long before the errors began");
  const rated = change.diffs.map((diff) => {
    const closure = closureOf(diff, change.before, change.after);
    const reached =
      symptom.routes.filter((route) => route === "" || reaches(closure, route)).length /
      Math.max(1, symptom.routes.length);
    const signature = "side" in wrong ? slowSignatureOf(diff, wrong.side) : signatureOf(diff, wrong, symptom);
    return { diff, closure, reached, signature };
  });
  const best = rated.reduce((top, one) => Math.max(top, one.reached > 0 ? one.signature.strength : 0), 0);
  const culprits = rated.filter(
    ({ reached, signature }) => reached > 0 && signature.strength > 0 && signature.strength >= best - 0.1,
  );
  if (culprits.length === 0) return lost(whyNone(rated));
  const time = Math.exp(-Math.max(0, age) / TAU_MS);
  const reach = Math.max(...culprits.map(({ reached }) => reached));
  const others = unaffected(
    symptom,
    culprits.map(({ closure }) => closure),
  );
  const score = WEIGHT.time * time + WEIGHT.reach * reach + WEIGHT.signature * best + WEIGHT.others * others;
  const reasons = [
    `in force ${Math.max(0, Math.round(age / 1000))} s before the errors`,
    ...culprits.map(({ diff, signature }) => `${diff.name} ${diff.op}: ${signature.reason}`),
    others >= 0.9 ? "routes that it does not reach are well" : "routes that it does not reach are unwell, too",
  ];
  return { change: change.id, score, culprits: culprits.map(({ diff }) => diff), reasons };
}

function whyNone(rated: readonly { diff: EntityDiff; reached: number; signature: { reason: string } }[]): string {
  const near = rated.find(({ reached }) => reached > 0);
  return near === undefined ? "it does not reach the routes with errors" : near.signature.reason;
}

/** Share of the routes outside that stayed well; half a point where there are none to compare with. */
function unaffected({ others }: Symptom, closures: readonly ReturnType<typeof closureOf>[]): number {
  const outside = others.filter(({ route }) => !closures.some((closure) => reaches(closure, route)));
  if (outside.length === 0) return closures.includes("all") ? 1 : 0.5;
  return outside.filter(({ before, since }) => since <= Math.max(0.05, 2 * before)).length / outside.length;
}

function doubtsOf({ surge, suspicious, known_good, slow }: Symptom): string[] {
  const doubts: string[] = [];
  // Recovery is proved by errors that end; nothing would prove this one, nor undo what did not help.
  if (slow !== null) doubts.push("slow answers are taken back by a human only");
  if (surge > SURGE) doubts.push(`traffic rose ${surge.toFixed(1)}-fold at the same time`);
  if (suspicious > SUSPICIOUS)
    doubts.push(`${Math.round(100 * suspicious)} % of the requests carry evidence of an attack`);
  if (known_good.seen < FEWEST_KNOWN) doubts.push("too few clients that were well before were seen since");
  else if (known_good.hit < HIT_SHARE * known_good.seen)
    doubts.push(`only ${known_good.hit} of ${known_good.seen} clients that were well before meet it`);
  return doubts;
}

function whyNoChange(symptom: Symptom, wrong: AnswerCount | Slowness): string {
  if (!("side" in wrong))
    return `no change explains ${wrong.status} from ${wrong.source}: ${otherCause(symptom, wrong)}`;
  const cause =
    wrong.side === "service"
      ? "the service itself got slow"
      : "Kong itself got slow: look at its load, DNS and connections";
  const { suspicious, surge } = symptom;
  const why = suspicious > SUSPICIOUS || surge > SURGE ? "it looks like too much traffic or an attack" : cause;
  return `no change explains answers of ${wrong.over_ms} ms or longer: ${why}`;
}

function otherCause({ surge, suspicious, others }: Symptom, { source, status }: AnswerCount): string {
  if (suspicious > SUSPICIOUS) return "it looks like an attack";
  if (surge > SURGE) return "it looks like too much traffic";
  if (source === "error") return "the service cannot be reached";
  if (source === "service") return "the service itself fails";
  if (others.length > 0 && others.every(({ since }) => since > 0.5)) return "the whole gateway has them";
  return `something in Kong answers ${status}`;
}
