import { describe, expect, it } from "vitest";
import { someFlood, someIncident } from "../../test/support/incident.ts";
import { THROTTLE_ID, testPolicy, useResponse } from "../../test/support/response.ts";
import { undoAction } from "./actions/end.ts";
import { deliverOutbox } from "./notification/outbox.ts";
import { respond } from "./respond.ts";
import { getAction } from "./store/actions.ts";
import { updateIncident } from "./store/incidents.ts";
import { addDecisionHits, addTraffic } from "./store/traffic.ts";
import { verifyIncident } from "./verification/verify.ts";

const at = useResponse();

describe("undoing", () => {
  it("ends decision and entity, tells it, and leaves the target alone for a while", async () => {
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const { id } = await at.onlyAction(incident);
    expect(await undoAction(at.parts, id, "alice")).toMatchObject({ status: "undone" });
    expect(await at.decisionsOn()).toEqual([]);
    await updateIncident(at.store.db, incident.id, { last_seen_at: Date.now() + 1_000 });
    await respond(at.parts, incident.id);
    expect(await at.decisionsOn()).toEqual([]);
    await expect(undoAction(at.parts, id, "alice")).rejects.toMatchObject({ code: "NOT_UNDOABLE" });
    await expect(undoAction(at.parts, "nothing", "alice")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await deliverOutbox(at.parts);
    expect(at.messages.map((message) => message.type)).toContain("action.undone");
  });

  it("leaves an entity alone that somebody made theirs", async () => {
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    const { id } = await at.onlyAction(incident);
    at.admin.plugins.set(THROTTLE_ID, { ...at.admin.plugins.get(THROTTLE_ID), id: THROTTLE_ID, tags: ["theirs"] });
    await undoAction(at.parts, id, "alice");
    expect(at.admin.plugins.has(THROTTLE_ID)).toBe(true);
  });

  it("says when the Admin API cannot do it, and the action stays on", async () => {
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    const { id } = await at.onlyAction(incident);
    at.admin.misbehave({ on: "DELETE", times: 3, how: { status: 503 } });
    await expect(undoAction(at.parts, id, "alice")).rejects.toMatchObject({ code: "GATEWAY_DOWN" });
    expect((await getAction(at.store.db, id))?.status).toBe("applied");
  });
});

describe("the effect", () => {
  const window = (
    start: number,
    numbers: Partial<Record<"suspicious" | "stopped" | "clean_ok" | "clean_denied", number>>,
  ) =>
    addTraffic(at.store.db, {
      gateway: "test",
      route_id: "r-login",
      window_start: start,
      window_ms: 10_000,
      requests: Object.values(numbers).reduce((sum, count) => sum + count, 0),
      suspicious: 0,
      stopped: 0,
      clean: 0,
      clean_ok: 0,
      clean_denied: 0,
      errors_service: 0,
      errors_gateway: 0,
      ...numbers,
    });

  it("is measured before and after, told in plain words, and kept", async () => {
    const rails = { ...testPolicy.document.rails, canary: undefined };
    at.parts = { ...at.parts, policy: () => ({ ...testPolicy, document: { ...testPolicy.document, rails } }) };
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const { id, applied_at, entity_id } = await at.onlyAction(incident);
    const appliedAt = applied_at ?? 0;
    await window(appliedAt - 10_000, { suspicious: 400, clean_ok: 100 });
    await window(appliedAt + 2_000, { suspicious: 0, stopped: 380, clean_ok: 99 });
    await addDecisionHits(at.store.db, {
      decision_id: entity_id ?? "",
      window_start: appliedAt + 2_000,
      window_ms: 10_000,
      hits: 380,
    });
    at.clock = 12_000 - (Date.now() - appliedAt);
    await verifyIncident(at.parts, incident.id);
    const effect = (await getAction(at.store.db, id))?.effect;
    expect(effect?.before.attack_passed).toBeGreaterThan(15);
    expect(effect?.after?.attack_passed).toBe(0);
    expect(effect?.summary).toContain("it helped");
    expect(effect?.summary).toContain("its decision stopped 380 requests");
    await deliverOutbox(at.parts);
    expect(at.messages.find((message) => message.type === "incident.measured")?.data.effect).toBe(effect?.summary);
  });

  it("of silence is never called recovery", async () => {
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const { id } = await at.onlyAction(incident);
    at.clock = 12_000;
    await verifyIncident(at.parts, incident.id);
    const effect = (await getAction(at.store.db, id))?.effect;
    expect(effect?.summary).toContain("nothing can be said");
    expect(effect?.summary).not.toContain("helped");
  });
});
