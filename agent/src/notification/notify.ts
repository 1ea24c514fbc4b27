import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident } from "../store/actions.ts";
import type { Db } from "../store/db.ts";
import { getIncident, type Incident, incidentLog } from "../store/incidents.ts";
import { enqueueOutbox } from "../store/outbox.ts";
import { composeMessage, type Message, type MessageEvent } from "./message.ts";

/** What the incident's state now is, told once per state: called after every response, also one that changed nothing. */
export async function notifyState(parts: ResponseParts, incident: Incident): Promise<void> {
  const actions = await actionsOfIncident(parts.db, incident.id);
  for (const action of actions) {
    if (action.status === "failed") await notify(parts, incident.id, "action.failed", [action], action.id);
  }
  const applied = actions.some((action) => action.status === "applied");
  const type =
    incident.status === "resolved" ? "incident.resolved" : applied ? "incident.mitigating" : "incident.opened";
  await notify(parts, incident.id, type, actions, String(waveOf(actions)));
}

/**
 * Puts a message into every channel's outbox, once per incident, event and occasion. Durable when the transaction it runs in is.
 */
export async function notify(
  parts: ResponseParts,
  incidentId: string,
  type: MessageEvent,
  actions: readonly Action[],
  occasion: string,
  extra: Partial<Message["data"]> = {},
): Promise<void> {
  const { db, channels, now, publicUrl } = parts;
  const dedupe_key = `${incidentId}:${type}:${occasion}`;
  const names = channels.map((channel) => channel.name);
  if (names.length === 0 || (await isTold(db, names, dedupe_key))) return;
  const incident = await getIncident(db, incidentId);
  if (incident === null) return;
  const log = await incidentLog(db, incidentId);
  const message = composeMessage({ type, at: now(), incident, log, actions, publicUrl });
  const payload = { ...message, data: { ...message.data, ...extra } };
  for (const channel of names) await enqueueOutbox(db, { channel, dedupe_key, payload });
  parts.wake();
}

async function isTold(db: Db, channels: readonly string[], dedupe_key: string): Promise<boolean> {
  const query = db.selectFrom("outbox").select("channel").where("channel", "in", channels);
  return (await query.where("dedupe_key", "=", dedupe_key).execute()).length === channels.length;
}

/** How many times the incident went from no action on to some: an attack that comes back after them is news again. Pure. */
export function waveOf(actions: readonly Action[]): number {
  const applied = actions.filter((action) => action.applied_at !== null);
  applied.sort((one, other) => (one.applied_at ?? 0) - (other.applied_at ?? 0));
  let waves = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { applied_at, ended_at } of applied) {
    if ((applied_at ?? 0) > until) waves++;
    until = Math.max(until, ended_at ?? Number.POSITIVE_INFINITY);
  }
  return waves;
}
