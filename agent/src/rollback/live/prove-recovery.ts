import { appendAudit } from "../../audit/append.ts";
import type { Db } from "../../store/db.ts";
import { getChange, latestConfiguration } from "../../store/history.ts";
import { appendIncidentLog } from "../../store/incidents.ts";
import { configuresOf } from "../../store/nodes.ts";
import type { Rollback } from "../../store/rollbacks.ts";
import type { RollbackParts } from "../rollback-parts.ts";
import { type PlaneProof, type Proof, prove } from "./proof.ts";
import { currentSigner } from "./proof-keys.ts";
import { slotsOf, type Window, windowOf } from "./windows.ts";

const PROPAGATION_MS = 1_000;

/** Everything that is known of the recovery, signed. */
export async function proveRecovery(
  { response, proofKey }: RollbackParts,
  rollback: Rollback,
  after: Window,
): Promise<Proof> {
  const { db, driver, gateway } = response;
  const { onset } = rollback.alarm;
  const applied_at = rollback.applied_at ?? 0;
  const propagation = await driver?.awaitPropagation({ deadline_ms: PROPAGATION_MS });
  const change = rollback.change_id === null ? null : await getChange(db, rollback.change_id);
  return prove(await currentSigner(db, proofKey, response.now()), {
    version: 1,
    rollback: rollback.id,
    incident: rollback.incident_id,
    gateway,
    routes: rollback.routes,
    errors_counted: rollback.error_kinds,
    before: windowOf(await slotsOf(response, rollback, onset, applied_at), onset, applied_at),
    after,
    configuration_before: change?.after_hash ?? "",
    configuration_after: (await latestConfiguration(db, gateway))?.hash ?? "",
    data_planes: await planesOf({ response, proofKey }, rollback, applied_at),
    propagation: propagation?.detail ?? "",
    at: response.now(),
  });
}

/** By what they tell the control plane, and by what the plugin on them told the agent. */
async function planesOf(
  { response: { db, driver, gateway, now } }: Pick<RollbackParts, "response" | "proofKey">,
  { data_planes }: Rollback,
  applied_at: number,
): Promise<PlaneProof[]> {
  const planes = new Map<string, PlaneProof>();
  const of = (name: string): PlaneProof => {
    const known = planes.get(name) ?? { name, hash_before: null, hash_after: null, configured_at: null };
    planes.set(name, known);
    return known;
  };
  for (const { name, hash } of data_planes) of(name).hash_before = hash;
  for (const { name, hash } of (await driver?.dataPlanes?.()) ?? []) of(name).hash_after = hash;
  for (const { node, at } of await configuresOf(db, gateway, applied_at, now() + 1)) of(node).configured_at ??= at;
  return [...planes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Into the incident and the audit; the audit keeps it whole, so that it outlives the rollback. Call it in a transaction. */
export async function recordProof(db: Db, { id, incident_id, gateway }: Rollback, proof: Proof): Promise<void> {
  const { at } = proof.statement;
  await appendIncidentLog(db, { incident_id, at, kind: "effect", text: textOf(proof), data: { rollback: id, proof } });
  const data = { rollback: id, incident: incident_id, proof };
  await appendAudit(db, { at, gateway, actor: "agent", kind: "rollback.proved", data });
}

export function textOf({ statement: { before, after } }: Proof): string {
  return `errors fell from ${share(before)} of ${before.requests} requests to ${share(after)} of ${after.requests}`;
}

const share = ({ errors, requests }: Window) => `${Math.round((100 * errors) / Math.max(1, requests))} %`;
