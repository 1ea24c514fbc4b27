import { idOfChange } from "../drivers/before-images.ts";
import type { AppliedChange } from "../drivers/gateway.ts";
import type { MessageEvent, RollbackSummary } from "../notification/message.ts";
import { notify } from "../notification/notify.ts";
import { redact } from "../redaction/index.ts";
import type { ResponseParts } from "../response-parts.ts";
import { getRollback, type Rollback } from "../store/rollbacks.ts";
import { keyId } from "./live/proof.ts";
import { textOf } from "./live/prove-recovery.ts";

const MOST_LINES = 10;

/** Says what has become of it, once for each occasion. Durable when the transaction it runs in is. */
export async function notifyRollback(
  parts: ResponseParts,
  { id }: Pick<Rollback, "id">,
  type: MessageEvent,
  occasion: string,
): Promise<void> {
  const rollback = await getRollback(parts.db, id);
  if (rollback === null) return;
  const done = rollback.applied_at === null ? [] : rollback.changes.map(told).slice(0, MOST_LINES);
  const isOn = rollback.status === "verifying" || rollback.status === "recovered";
  await notify(parts, rollback.incident_id, type, [], `${id} ${occasion}`, {
    rollback: redact(summaryOf(rollback)) as RollbackSummary,
    done: redact(done) as string[],
    effect: rollback.proof === null ? null : textOf(rollback.proof),
    undo: isOn ? [`curl -X POST --oauth2-bearer "$TR_TOKEN" ${parts.publicUrl}/v1/rollbacks/${id}/undo`] : [],
  });
}

function summaryOf({ id, status, reason, verdict, proposal, proof }: Rollback): RollbackSummary {
  const [suspect] = status === "not_configuration" ? [] : verdict.suspects;
  return {
    id,
    status,
    reason,
    culprit: (suspect?.reasons ?? []).slice(0, MOST_LINES),
    commit: proposal?.sha ?? null,
    proof: proof === null ? null : `${textOf(proof)}, signed with key ${keyId(proof.public_key)}`,
    pull_request: proposal?.url ?? null,
  };
}

/** One line for people. */
export function told({ change }: AppliedChange): string {
  const name = `${change.type} ${idOfChange(change)}`;
  if (change.op === "create") return `created ${name} again`;
  return change.op === "delete" ? `removed ${name}` : `set ${Object.keys(change.set).join(", ")} of ${name} back`;
}
