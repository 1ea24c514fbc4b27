import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../test/support/admin-server.ts";
import { someFlood, someIncident } from "../../test/support/incident.ts";
import { openMemoryStore } from "../../test/support/store.ts";
import { carryOut } from "./actions/carry-out.ts";
import { endAction, undoAction } from "./actions/end.ts";
import { recordPlan } from "./actions/record.ts";
import type { Advisor } from "./classification/advisor.ts";
import { classifyByRules } from "./classification/rules.ts";
import { createAdminApiDriver, createAdminClient } from "./drivers/index.ts";
import { entityId } from "./drivers/tags.ts";
import type { Channel } from "./notification/channel.ts";
import type { Message } from "./notification/message.ts";
import { deliverOutbox } from "./notification/outbox.ts";
import { gatherContext } from "./policy/context.ts";
import { decide, parsePolicy } from "./policy/index.ts";
import { respond } from "./respond.ts";
import type { ResponseParts } from "./response-parts.ts";
import { type Action, actionsOfIncident, getAction } from "./store/actions.ts";
import { feedOf, listDecisionsOn } from "./store/decisions.ts";
import { getIncident, type Incident, incidentLog, updateIncident, upsertIncident } from "./store/incidents.ts";
import type { Store } from "./store/open.ts";
import { addDecisionHits, addTraffic } from "./store/traffic.ts";
import { verifyIncident } from "./verification/measure.ts";

const policy = parsePolicy(readFileSync(new URL("../policy.yaml", import.meta.url), "utf8"));
const THROTTLE_ID = entityId("throttle_route", "route:r-search", "test");

let store: Store;
let admin: AdminServer;
let parts: ResponseParts;
let messages: Message[];
let clock: number;

beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());

beforeEach(async () => {
  admin = await startAdminServer();
  admin.routes.set("r-search", { id: "r-search", name: "search", service: { id: "s-shop" } });
  messages = [];
  clock = 0;
  const channel: Channel = {
    name: "test",
    deliver: async (_id, message) => {
      messages.push(message);
      return { done: true };
    },
  };
  parts = {
    db: store.db,
    gateway: "test",
    dryRun: false,
    policy: () => policy,
    driver: createAdminApiDriver(createAdminClient({ url: admin.url, timeout_ms: 300, backoff_ms: 1 })),
    advisor: null,
    channels: [channel],
    publicUrl: "http://127.0.0.1:8090",
    log: { info: () => undefined, warn: () => undefined },
    wake: () => undefined,
    now: () => Date.now() + clock,
  };
});

afterEach(async () => {
  await admin.close();
  for (const table of [
    "incident_log",
    "actions",
    "decisions",
    "traffic",
    "decision_hits",
    "jobs",
    "outbox",
    "incidents",
  ] as const) {
    await store.db.deleteFrom(table).execute();
  }
});

async function seen(incident: Incident): Promise<Incident> {
  await upsertIncident(store.db, incident);
  return incident;
}

const decisionsOn = () => listDecisionsOn(store.db, "test", parts.now(), 100);
const onlyAction = async (incident: Incident): Promise<Action> => {
  const actions = await actionsOfIncident(store.db, incident.id);
  expect(actions).toHaveLength(1);
  return actions[0] as Action;
};
const jobs = () => store.db.selectFrom("jobs").select(["kind", "key"]).where("done_at", "is", null).execute();

describe("a response", () => {
  it("classifies, decides, acts by decision, and leaves jobs that measure and end it", async () => {
    const incident = await seen(someIncident());
    await respond(parts, incident.id);
    const action = await onlyAction(incident);
    expect(action).toMatchObject({ type: "block_source", status: "applied", vehicle: "decision" });
    expect(await decisionsOn()).toMatchObject([
      {
        value: "203.0.113.7",
        action: "block",
        params: { scope: "login" },
        action_id: action.id,
        expires_at: action.expires_at,
      },
    ]);
    expect(await jobs()).toEqual(
      expect.arrayContaining([
        { kind: "action-end", key: action.id },
        { kind: "action-verify", key: incident.id },
      ]),
    );
    const kept = await getIncident(store.db, incident.id);
    expect(kept).toMatchObject({ status: "mitigating", severity: "high", classification: { by: "rules" } });
    expect((await incidentLog(store.db, incident.id)).map((entry) => entry.kind)).toEqual([
      "decided",
      "action",
      "action",
    ]);
  });

  it("changes nothing when it is run again", async () => {
    const incident = await seen(someIncident());
    await respond(parts, incident.id);
    const { sequence } = await feedOf(store.db, "test");
    const log = await incidentLog(store.db, incident.id);
    for (let i = 0; i < 3; i++) await respond(parts, incident.id);
    await onlyAction(incident);
    expect(await feedOf(store.db, "test")).toMatchObject({ sequence });
    expect(await incidentLog(store.db, incident.id)).toEqual(log);
  });

  it("throttles the route through the Admin API, validated first, tagged, with an id that follows from the target", async () => {
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    const action = await onlyAction(incident);
    expect(action).toMatchObject({ type: "throttle_route", status: "applied", entity_id: THROTTLE_ID });
    expect(admin.plugins.get(THROTTLE_ID)).toMatchObject({
      name: "rate-limiting",
      route: { id: "r-search" },
      config: { second: 10, limit_by: "ip", policy: "local" },
      tags: ["threat-response", `tr:incident:${incident.id}`, `tr:expires:${(action.expires_at ?? 0) / 1000}`],
    });
    const writes = admin.requests.filter((line) => !line.startsWith("GET"));
    expect(writes).toEqual(["POST /schemas/plugins/validate", `PUT /plugins/${THROTTLE_ID}`]);
  });

  it("records everything and touches nothing in dry run, and acts when dry run ends", async () => {
    parts.dryRun = true;
    const incident = await seen(someIncident());
    const flood = await seen(someFlood());
    await respond(parts, incident.id);
    await respond(parts, flood.id);
    expect((await onlyAction(incident)).status).toBe("dry_run");
    expect((await onlyAction(flood)).status).toBe("dry_run");
    expect(await decisionsOn()).toEqual([]);
    expect(admin.requests.filter((line) => !line.startsWith("GET"))).toEqual([]);
    await deliverOutbox(parts);
    expect(messages.map((message) => message.data.done.join())).toEqual([
      expect.stringContaining("dry run"),
      expect.stringContaining("dry run"),
    ]);
    parts.dryRun = false;
    await respond(parts, incident.id);
    expect((await actionsOfIncident(store.db, incident.id)).map((action) => action.status).sort()).toEqual([
      "applied",
      "expired",
    ]);
    expect(await decisionsOn()).toHaveLength(1);
  });

  it("keeps to the hour's budget also when many incidents come at once", async () => {
    const incidents = await Promise.all(
      Array.from({ length: 70 }, (_, i) => seen(someIncident({ subject_value: `203.0.113.${i + 1}` }))),
    );
    await Promise.all(incidents.map((incident) => respond(parts, incident.id)));
    expect(await decisionsOn()).toHaveLength(60);
  });

  it("does not act on what the plugin only monitors", async () => {
    const incident = await seen(someIncident({ mode: "monitor" }));
    await respond(parts, incident.id);
    expect(await actionsOfIncident(store.db, incident.id)).toEqual([]);
    await deliverOutbox(parts);
    expect(messages[0]?.data.decided).toContain("only monitors");
  });
});

describe("a second opinion", () => {
  const advisor = (advice: Awaited<ReturnType<Advisor["advise"]>>): Advisor => ({
    model: "test",
    advise: async () => advice,
  });

  it("may veto, which is recorded", async () => {
    parts.advisor = advisor({ plan_id: "observe", note: "Claude chose observe.", suspicious: false });
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect(await actionsOfIncident(store.db, incident.id)).toEqual([]);
    expect((await getIncident(store.db, incident.id))?.classification).toMatchObject({
      by: "claude",
      model_note: "Claude chose observe.",
    });
  });

  it("cannot name a plan that the policy did not allow", async () => {
    parts.advisor = advisor({ plan_id: "block_the_internet", note: "?", suspicious: false });
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect(await actionsOfIncident(store.db, incident.id)).toEqual([]);
  });

  it("that was led astray changes nothing and becomes evidence", async () => {
    parts.advisor = advisor({ plan_id: null, note: "The rules decided: led astray.", suspicious: true });
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect((await onlyAction(incident)).status).toBe("applied");
    expect((await getIncident(store.db, incident.id))?.classification).toMatchObject({
      by: "rules",
      reasons: expect.arrayContaining(["text that tries to steer the classifier"]),
    });
  });
});

describe("a crash", () => {
  const planned = async (incident: Incident) => {
    const classification = classifyByRules(incident);
    const decision = decide(incident, classification, policy, await gatherContext(parts, incident, false));
    await recordPlan(parts, incident, { classification, decision, plan_id: decision.plans[0]?.id ?? "" });
  };

  it("between planning and doing: the next run does it", async () => {
    const incident = await seen(someIncident());
    await planned(incident);
    expect(await decisionsOn()).toEqual([]);
    await respond(parts, incident.id);
    expect((await onlyAction(incident)).status).toBe("applied");
    expect(await decisionsOn()).toHaveLength(1);
  });

  it("between doing and recording: the next run finds it done and does not write again", async () => {
    const incident = await seen(someFlood());
    await planned(incident);
    await carryOut(parts, incident);
    const { id } = await onlyAction(incident);
    await store.db
      .updateTable("actions")
      .set({ status: "planned", applied_at: null, entity_id: null })
      .where("id", "=", id)
      .execute();
    await respond(parts, incident.id);
    expect(await onlyAction(incident)).toMatchObject({ status: "applied", entity_id: THROTTLE_ID });
    expect(admin.requests.filter((line) => line.startsWith("PUT"))).toHaveLength(1);
  });

  it("before a planned action was done, until its time was over: nothing is applied late", async () => {
    const incident = await seen(someIncident());
    await planned(incident);
    clock = 7_200_000;
    await carryOut(parts, incident);
    expect((await onlyAction(incident)).status).toBe("failed");
    expect(await decisionsOn()).toEqual([]);
  });

  it("while ending: it ends once, and says so once", async () => {
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    const { id } = await onlyAction(incident);
    clock = 600_000;
    admin.misbehave({ on: "DELETE", times: 1, how: "answer lost" });
    for (let i = 0; i < 3; i++) await endAction(parts, id);
    expect((await getAction(store.db, id))?.status).toBe("expired");
    expect(admin.plugins.size).toBe(0);
    await deliverOutbox(parts);
    expect(messages.filter((message) => message.type === "incident.ended")).toHaveLength(1);
  });
});

describe("an Admin API", () => {
  it.each([
    ["answers 503 twice", { status: 503 }],
    ["closes the connection", "reset" as const],
    ["breaks off its answer", "truncate" as const],
    ["loses its answer after doing it", "answer lost" as const],
  ])("that %s is asked again, and the action is applied once", async (_name, how) => {
    admin.misbehave({ on: "PUT", times: 2, how });
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect((await onlyAction(incident)).status).toBe("applied");
    expect(admin.plugins.size).toBe(1);
  });

  it.each([
    ["never answers", "hang" as const, "no answer in time"],
    ["answers too slowly", { after_ms: 2_000 }, "no answer in time"],
    ["keeps failing", { status: 500 }, "answered 500"],
  ])("that %s leaves the action planned with the error, and the job to run again", async (_name, how, error) => {
    admin.misbehave({ on: "PUT", times: 3, how });
    const incident = await seen(someFlood());
    await expect(respond(parts, incident.id)).rejects.toThrow(error);
    expect(await onlyAction(incident)).toMatchObject({ status: "planned", error: expect.stringContaining(error) });
    await respond(parts, incident.id);
    expect((await onlyAction(incident)).status).toBe("applied");
  });

  it.each([
    ["400", { status: 400, body: '{"message":"schema violation (config.second)"}' }, "schema violation"],
    ["401", { status: 401 }, "KONG_ADMIN_TOKEN"],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:1/elsewhere" } }, "answered 302"],
    ["no JSON", { status: 200, body: "<html>" }, "not JSON"],
  ])("that answers %s fails the action at once, with what to do", async (_name, how, error) => {
    admin.misbehave({ on: "PUT", times: 1, how });
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect(await onlyAction(incident)).toMatchObject({ status: "failed", error: expect.stringContaining(error) });
    await deliverOutbox(parts);
    expect(messages.map((message) => message.type)).toContain("action.failed");
  });

  it("that is gone leaves decisions working", async () => {
    await admin.close();
    const incident = await seen(someIncident());
    await respond(parts, incident.id);
    expect(await decisionsOn()).toHaveLength(1);
  });

  it("without a database is not asked to write", async () => {
    admin.settings.database = "off";
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect(await actionsOfIncident(store.db, incident.id)).toEqual([]);
    const decided = (await incidentLog(store.db, incident.id)).find((entry) => entry.kind === "decided");
    expect(decided?.text).toContain("takes no entities");
  });
});

describe("an existing limit", () => {
  const limit = (changes: Record<string, unknown>) =>
    admin.plugins.set("p-1", { id: "p-1", name: "rate-limiting", enabled: true, tags: null, ...changes } as never);

  it.each([
    [
      "on the route itself",
      { route: { id: "r-search" }, config: { minute: 5, limit_by: "ip", policy: "local" } },
      "has its own",
    ],
    [
      "of the service by something else",
      { service: { id: "s-shop" }, config: { minute: 5, limit_by: "consumer", policy: "local" } },
      "limits by consumer",
    ],
    ["of the gateway over all nodes", { config: { minute: 5, limit_by: "ip", policy: "redis" } }, "over all nodes"],
  ])("%s is never hidden: the action is refused", async (_name, changes, reason) => {
    limit(changes);
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect(await onlyAction(incident)).toMatchObject({ status: "refused", error: expect.stringContaining(reason) });
    expect(admin.plugins.size).toBe(1);
  });

  it("of the same kind is never loosened: the tighter of each holds", async () => {
    limit({ service: { id: "s-shop" }, config: { second: 3, hour: 500, limit_by: "ip", policy: "local" } });
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect(admin.plugins.get(THROTTLE_ID)?.config).toMatchObject({ second: 3, hour: 500 });
  });

  it("put there while ours was on its way is not replaced", async () => {
    admin.misbehave({ on: "PUT", times: 1, how: { status: 409, body: '{"code":5,"message":"UNIQUE violation"}' } });
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    expect(await onlyAction(incident)).toMatchObject({
      status: "refused",
      error: expect.stringContaining("meanwhile"),
    });
  });
});

describe("undoing", () => {
  it("ends decision and entity, tells it, and leaves the target alone for a while", async () => {
    const incident = await seen(someIncident());
    await respond(parts, incident.id);
    const { id } = await onlyAction(incident);
    expect(await undoAction(parts, id, "alice")).toMatchObject({ status: "undone" });
    expect(await decisionsOn()).toEqual([]);
    await updateIncident(store.db, incident.id, { last_seen_at: Date.now() + 1_000 });
    await respond(parts, incident.id);
    expect(await decisionsOn()).toEqual([]);
    await expect(undoAction(parts, id, "alice")).rejects.toMatchObject({ code: "NOT_UNDOABLE" });
    await expect(undoAction(parts, "nothing", "alice")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await deliverOutbox(parts);
    expect(messages.map((message) => message.type)).toContain("action.undone");
  });

  it("leaves an entity alone that somebody made theirs", async () => {
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    const { id } = await onlyAction(incident);
    admin.plugins.set(THROTTLE_ID, { ...admin.plugins.get(THROTTLE_ID), id: THROTTLE_ID, tags: ["theirs"] });
    await undoAction(parts, id, "alice");
    expect(admin.plugins.has(THROTTLE_ID)).toBe(true);
  });

  it("says when the Admin API cannot do it, and the action stays on", async () => {
    const incident = await seen(someFlood());
    await respond(parts, incident.id);
    const { id } = await onlyAction(incident);
    admin.misbehave({ on: "DELETE", times: 3, how: { status: 503 } });
    await expect(undoAction(parts, id, "alice")).rejects.toMatchObject({ code: "GATEWAY_DOWN" });
    expect((await getAction(store.db, id))?.status).toBe("applied");
  });
});

describe("the effect", () => {
  const window = (
    start: number,
    numbers: Partial<Record<"suspicious" | "stopped" | "clean_ok" | "clean_denied", number>>,
  ) =>
    addTraffic(store.db, {
      gateway: "test",
      route_id: "r-login",
      window_start: start,
      window_ms: 10_000,
      requests: 0,
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
    const incident = await seen(someIncident());
    await respond(parts, incident.id);
    const { id, applied_at, entity_id } = await onlyAction(incident);
    const at = applied_at ?? 0;
    await window(at - 10_000, { suspicious: 400, clean_ok: 100 });
    await window(at + 2_000, { suspicious: 0, stopped: 380, clean_ok: 99 });
    await addDecisionHits(store.db, {
      decision_id: entity_id ?? "",
      window_start: at + 2_000,
      window_ms: 10_000,
      hits: 380,
    });
    clock = 12_000 - (Date.now() - at);
    await verifyIncident(parts, incident.id);
    const effect = (await getAction(store.db, id))?.effect;
    expect(effect?.before.attack_passed).toBeGreaterThan(15);
    expect(effect?.after?.attack_passed).toBe(0);
    expect(effect?.summary).toContain("it helped");
    expect(effect?.summary).toContain("its decision stopped 380 requests");
    await deliverOutbox(parts);
    expect(messages.find((message) => message.type === "incident.measured")?.data.effect).toBe(effect?.summary);
  });

  it("of silence is never called recovery", async () => {
    const incident = await seen(someIncident());
    await respond(parts, incident.id);
    const { id } = await onlyAction(incident);
    clock = 12_000;
    await verifyIncident(parts, incident.id);
    const effect = (await getAction(store.db, id))?.effect;
    expect(effect?.summary).toContain("nothing can be said");
    expect(effect?.summary).not.toContain("helped");
  });
});
