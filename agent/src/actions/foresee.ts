import { canonicalJson, sha256 } from "../canonical-json.ts";
import { canonicalEntity } from "../drivers/canonical.ts";
import { nameOf } from "../drivers/collections.ts";
import type { Change, Configuration } from "../drivers/gateway.ts";
import type { PlannedAction } from "../policy/plan.ts";
import type { Action } from "../store/actions.ts";
import type { ForeseenWrite } from "../store/schema.ts";
import type { ActionKind } from "./action-kind.ts";

/** What is needed to tell what an action would do, without doing it. */
export interface EffectSource {
  gateway: string;
  incident_id: string;
  configuration: Configuration;
  now: number;
}

type Foreseeable = Omit<PlannedAction, "reason" | "idempotency_key" | "writes">;

/** The action as it would be recorded; only what declarations read off it matters. */
export function asIfRecorded(planned: Foreseeable, { gateway, incident_id, now }: Omit<EffectSource, "configuration">) {
  const nothingYet = {
    applied_at: null,
    ended_at: null,
    entity_id: null,
    before_image: null,
    changes: null,
    stage: null,
    outcome: null,
    plan_hash: null,
    effect: null,
    error: null,
  };
  const { type, vehicle, target, params, ttl_s } = planned;
  return {
    ...nothingYet,
    id: "preview",
    status: "planned",
    gateway,
    incident_id,
    ...{ type, vehicle, target, params },
    created_at: now,
    expires_at: (Math.floor(now / 1000) + ttl_s) * 1000,
  } as Action;
}

/**
 * Each write of the action, with a fingerprint of the entity as it is and as it is to be. The same for the same gateway, whenever it is asked
 * and whatever stage the action is in: an approval is good for these writes alone.
 */
export function foresee(
  { changes }: Pick<ActionKind, "changes">,
  planned: Foreseeable,
  source: Omit<EffectSource, "now">,
): ForeseenWrite[] {
  const whenever = { ...source, now: 0 };
  const writes = changes?.(asIfRecorded(planned, whenever), source.configuration, source.gateway) ?? [];
  return writes.map(foreseen);
}

function foreseen(change: Change): ForeseenWrite {
  const { op, type } = change;
  const entity = op === "create" ? change.entity : change.expect;
  const content = [canonicalEntity(entity), op === "update" ? change.set : null];
  const hash = sha256(canonicalJson(content)).slice(0, 32);
  return { op, type, id: entity.id, name: nameOf(type, entity), hash };
}

/** The first write that is another one than was foreseen, in words; null when all are the same. */
export function whyOtherwise(before: readonly ForeseenWrite[], now: readonly ForeseenWrite[]): string | null {
  for (const write of before) {
    const other = now.find(({ type, id }) => type === write.type && id === write.id);
    if (other === undefined) return `${write.name} would not be written any more`;
    if (other.op !== write.op) return `${write.name} is there now, or no longer (${write.op} became ${other.op})`;
    if (other.hash !== write.hash) return `${write.name} was changed on the gateway, or what it is to become`;
  }
  const more = now.find(({ type, id }) => !before.some((write) => write.type === type && write.id === id));
  return more === undefined ? null : `${more.name} would be written, too`;
}
