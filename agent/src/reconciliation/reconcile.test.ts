import { describe, expect, it } from "vitest";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { THROTTLE_ID, useResponse } from "../../../test/support/response.ts";
import { actionRow } from "../../../test/support/store-rows.ts";
import { undoAction } from "../actions/end.ts";
import { entityId, ownerTags } from "../drivers/tags.ts";
import { respond } from "../respond.ts";
import { createAction, getAction, updateAction } from "../store/actions.ts";
import { getDecision } from "../store/decisions.ts";
import { type Incident, incidentLog, updateIncident } from "../store/incidents.ts";
import { endLeftovers } from "./end-leftovers.ts";
import { reconcile } from "./reconcile.ts";

const at = useResponse();
const NOTHING = { repaired: [], accepted: [], removed: [] };
const MINUTE = 60_000;

async function throttled(): Promise<{ incident: Incident; id: string }> {
  const incident = await at.seen(someFlood());
  await respond(at.parts, incident.id);
  const { id, status } = await at.onlyAction(incident);
  expect(status).toBe("applied");
  at.clock = 10_000;
  return { incident, id };
}

const orphan = (id: string, expires: number, changes: object = {}) =>
  at.admin.plugins.set(id, {
    id,
    name: "rate-limiting",
    enabled: true,
    created_at: Math.floor(Date.now() / 1000),
    tags: ownerTags("i-gone", expires),
    route: { id: "r-search" },
    config: { minute: 1 },
    ...changes,
  });
const DERIVED = entityId("throttle_route", "route:r-other", "test");

describe("what agrees", () => {
  it("is left alone, however often it is looked at", async () => {
    await throttled();
    const before = structuredClone([...at.admin.plugins.values()]);
    for (let i = 0; i < 3; i++) expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect([...at.admin.plugins.values()]).toEqual(before);
  });
});

describe("an entity that somebody removed by hand", () => {
  it("stays removed: recorded as an operator's word, told, and its target left alone", async () => {
    const { incident, id } = await throttled();
    at.admin.plugins.delete(THROTTLE_ID);
    expect(await reconcile(at.parts)).toEqual({ ...NOTHING, accepted: [id] });
    expect(await getAction(at.store.db, id)).toMatchObject({ status: "undone", error: "removed by hand" });
    const log = await incidentLog(at.store.db, incident.id);
    expect(log.find((entry) => entry.kind === "feedback")?.data).toMatchObject({ feedback: "removed" });
    await updateIncident(at.store.db, incident.id, { last_seen_at: at.parts.now() });
    await respond(at.parts, incident.id);
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect(at.admin.plugins.size).toBe(0);
  });

  it("is not taken for removed while the gateway does not answer", async () => {
    const { id } = await throttled();
    at.admin.misbehave({ times: 20, how: { status: 503 } });
    await expect(reconcile(at.parts)).rejects.toThrow();
    at.admin.behave();
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect((await getAction(at.store.db, id))?.status).toBe("applied");
  });
});

describe("an entity that somebody changed", () => {
  it.each([
    ["made theirs", { tags: ["theirs"] }],
    ["disabled", { enabled: false }],
  ])("and %s stays as they left it, and counts as undone", async (_name, change) => {
    const { id } = await throttled();
    at.admin.plugins.set(THROTTLE_ID, { ...at.admin.plugins.get(THROTTLE_ID), ...change, id: THROTTLE_ID });
    expect(await reconcile(at.parts)).toEqual({ ...NOTHING, accepted: [id] });
    expect(await getAction(at.store.db, id)).toMatchObject({ status: "undone" });
    at.clock = 5 * 1_000;
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect(at.admin.plugins.get(THROTTLE_ID)).toMatchObject(change);
  });
});

describe("entities that a reload lost", () => {
  const lost = async () => {
    const first = await throttled();
    at.clock = 0;
    at.admin.routes.set("r-two", { id: "r-two", name: "two", service: { id: "s-shop" } });
    const incident = await at.seen(
      someFlood({ subject_value: "r-two", scope: { route_id: "r-two", route_name: "two" } }),
    );
    await respond(at.parts, incident.id);
    const second = await at.onlyAction(incident);
    expect(second.status).toBe("applied");
    at.clock = 10_000;
    at.admin.plugins.clear();
    return [first.id, second.id];
  };

  it("are put back once; what goes again was meant to go", async () => {
    const ids = await lost();
    expect((await reconcile(at.parts)).repaired.sort()).toEqual(ids.sort());
    expect(at.admin.plugins.size).toBe(2);
    at.clock = 20_000;
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    at.admin.plugins.clear();
    expect((await reconcile(at.parts)).accepted.sort()).toEqual(ids.sort());
    expect(at.admin.plugins.size).toBe(0);
  });

  it("are put back once also when the first try died before it was recorded", async () => {
    const ids = await lost();
    await reconcile(at.parts);
    for (const id of ids) await updateAction(at.store.db, id, { repaired_at: null });
    const writes = () => at.admin.requests.filter((line) => line.startsWith("PUT")).length;
    const before = writes();
    at.clock = 20_000;
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect(writes()).toBe(before);
  });

  it("are not put back while the kill switch is on", async () => {
    await lost();
    at.parts = { ...at.parts, mayAct: async () => "the kill switch is on" };
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect(at.admin.plugins.size).toBe(0);
  });
});

describe("orphans", () => {
  it("whose time is over go", async () => {
    orphan(DERIVED, Date.now() - MINUTE);
    expect(await reconcile(at.parts)).toEqual({ ...NOTHING, removed: [DERIVED] });
    expect(at.admin.plugins.size).toBe(0);
  });

  it("that no action knows go after a while, and not before", async () => {
    orphan(DERIVED, Date.now() + 60 * MINUTE);
    at.clock = 5 * MINUTE;
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    at.clock = 11 * MINUTE;
    expect((await reconcile(at.parts)).removed).toEqual([DERIVED]);
  });

  it("of an action that has ended go soon", async () => {
    const incident = await at.seen(someFlood());
    const ended = { type: "throttle_route", vehicle: "admin-api", status: "undone", entity_id: DERIVED } as const;
    await createAction(at.store.db, actionRow(incident.id, { ...ended, gateway: "test" }));
    orphan(DERIVED, Date.now() + 60 * MINUTE, { tags: ownerTags(incident.id, Date.now() + 60 * MINUTE) });
    at.clock = 2 * MINUTE;
    expect((await reconcile(at.parts)).removed).toEqual([DERIVED]);
  });

  it("are never what somebody else created, or what has no end", async () => {
    orphan("11111111-1111-4111-8111-111111111111", Date.now() - MINUTE);
    orphan(DERIVED, 0, { tags: ["threat-response"] });
    orphan("22222222-2222-5222-8222-222222222222", 0, { tags: ["tr:expires:1", "somebody"] });
    at.clock = 60 * MINUTE;
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect(at.admin.plugins.size).toBe(3);
  });

  it("stay where somebody edits them while they are removed", async () => {
    orphan(DERIVED, Date.now() - MINUTE);
    at.admin.meanwhile = (line) => {
      if (line.startsWith("GET /plugins?")) return;
      at.admin.plugins.set(DERIVED, { ...at.admin.plugins.get(DERIVED), id: DERIVED, config: { minute: 7 } });
    };
    await expect(reconcile(at.parts)).rejects.toMatchObject({ code: "changed" });
    expect(at.admin.plugins.get(DERIVED)).toMatchObject({ config: { minute: 7 } });
  });
});

describe("leftovers", () => {
  it("past their time end by what is written on them, and those of actions that are on stay", async () => {
    const incident = await at.seen(someFlood());
    const on = { type: "throttle_route", vehicle: "admin-api", status: "applied", gateway: "test" } as const;
    await createAction(at.store.db, actionRow(incident.id, on));
    orphan(DERIVED, Date.now() - 2 * MINUTE);
    const other = entityId("throttle_route", "route:r-two", "test");
    orphan(other, 0, { route: { id: "r-two" }, tags: ownerTags(incident.id, Date.now() - 2 * MINUTE) });
    expect(await endLeftovers(at.parts)).toEqual([DERIVED]);
    expect([...at.admin.plugins.keys()]).toEqual([other]);
  });

  it("stay while the kill switch is on", async () => {
    orphan(DERIVED, Date.now() - 2 * MINUTE);
    at.parts = { ...at.parts, mayAct: async () => "the kill switch is on" };
    await expect(endLeftovers(at.parts)).rejects.toThrow("kill switch");
    expect(at.admin.plugins.size).toBe(1);
  });
});

describe("decisions", () => {
  it("that were lost are put back, and those of ended actions end", async () => {
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const action = await at.onlyAction(incident);
    await at.store.db.deleteFrom("decisions").execute();
    expect((await reconcile(at.parts)).repaired).toEqual([action.id]);
    expect(await at.decisionsOn()).toHaveLength(1);
    await updateAction(at.store.db, action.id, { status: "undone" });
    expect((await reconcile(at.parts)).removed).toEqual([action.entity_id]);
    expect((await getDecision(at.store.db, action.entity_id ?? ""))?.ended_at).not.toBeNull();
  });

  it("of an action that an operator undid stay ended", async () => {
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    await undoAction(at.parts, (await at.onlyAction(incident)).id, "alice");
    expect(await reconcile(at.parts)).toEqual(NOTHING);
    expect(await at.decisionsOn()).toEqual([]);
  });
});

it("does nothing in a dry run", async () => {
  orphan(DERIVED, Date.now() - MINUTE);
  at.parts = { ...at.parts, dryRun: true };
  expect(await reconcile(at.parts)).toEqual(NOTHING);
  expect(at.admin.plugins.size).toBe(1);
});
