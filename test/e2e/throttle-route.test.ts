import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endAction, undoAction } from "../../agent/src/actions/end.ts";
import { createAdminApiDriver, createAdminClient } from "../../agent/src/drivers/index.ts";
import { mayActOf, parsePolicy } from "../../agent/src/policy/index.ts";
import { reap } from "../../agent/src/reap.ts";
import { respond } from "../../agent/src/respond.ts";
import type { ResponseParts } from "../../agent/src/response-parts.ts";
import { type Action, actionsOfIncident } from "../../agent/src/store/actions.ts";
import { type Incident, upsertIncident } from "../../agent/src/store/incidents.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { eventually } from "../support/eventually.ts";
import { someFlood } from "../support/incident.ts";
import { openMemoryStore } from "../support/store.ts";
import { type Fixture, startFixture } from "./conformance/fixture.ts";

const shipped = readFileSync(new URL("../../agent/policy.yaml", import.meta.url), "utf8");
// So few that a test passes it without being fast.
const policy = parsePolicy(shipped.replace("per_second: 10", "per_minute: 3"));

let store: Store;
let kong: Fixture;
let parts: ResponseParts;

function partsOn(adminUrl: string): ResponseParts {
  return {
    db: store.db,
    gateway: "e2e",
    dryRun: false,
    policy: () => policy,
    mayAct: mayActOf({ db: store.db, gateway: "e2e" }),
    driver: createAdminApiDriver(createAdminClient({ url: adminUrl })),
    advisor: null,
    channels: [],
    publicUrl: "http://127.0.0.1:1",
    log: { info: () => undefined, warn: () => undefined },
    wake: () => undefined,
    now: Date.now,
  };
}

async function floodOn(route: string): Promise<Incident> {
  const incident = someFlood({ scope: { route_id: route }, subject_value: route, gateway: "e2e" });
  await upsertIncident(store.db, incident);
  await respond(parts, incident.id);
  return incident;
}

const onlyAction = async (incident: Incident) => (await actionsOfIncident(store.db, incident.id))[0] as Action;
const statuses = async (path: string, times: number) => {
  const answers: number[] = [];
  for (let i = 0; i < times; i++) answers.push((await kong.proxy(path)).status);
  return answers;
};

beforeAll(async () => {
  store = await openMemoryStore();
  kong = await startFixture({ workers: 1 });
  parts = partsOn(kong.gateway.adminUrl);
});
afterAll(async () => {
  await kong.stop();
  await store.close();
});

describe("throttling a route", () => {
  it("limits its clients, once applied, and lets all through again when an operator undoes it", async () => {
    const { route } = await kong.addRoute("search");
    await kong.settle();
    expect(new Set(await statuses("/search", 8))).toEqual(new Set([200]));
    const incident = await floodOn(route);
    const action = await onlyAction(incident);
    expect(action).toMatchObject({ status: "applied", error: null });
    await kong.settle();
    expect((await statuses("/search", 8)).slice(-3)).toEqual([429, 429, 429]);
    await undoAction(parts, action.id, "alice");
    await kong.settle();
    expect(new Set(await statuses("/search", 8))).toEqual(new Set([200]));
  });

  it("is one entity however often it is applied, and gone when it ended", async () => {
    const { route } = await kong.addRoute("twice");
    const incident = await floodOn(route);
    const action = await onlyAction(incident);
    const first = await kong.admin("GET", `/plugins/${action.entity_id}`);
    await store.db.updateTable("actions").set({ status: "planned" }).where("id", "=", action.id).execute();
    await respond(parts, incident.id);
    const again = await kong.admin("GET", `/plugins/${action.entity_id}`);
    expect(again.json).toEqual(first.json);
    await endAction(parts, action.id);
    expect((await kong.admin("GET", `/plugins/${action.entity_id}`)).status).toBe(404);
  });

  it("tightens a limit that the route has already, and puts it back", async () => {
    const { route } = await kong.addRoute("limited");
    const own = await kong.write("POST", `/routes/${route}/plugins`, {
      name: "rate-limiting",
      config: { minute: 100, policy: "local", limit_by: "ip" },
    });
    const action = await onlyAction(await floodOn(route));
    expect(action).toMatchObject({ status: "applied", entity_id: own.id });
    expect((await kong.admin("GET", `/plugins/${own.id}`)).json.config.minute).toBe(3);
    await undoAction(parts, action.id, "alice");
    const { updated_at: _, ...after } = (await kong.admin("GET", `/plugins/${own.id}`)).json;
    expect(own).toMatchObject(after);
  });

  it("is removed by reap from its tags alone, when nobody else ended it", async () => {
    const { route } = await kong.addRoute("orphan");
    const action = await onlyAction(await floodOn(route));
    const gateway = { GATEWAY_NAME: "test", KONG_ADMIN_URL: kong.gateway.adminUrl };
    expect((await reap({ gateway })).removed).not.toContain(action.entity_id);
    expect((await reap({ gateway, now: (action.expires_at ?? 0) + 1 })).removed).toContain(action.entity_id);
    await eventually(async () => expect((await kong.admin("GET", `/plugins/${action.entity_id}`)).status).toBe(404));
  });
});

describe("a gateway without a database", () => {
  it("is asked for nothing that it cannot do, and says why", async () => {
    const dbless = await startFixture({ workers: 1, database: false, entities: { _format_version: "3.0" } });
    try {
      parts = partsOn(dbless.gateway.adminUrl);
      const incident = await floodOn("11111111-2222-4333-8444-555555555555");
      expect(await actionsOfIncident(store.db, incident.id)).toEqual([]);
      expect(
        (await reap({ gateway: { GATEWAY_NAME: "test", KONG_ADMIN_URL: dbless.gateway.adminUrl } })).removed,
      ).toEqual([]);
    } finally {
      await dbless.stop();
    }
  });
});
