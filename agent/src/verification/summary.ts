import { counted } from "../counted.ts";
import type { ActionOutcome, ActionStage, Rates } from "../store/schema.ts";
import type { Judgement } from "./judge.ts";

export interface Measured {
  before: Rates;
  after: Rates;
  /** How often it took effect since, or null where that is not counted. */
  hits: number | null;
  /** Why it is not in force, or null. */
  problem: string | null;
  judgement: Judgement;
  stage: ActionStage | null;
}

const VERDICTS: Record<ActionOutcome, string> = {
  helped: "it helped",
  in_part: "it helped in part",
  useless: "it has not helped so far",
  harmful: "it harms",
  unknown: "what it does cannot be said yet",
};

const rate = (value: number) => `${value >= 10 ? Math.round(value) : Math.round(value * 10) / 10}/s`;

/** What the measurement says, in plain words. Pure. Silence is never called recovery. */
export function summarize(measured: Measured): string {
  const { problem, hits, judgement } = measured;
  const parts = [attackPart(measured), legitimatePart(measured)];
  if (hits !== null) parts.push(hitsPart(measured.stage, hits));
  if (judgement.harm !== null) parts.unshift(`${VERDICTS.harmful}: ${judgement.harm}`);
  if (problem !== null) parts.unshift(`it is not in force: ${problem}`);
  return `${parts.filter((part) => part !== "").join("; ")}.`;
}

const total = (rates: Rates) =>
  rates.attack_passed + rates.attack_stopped + rates.legitimate_ok + rates.legitimate_denied;

function attackPart({ before, after, judgement, stage }: Measured): string {
  const seconds = Math.round(after.window_ms / 1000);
  if (total(after) === 0) return `no traffic in the ${seconds} s since, so nothing can be said`;
  const moved = `attack requests that reach the service: ${rate(before.attack_passed)} before, ${rate(after.attack_passed)} after`;
  const stopped = `${rate(after.attack_stopped)} stopped at the gateway`;
  if (stage === "log_only") return `${moved}, ${stopped}`;
  if (before.attack_passed === 0) return `${moved} (none passed before either), ${stopped}`;
  const change = Math.round((after.attack_passed / before.attack_passed - 1) * 100);
  const changed = `${moved} (${change > 0 ? "+" : ""}${change} %), ${stopped}`;
  return judgement.outcome === "harmful" ? changed : `${VERDICTS[judgement.outcome]}: ${changed}`;
}

function legitimatePart({ before, after }: Measured): string {
  if (total(after) === 0) return "";
  return `legitimate requests: ${rate(before.legitimate_ok)} before, ${rate(after.legitimate_ok)} after, ${rate(after.legitimate_denied)} denied`;
}

function hitsPart(stage: ActionStage | null, hits: number): string {
  if (stage === "log_only")
    return hits === 0 ? "it would have stopped nothing yet" : `it would have stopped ${counted(hits, "request")}`;
  return hits === 0 ? "its decision has not stopped anything yet" : `its decision stopped ${counted(hits, "request")}`;
}
