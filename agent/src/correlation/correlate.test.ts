import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EventRecord, IncidentRecord } from "../../../contract/ingest.ts";
import { GatewayNode, hitsRecord, incidentRecord, trafficRecord } from "../../../test/support/gateway-node.ts";
import { emptyStore, openMemoryStore } from "../../../test/support/store.ts";
import { decisionRow } from "../../../test/support/store-rows.ts";
import { createMetrics } from "../metrics.ts";
import { putDecision } from "../store/decisions.ts";
import { addBatch } from "../store/events.ts";
import { incidentLog, listOpenIncidents, updateIncident } from "../store/incidents.ts";
import type { Store } from "../store/open.ts";
import { decisionHits, trafficRates } from "../store/traffic.ts";
import { correlate } from "./correlate.ts";
import { MAX_SOURCES } from "./merge.ts";
import { MAX_OPEN_INCIDENTS, MAX_SOURCES_PER_ROUTE } from "./targets.ts";

describe("correlation", () => {
  let store: Store;
  const metrics = createMetrics();
  beforeAll(async () => {
    store = await openMemoryStore();
  });
  beforeEach(() => emptyStore(store));
  afterAll(() => store.close());

  const now = Date.now();
  const report = async (records: EventRecord[], node = "node-1", at = now) => {
    const from = new GatewayNode({ node });
    await store.db.transaction().execute((transaction) => addBatch(transaction, from.batchOf(records), "key-1", at));
    while ((await correlate({ db: store.db, metrics, wake: () => undefined }, "default", at)) > 0);
  };
  const open = () => listOpenIncidents(store.db, "default");
  const asked = async () => {
    const jobs = await store.db.selectFrom("jobs").select("key").where("kind", "=", "respond").execute();
    await store.db.deleteFrom("jobs").execute();
    return jobs.map((job) => job.key);
  };
  const ip = (value: string, given: Partial<IncidentRecord> = {}) =>
    incidentRecord({ subject: { kind: "ip", value }, ...given });

  test("an incident keeps the first time of a configuration that its evidence names", async () => {
    const route = { subject: { kind: "route" as const, value: "route-1" }, category: "route_misconfig" };
    const at = now / 1000 - 20;
    await report([incidentRecord(route)]);
    expect((await open())[0]!.configured_at).toBeNull();
    await report([incidentRecord({ ...route, configured_at: at })]);
    await report([incidentRecord({ ...route, configured_at: at + 10 })]);
    expect((await open())[0]!.configured_at).toBe(Math.round(at * 1000));
  });

  test("several nodes and batches make one incident, and one response is asked for", async () => {
    await report([ip("203.0.113.7", { requests: 5, good: 2, score: 60 })], "node-1");
    await report([ip("203.0.113.7", { requests: 3, good: 7, score: 61, reasons: ["another reason"] })], "node-2");
    const [incident, ...others] = await open();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      category: "payload_injection",
      subject_value: "203.0.113.7",
      status: "open",
      score: 61,
      nodes: ["node-1", "node-2"],
      counts: { requests: 8, passed: 2, stopped: 8, good: 7 },
      sources: [{ ip: "203.0.113.7", count: 8 }],
      reasons: ["a quote followed by a keyword", "another reason"],
    });
    expect(await asked()).toEqual([incident!.id]);
    expect((await incidentLog(store.db, incident!.id)).map((entry) => entry.kind)).toEqual(["opened"]);
  });

  test("another category or subject is another incident", async () => {
    await report([ip("203.0.113.7"), ip("203.0.113.8"), ip("203.0.113.7", { category: "abuse" })]);
    expect(await open()).toHaveLength(3);
  });

  test("one address on several routes is one incident, without a route of its own", async () => {
    await report([ip("203.0.113.7"), ip("203.0.113.7", { scope: { route_id: "route-2", service_id: "s" } })]);
    const incidents = await open();
    expect(incidents.map((incident) => incident.scope)).toEqual([{}]);
  });

  test("events are taken in once", async () => {
    await report([ip("203.0.113.7", { requests: 5 })]);
    await report([]);
    expect((await open())[0]!.counts.requests).toBe(5);
  });

  test("growth asks again: twice the requests, a higher score, the mode, what still gets through", async () => {
    const stopped = { passed: 0, stopped: 10, requests: 100, score: 50, mode: "monitor" };
    await report([ip("203.0.113.7", stopped)]);
    const { id } = (await open())[0]!;
    expect(await asked()).toEqual([id]);
    await report([ip("203.0.113.7", { ...stopped, requests: 99 })]);
    expect(await asked()).toEqual([]);
    await report([ip("203.0.113.7", { ...stopped, requests: 1 })]);
    expect(await asked()).toEqual([id]);
    await report([ip("203.0.113.7", { ...stopped, requests: 1, score: 60 })]);
    expect(await asked()).toEqual([id]);
    await report([ip("203.0.113.7", { ...stopped, requests: 1, mode: "enforce" })]);
    expect(await asked()).toEqual([id]);
    await report([ip("203.0.113.7", { ...stopped, requests: 1, passed: 1 })]);
    expect(await asked()).toEqual([]);
    await report([ip("203.0.113.7", { ...stopped, requests: 1, passed: 1 })], "node-1", now + 6_000);
    expect(await asked()).toEqual([id]);
  });

  test("more evidence in a small incident is looked at, at once but twice a second at most: it may be what a policy still lacked", async () => {
    await report([ip("203.0.113.7", { requests: 4 })]);
    await asked();
    const look = async (after_ms: number) => {
      await report([ip("203.0.113.7", { requests: 1 })], "node-1", now + after_ms);
      const jobs = await store.db.selectFrom("jobs").selectAll().where("kind", "=", "respond").execute();
      return jobs.map(({ key, run_at }) => [key, run_at - now]);
    };
    const { id } = (await open())[0]!;
    expect(await look(100)).toEqual([[id, 500]]);
    expect(await look(200)).toEqual([[id, 500]]);
    await asked();
    expect(await look(1_500)).toEqual([[id, 1_500]]);
  });

  test("new evidence opens a quiet incident again, and a new one after it was resolved", async () => {
    await report([ip("203.0.113.7", { requests: 100 })]);
    const { id } = (await open())[0]!;
    await asked();
    await updateIncident(store.db, id, { status: "quiet" });
    await report([ip("203.0.113.7", { requests: 1 })]);
    expect((await open())[0]).toMatchObject({ id, status: "open" });
    expect(await asked()).toEqual([id]);
    await updateIncident(store.db, id, { status: "resolved", resolved_at: now });
    await report([ip("203.0.113.7", { requests: 1 })]);
    const [fresh] = await open();
    expect(fresh!.id).not.toBe(id);
    expect(fresh!.counts.requests).toBe(1);
  });

  test("leaves alone what a response wrote", async () => {
    await report([ip("203.0.113.7")]);
    const { id } = (await open())[0]!;
    await updateIncident(store.db, id, { severity: "critical", confidence: 0.9, status: "mitigating" });
    await report([ip("203.0.113.7")]);
    expect((await open())[0]).toMatchObject({ severity: "critical", confidence: 0.9, status: "mitigating" });
  });

  test("samples, sources, reasons and nodes stay within their caps", async () => {
    const sample = { at: 1, ip: "203.0.113.7", method: "GET", path: "/", user_agent: "", status: 200 };
    for (let round = 0; round < 6; round++) {
      const samples = [10, 20, 30].map((score) => ({ ...sample, score: score + round, at: round }));
      const sources = Array.from({ length: 20 }, (_, index) => ({
        ip: `198.51.100.${round * 20 + index}`,
        count: round + 1,
      }));
      const reasons = Array.from({ length: 5 }, (_, index) => `reason ${round} ${index}`);
      const subject = { kind: "user" as const, value: "h" };
      await report([incidentRecord({ subject, samples, sources, reasons })], `node-${round}`);
    }
    const [incident] = await open();
    expect(incident!.samples.map((kept) => kept.score)).toEqual([35, 34, 33, 32, 31, 30]);
    expect(incident!.sources).toHaveLength(MAX_SOURCES);
    expect(incident!.sources.every((source) => source.count > 1)).toBe(true);
    expect(incident!.counts.distinct_ips).toBe(120);
    expect(incident!.reasons).toHaveLength(8);
  });

  test("too many addresses on one route become one distributed incident of the route", async () => {
    const extra = 7;
    const address = (index: number) => `198.51.${Math.floor(index / 250)}.${(index % 250) + 1}`;
    const flood = Array.from({ length: MAX_SOURCES_PER_ROUTE + extra }, (_, index) =>
      ip(address(index), { category: "credential_stuffing", requests: 10 }),
    );
    await report(flood.slice(0, 20));
    await report(flood.slice(20));
    const incidents = await open();
    expect(incidents).toHaveLength(MAX_SOURCES_PER_ROUTE + 1);
    const distributed = incidents.filter((incident) => incident.subject_kind === "route");
    expect(distributed).toMatchObject([
      {
        subject_value: "route-1",
        category: "credential_stuffing",
        counts: { requests: 10 * extra, distinct_ips: extra },
      },
    ]);
    await report([ip("192.0.2.1", { category: "credential_stuffing", scope: { route_id: "route-2" } })]);
    expect(await open()).toHaveLength(MAX_SOURCES_PER_ROUTE + 2);
  });

  test("at the cap of all incidents what is new becomes one of the gateway", async () => {
    await report([ip("203.0.113.7")]);
    const [template] = await open();
    const rows = Array.from({ length: MAX_OPEN_INCIDENTS - 1 }, (_, index) => ({
      ...template!,
      id: `id-${index}`,
      fingerprint: `print-${index}`,
      scope: "{}",
      counts: "{}",
      sources: "[]",
      samples: "[]",
      nodes: "[]",
      reasons: "[]",
    }));
    for (let at = 0; at < rows.length; at += 500) {
      await store.db
        .insertInto("incidents")
        .values(rows.slice(at, at + 500) as never)
        .execute();
    }
    const subject = { kind: "user" as const, value: "h" };
    await report([ip("198.51.100.1"), incidentRecord({ subject }), ip("203.0.113.7")]);
    const counted = await store.db.selectFrom("incidents").selectAll().where("subject_kind", "=", "gateway").execute();
    expect(counted).toMatchObject([{ subject_value: "*", counts: { requests: 10 } }]);
  });

  test("a node's clock cannot move an incident out of its time", async () => {
    await report([ip("203.0.113.7", { first_at: 0, last_at: now / 1000 + 86_400 })]);
    const [incident] = await open();
    expect(incident!.first_seen_at).toBe(now - 3_600_000);
    expect(incident!.last_seen_at).toBe(now);
  });

  test("traffic of all nodes adds up per route and window", async () => {
    const start = Math.floor(now / 1000) - 10;
    const window = { window_start: start, window_s: 1 };
    await report([trafficRecord(window), trafficRecord({ ...window, scope: {} })], "node-1");
    await report([trafficRecord(window)], "node-2");
    const rates = (route: string | null) => trafficRates(store.db, "default", route, start * 1000, start * 1000 + 1000);
    expect(await rates("route-1")).toEqual({
      window_ms: 1000,
      attack_passed: 4,
      attack_stopped: 6,
      legitimate_ok: 8,
      legitimate_denied: 2,
    });
    expect((await rates(null)).legitimate_ok).toBe(12);
    expect((await rates("")).legitimate_ok).toBe(4);
  });

  test("hits count for decisions that were made here, and for no others", async () => {
    await putDecision(store.db, decisionRow({ id: "d1" }));
    await report([hitsRecord("d1", 3), hitsRecord("invented", 9)], "node-1");
    await report([hitsRecord("d1", 4)], "node-2");
    expect(await decisionHits(store.db, "d1", 0, Number.MAX_SAFE_INTEGER)).toBe(7);
    expect(await decisionHits(store.db, "invented", 0, Number.MAX_SAFE_INTEGER)).toBe(0);
  });
});
