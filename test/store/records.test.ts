import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prune, retentionOf } from "../../agent/src/jobs/prune.ts";
import {
  actionsOfIncident,
  createAction,
  getAction,
  listActions,
  listActionsDue,
  listActionsOn,
  updateAction,
} from "../../agent/src/store/actions.ts";
import {
  countDecisionsOn,
  endDecision,
  expireDecisions,
  feedOf,
  getDecision,
  listDecisionsOn,
  putDecision,
} from "../../agent/src/store/decisions.ts";
import { addBatch, countWaitingEvents, markProcessed, waitingEvents } from "../../agent/src/store/events.ts";
import {
  appendIncidentLog,
  findIncidentOn,
  getIncident,
  incidentLog,
  listIncidents,
  updateIncident,
  upsertIncident,
} from "../../agent/src/store/incidents.ts";
import { migrate } from "../../agent/src/store/migrate.ts";
import { listNodes } from "../../agent/src/store/nodes.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { parseCursor } from "../../agent/src/store/page.ts";
import { addTraffic, trafficRates } from "../../agent/src/store/traffic.ts";
import { GatewayNode, incidentRecord, trafficRecord } from "../support/gateway-node.ts";
import { emptyStore, STORE_KINDS, type StoreHome, storeHome } from "../support/store.ts";
import { actionRow, decisionRow, incidentRow } from "../support/store-rows.ts";

describe.each(STORE_KINDS)("what is kept on %s", (kind) => {
  let home: StoreHome;
  let store: Store;
  beforeAll(async () => {
    home = await storeHome(kind);
    store = await home.open();
  });
  beforeEach(() => emptyStore(store));
  afterAll(async () => {
    await store?.close();
    await home?.remove();
  });

  test("a schema that is up to date stays as it is", async () => {
    expect(await migrate(store.db)).toEqual([]);
  });

  test("an incident comes back as it was, numbers, arrays and objects alike", async () => {
    const sample = {
      at: 1.5,
      ip: "203.0.113.7",
      method: "GET",
      path: "/a'b\"c",
      user_agent: "é🙂",
      status: 200,
      score: 1,
    };
    const incident = incidentRow({
      samples: [sample],
      sources: [{ ip: "203.0.113.7", count: 3 }],
      first_seen_at: 2 ** 45,
    });
    await upsertIncident(store.db, incident);
    expect(await getIncident(store.db, incident.id)).toEqual(incident);
    expect(await findIncidentOn(store.db, incident.fingerprint)).toEqual(incident);
    await upsertIncident(store.db, { ...incident, score: 90 });
    expect((await getIncident(store.db, incident.id))!.score).toBe(90);
  });

  test("an incident is changed by parts, and only one of a fingerprint is on", async () => {
    const incident = incidentRow();
    await upsertIncident(store.db, incident);
    await expect(upsertIncident(store.db, incidentRow({ fingerprint: incident.fingerprint }))).rejects.toThrow();
    expect(await updateIncident(store.db, incident.id, { status: "resolved", nodes: ["a", "b"] })).toBe(true);
    expect(await getIncident(store.db, incident.id)).toMatchObject({
      status: "resolved",
      nodes: ["a", "b"],
      score: 80,
    });
    expect(await findIncidentOn(store.db, incident.fingerprint)).toBeNull();
    await upsertIncident(store.db, incidentRow({ fingerprint: incident.fingerprint }));
    expect(await updateIncident(store.db, "none", { score: 1 })).toBe(false);
  });

  test("incidents come in pages that neither repeat nor miss one, also of the same moment", async () => {
    const now = Date.now();
    for (let index = 0; index < 7; index++) {
      await upsertIncident(
        store.db,
        incidentRow({ last_seen_at: now - (index >> 1), category: index === 6 ? "abuse" : "api_ddos" }),
      );
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await listIncidents(store.db, {}, { limit: 2, after: cursor === null ? null : parseCursor(cursor) });
      seen.push(...page.rows.map((row) => row.id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    const all = { limit: 50, after: null };
    expect((await listIncidents(store.db, { category: "abuse" }, all)).rows).toHaveLength(1);
    expect((await listIncidents(store.db, { since: now - 1 }, all)).rows).toHaveLength(4);
    expect((await listIncidents(store.db, { status: "quiet" }, all)).rows).toHaveLength(0);
  });

  test("the log of an incident is in order, hostile strings included", async () => {
    const incident = incidentRow();
    await upsertIncident(store.db, incident);
    const entry = { incident_id: incident.id, at: 1, kind: "evidence" };
    await appendIncidentLog(store.db, { ...entry, text: "first", data: { list: [1, "\u0000\ud800"] } });
    await appendIncidentLog(store.db, { ...entry, text: "nul \u0000 and half \ud83d a pair", data: null });
    const log = await incidentLog(store.db, incident.id);
    expect(log.map((row) => [row.text, row.data])).toEqual([
      ["first", { list: [1, "\ufffd"] }],
      ["nul  and half \ufffd a pair", null],
    ]);
    expect(await incidentLog(store.db, incident.id, 1)).toMatchObject([{ text: "nul  and half \ufffd a pair" }]);
  });

  test("one plan never becomes two actions while one is on", async () => {
    const incident = incidentRow();
    await upsertIncident(store.db, incident);
    const plan = () => actionRow(incident.id, { idempotency_key: "plan", status: "planned" });
    const [one, two] = await Promise.all([createAction(store.db, plan()), createAction(store.db, plan())]);
    expect([one!.created, two!.created].sort()).toEqual([false, true]);
    expect(one!.action.id).toBe(two!.action.id);
    for (const status of ["applied", "dry_run"] as const) {
      await updateAction(store.db, one!.action.id, { status });
      expect((await createAction(store.db, plan())).created).toBe(false);
    }
    await updateAction(store.db, one!.action.id, { status: "expired" });
    expect((await createAction(store.db, plan())).created).toBe(true);
    expect(await actionsOfIncident(store.db, incident.id)).toHaveLength(2);
  });

  test("an action changes only from where it is expected to be", async () => {
    const incident = incidentRow();
    await upsertIncident(store.db, incident);
    const action = actionRow(incident.id, { status: "planned", before_image: { config: [1] } });
    await createAction(store.db, action);
    expect(await getAction(store.db, action.id)).toEqual(action);
    expect(await updateAction(store.db, action.id, { status: "applied" }, ["planned"])).toBe(true);
    expect(await updateAction(store.db, action.id, { status: "applied" }, ["planned"])).toBe(false);
    expect(await listActionsOn(store.db, "default")).toHaveLength(1);
    expect(await listActionsDue(store.db, action.expires_at! - 1)).toHaveLength(0);
    expect(await listActionsDue(store.db, action.expires_at!)).toHaveLength(1);
    const page = await listActions(store.db, { status: "applied", incident: incident.id }, { limit: 1, after: null });
    expect(page).toMatchObject({ rows: [{ id: action.id }], next: null });
  });

  test("every change of decisions, and nothing else, moves the feed on", async () => {
    const sequence = async () => (await feedOf(store.db, "default")).sequence;
    const start = await sequence();
    const decision = decisionRow({ params: { rps: 5, scope: "login" } });
    await putDecision(store.db, decision);
    expect(await getDecision(store.db, decision.id)).toEqual(decision);
    expect(await sequence()).toBe(start + 1);
    expect(await endDecision(store.db, decision.id)).toBe(true);
    expect(await endDecision(store.db, decision.id)).toBe(false);
    expect(await sequence()).toBe(start + 2);
    await putDecision(store.db, decisionRow({ expires_at: 1 }));
    expect(await expireDecisions(store.db)).toBe(1);
    expect(await expireDecisions(store.db)).toBe(0);
    expect(await sequence()).toBe(start + 4);
    await Promise.all(Array.from({ length: 10 }, () => putDecision(store.db, decisionRow())));
    expect(await sequence()).toBe(start + 14);
    expect(await countDecisionsOn(store.db, "default", Date.now())).toBe(10);
    expect(await listDecisionsOn(store.db, "other", Date.now(), 10)).toEqual([]);
  });

  test("a batch is kept once and waits until it is taken in", async () => {
    const node = new GatewayNode();
    const batch = node.batchOf([incidentRecord(), trafficRecord()]);
    const add = () => store.db.transaction().execute((transaction) => addBatch(transaction, batch, "key-1", 5));
    expect(await add()).toBe(2);
    expect(await add()).toBeNull();
    const waiting = await waitingEvents(store.db, "default", 10);
    expect(waiting.map((event) => event.record)).toEqual(expect.arrayContaining(batch.records));
    await markProcessed(store.db, [waiting[0]!.id], 6);
    expect(await countWaitingEvents(store.db, "default")).toBe(1);
    expect(await listNodes(store.db, "default")).toMatchObject([
      { node: "node-1", last_seen_at: 5, health: batch.health },
    ]);
  });

  test("rates count windows by the share that lies inside", async () => {
    const window = {
      gateway: "default",
      route_id: "r",
      window_start: 10_000,
      window_ms: 1_000,
      requests: 20,
      suspicious: 8,
      stopped: 6,
      clean: 6,
      clean_ok: 4,
      clean_denied: 2,
      errors_service: 0,
      errors_gateway: 0,
    };
    await addTraffic(store.db, window);
    await addTraffic(store.db, { ...window, window_start: 11_000 });
    const rates = { attack_passed: 8, attack_stopped: 6, legitimate_ok: 4, legitimate_denied: 2 };
    expect(await trafficRates(store.db, "default", "r", 10_500, 11_500)).toEqual({ window_ms: 1_000, ...rates });
    expect((await trafficRates(store.db, "default", null, 10_750, 11_000)).attack_passed).toBeCloseTo(8);
    expect((await trafficRates(store.db, "default", "r", 12_000, 13_000)).attack_passed).toBe(0);
  });

  test("pruning removes what served its time and nothing that still works", async () => {
    const now = Date.now();
    const day = 86_400_000;
    const old = incidentRow({ status: "resolved", resolved_at: now - 31 * day });
    const recent = incidentRow({ status: "resolved", resolved_at: now - 29 * day });
    const on = incidentRow({ opened_at: now - 90 * day, last_seen_at: now - 90 * day });
    for (const incident of [old, recent, on]) await upsertIncident(store.db, incident);
    await createAction(store.db, actionRow(old.id));
    for (let at = 0; at < 12; at++) {
      await appendIncidentLog(store.db, { incident_id: on.id, at, kind: "evidence", text: String(at), data: null });
    }
    await putDecision(store.db, decisionRow({ id: "ended", ended_at: now - 31 * day }));
    await putDecision(store.db, decisionRow({ id: "on", created_at: now - 90 * day }));
    const node = new GatewayNode();
    const batches = [node.batchOf([incidentRecord()]), node.batchOf([incidentRecord()])];
    for (const batch of batches) {
      await store.db.transaction().execute((transaction) => addBatch(transaction, batch, "key-1", now - 2 * day));
    }
    await markProcessed(store.db, [(await waitingEvents(store.db, "default", 1))[0]!.id], now - 2 * day);
    await prune(store.db, { ...retentionOf(30), maxLogPerIncident: 5 }, now);
    const left = (await store.db.selectFrom("incidents").select("id").execute()).map((row) => row.id);
    expect(left.sort()).toEqual([recent.id, on.id].sort());
    expect((await incidentLog(store.db, on.id)).map((entry) => entry.text)).toEqual(["7", "8", "9", "10", "11"]);
    expect(await getDecision(store.db, "ended")).toBeNull();
    expect(await getDecision(store.db, "on")).not.toBeNull();
    expect(await countWaitingEvents(store.db, "default")).toBe(1);
    expect(await store.db.selectFrom("events").selectAll().execute()).toHaveLength(1);
    await prune(store.db, { ...retentionOf(30), maxIncidents: 0 }, now);
    expect((await store.db.selectFrom("incidents").select("id").execute()).map((row) => row.id)).toEqual([on.id]);
  });
});
