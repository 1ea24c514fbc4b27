import { sql } from "kysely";
import { stringify } from "yaml";
import type { Entity } from "../drivers/gateway.ts";
import { withoutOwnerTags } from "../drivers/tags.ts";
import { notify } from "../notification/notify.ts";
import type { ResponseParts } from "../response-parts.ts";
import type { Action } from "../store/actions.ts";
import { appendIncidentLog } from "../store/incidents.ts";
import { PERMANENT_AFTER } from "./settings.ts";

const DAY_MS = 86_400_000;

/**
 * What is needed again and again within a day is proposed as a permanent change, with the configuration that does it; nobody but
 * an operator makes it. In the transaction that records the action as applied.
 */
export async function proposePermanent(parts: ResponseParts, action: Action): Promise<void> {
  const times = await timesApplied(parts, action);
  if (times < PERMANENT_AFTER || times % PERMANENT_AFTER !== 0) return;
  const fragment = fragmentFor(action);
  if (fragment === null) return;
  const text = `${action.type} ${JSON.stringify(action.target)} was needed ${times} times within a day: proposed as a permanent change`;
  await appendIncidentLog(parts.db, {
    incident_id: action.incident_id,
    at: parts.now(),
    kind: "proposal",
    text,
    data: { action: action.id, times, fragment },
  });
  await notify(parts, action.incident_id, "action.recurring", [action], action.id);
}

async function timesApplied({ db, now }: ResponseParts, action: Action): Promise<number> {
  const query = db
    .selectFrom("actions")
    .where("gateway", "=", action.gateway)
    .where("type", "=", action.type)
    .where("applied_at", ">", now() - DAY_MS)
    .where(sql<boolean>`target = cast(${JSON.stringify(action.target)} as jsonb)`);
  return Number((await query.select(sql<number>`count(*)`.as("count")).executeTakeFirstOrThrow()).count);
}

/** As decK and DB-less gateways read it; null for what only makes sense for a while. Pure. */
export function fragmentFor(action: Action): string | null {
  if (action.vehicle === "decision") return denyEntry(action);
  const created = (action.changes ?? []).flatMap(({ change, after }) =>
    change.op === "create" && change.type === "plugins" ? [after ?? change.entity] : [],
  );
  return created.length === 0 ? null : stringify({ plugins: created.map(permanent) });
}

/** Without what is ours and what the gateway sets; foreign keys as declarative configurations have them. */
function permanent(entity: Entity): Record<string, unknown> {
  const { id: _, created_at: __, updated_at: ___, tags, ...rest } = entity;
  const fields = Object.entries(rest).filter(([, value]) => value !== null);
  const plain = fields.map(([name, value]) => [name, foreignId(value) ?? value]);
  const others = withoutOwnerTags(tags);
  return { ...Object.fromEntries(plain), ...(others.length === 0 ? {} : { tags: others }) };
}

const foreignId = (value: unknown): string | null =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "id"
    ? String((value as { id: unknown }).id)
    : null;

function denyEntry({ target, params }: Action): string | null {
  const isWhole = params.action !== "throttle" && params.scope === undefined && params.route === undefined;
  if (target.kind !== "ip" || target.value === undefined || !isWhole) return null;
  return stringify({ plugins: [{ name: "threat-response", config: { deny: { cidrs: [target.value] } } }] });
}
