import type { ResponseParts } from "../response-parts.ts";
import { type Action, actionsOfIncident } from "../store/actions.ts";
import { getIncident, incidentLog } from "../store/incidents.ts";
import { enqueueOutbox } from "../store/outbox.ts";
import { composeMessage, type MessageEvent } from "./message.ts";

/**
 * Puts a message into every channel's outbox, once per event and what it is about: an incident's state, or one of its actions.
 * Durable when the transaction it runs in is.
 */
export async function notify(
  parts: ResponseParts,
  incidentId: string,
  type: MessageEvent,
  actionId: string | null = null,
): Promise<void> {
  const { db, channels, now, publicUrl } = parts;
  if (channels.length === 0) return;
  const incident = await getIncident(db, incidentId);
  if (incident === null) return;
  const all = await actionsOfIncident(db, incidentId);
  const actions = actionId === null ? all : all.filter((action) => action.id === actionId);
  const message = composeMessage({
    type,
    at: now(),
    incident,
    log: await incidentLog(db, incidentId),
    actions,
    publicUrl,
  });
  const dedupe_key = `${incidentId}:${type}:${actionId ?? roundOf(all)}`;
  for (const channel of channels) {
    await enqueueOutbox(db, { channel: channel.name, dedupe_key, payload: { ...message } });
  }
}

/** An incident that comes back after its actions ended is news again. */
const roundOf = (actions: readonly Action[]) =>
  actions.filter((action) => action.applied_at !== null && action.ended_at !== null).length;

/** What the incident's state now is, told once per state: called after every response, also one that changed nothing. */
export async function notifyState(parts: ResponseParts, incidentId: string): Promise<void> {
  const incident = await getIncident(parts.db, incidentId);
  if (incident === null) return;
  for (const action of await actionsOfIncident(parts.db, incidentId)) {
    if (action.status === "failed") await notify(parts, incidentId, "action.failed", action.id);
  }
  if (incident.status === "resolved") await notify(parts, incidentId, "incident.resolved");
  else await notify(parts, incidentId, incident.status === "mitigating" ? "incident.mitigating" : "incident.opened");
  parts.wake();
}
