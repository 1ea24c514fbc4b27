import { counted } from "../counted.ts";
import type { Change } from "../drivers/gateway.ts";
import { applyChanges, type Configured } from "./apply-changes.ts";
import type { PlannedDecision } from "./decisions.ts";
import { type MaskedPlugin, maskedPlugins } from "./masked.ts";
import { type Outcome, stoppedBy } from "./outcome.ts";
import { originalsOf, type PlannedOverlay, withOverlays } from "./overlays.ts";
import { indexPlugins } from "./plugins-in-effect.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { createReplay, type PlannedPatch } from "./replay.ts";
import { createRouter } from "./router.ts";
import { type SecurityLoss, securityRemoved } from "./security.ts";
import { createTally, type Harm, type Tally } from "./tally.ts";
import { type Totals, totalsOf } from "./totals.ts";

/** Everything a plan would do, as data. */
export interface PlannedEffects {
  changes: readonly Change[];
  decisions: readonly PlannedDecision[];
  patches: readonly PlannedPatch[];
  overlays?: readonly PlannedOverlay[];
}

/** What a plan would have done to the recorded requests. Requests are counted with their weights. */
export interface Preview {
  records: number;
  confidence: "none" | "low" | "good";
  attack: { requests: number; stopped_before: number; stopped: number; share: number };
  legitimate: Harm;
  masked: MaskedPlugin[];
  security_removed: SecurityLoss[];
  /** Requests of which something that decides is not recorded. */
  unsure: { requests: number; missing: string[] };
  notes: string[];
}

/** Fewer records of legitimate requests say nothing about who else is hit. */
export const ENOUGH_RECORDS = 200;
export const ENOUGH_LEGITIMATE = 50;
export const NOT_ENOUGH = "not enough recorded traffic";

/** Sees each record with what became of it and what would. */
export type Witness = (request: RecordedRequest, was: Outcome, is: Outcome) => void;

/**
 * Plays the records, oldest first, once as things are and once as they would be. Pure. With `totals` the records may be only those that
 * the plan can concern.
 */
export function previewPlan(
  records: readonly RecordedRequest[],
  before: Configured,
  effects: PlannedEffects,
  totals: Totals = totalsOf(records),
  witness?: Witness,
): Preview {
  // Decisions leave the configuration as it is, and may be reviewed by the thousand.
  const { overlays = [] } = effects;
  const isSame = effects.changes.length === 0;
  const after = applyChanges(before, effects.changes);
  const recorded = indexPlugins(before);
  const now = createReplay({ configuration: before, recorded, router: null, decisions: [], patches: [] });
  const then = createReplay({
    configuration: after,
    recorded,
    router: isSame ? null : withOverlays(createRouter(before, after), overlays),
    originals: originalsOf(overlays),
    decisions: effects.decisions,
    patches: effects.patches,
  });
  const tally = createTally(totals);
  for (const request of inOrder(records)) {
    const was = now(request) ?? NOTHING;
    const is = then(request) ?? NOTHING;
    const unexplained = endedOtherwise(request, was);
    tally.add(request, unexplained ?? was, unexplained ?? is);
    witness?.(request, unexplained ?? was, unexplained ?? is);
  }
  if (isSame) return summarize(totals, tally, [], []);
  return summarize(totals, tally, maskedPlugins(before, after), securityRemoved(before, after));
}

const NOTHING: Outcome = { kind: "passed", by: null, status: null, unsure: null };

function inOrder(records: readonly RecordedRequest[]): readonly RecordedRequest[] {
  const isSorted = records.every((record, i) => i === 0 || record.at >= (records[i - 1]?.at ?? 0));
  return isSorted ? records : [...records].sort((a, b) => a.at - b.at);
}

/** Something that is not replayed answered this request: it would have again. */
function endedOtherwise(
  { source, status, verdict = "allow", route_id }: RecordedRequest,
  was: Outcome,
): Outcome | null {
  if (was.kind !== "passed" || source !== "exit" || status < 400 || status === 401 || route_id === null) return null;
  return verdict === "allow" || verdict === "flag" ? stoppedBy("gateway", status) : null;
}

function summarize(
  { records, legitimate: seen }: Totals,
  tally: Tally,
  masked: MaskedPlugin[],
  losses: SecurityLoss[],
): Preview {
  const { attack, legitimate, unsure } = tally.result();
  const isEnough = records >= ENOUGH_RECORDS && seen.records >= ENOUGH_LEGITIMATE;
  const confidence = records === 0 ? "none" : isEnough ? "good" : "low";
  const notes =
    confidence === "good" ? [] : [`${NOT_ENOUGH}: ${counted(records, "record")}, ${seen.records} legitimate`];
  if (unsure.requests > 0)
    notes.push(`of ${counted(unsure.requests, "request")} is not recorded: ${unsure.missing.join(", ")}`);
  return { records, confidence, attack, legitimate, masked, security_removed: losses, unsure, notes };
}
