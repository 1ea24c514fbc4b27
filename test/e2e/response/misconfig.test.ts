import { afterAll, beforeAll, expect, test } from "vitest";
import { epochMs } from "../../../demo/stack/agent-client.ts";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { ROUTE_IDS } from "../entities.ts";
import { sendMany, statusesOf } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ database: true });
});
afterAll(() => world?.stop());

const LASTING_MS = 90_000;
/** Clients that come more often would be a flood. */
const PAUSE_MS = 500;
const CLIENTS = Array.from({ length: 8 }, (_, i) => `203.0.113.${i + 1}`);
const search = () => sendMany(world, CLIENTS.length, (i) => ({ from: CLIENTS[i]!, target: "/search?q=lamp" }));

async function misconfigured() {
  const incidents = await world.agent.client.incidents();
  return incidents.find(({ category }) => category === "route_misconfig");
}

test("a deploy that makes a route answer 503 is an incident of that route, with the time of the deploy", {
  timeout: 120_000,
}, async () => {
  for (let i = 0; i < 5; i++) expect(statusesOf(await search())).toEqual([200]);
  const before = Date.now();
  const plugin = { name: "request-termination", config: { status_code: 503, message: "under construction" } };
  const written = await call(`${world.gateway.adminUrl}/routes/${ROUTE_IDS.search}/plugins`, {
    method: "POST",
    body: plugin,
  });
  expect(written.status).toBe(201);
  // It is told from a hiccup by lasting for some ten seconds.
  const incident = await eventually(
    async () => {
      await search();
      const found = await misconfigured();
      if (!found) throw new Error("no such incident");
      return found;
    },
    LASTING_MS,
    PAUSE_MS,
  );
  expect(incident).toMatchObject({ subject_kind: "route", subject_value: ROUTE_IDS.search });
  const configuredAt = epochMs(incident.configured_at)!;
  // The gateway's clock is cached for a moment.
  expect(configuredAt).toBeGreaterThan(before - 2_000);
  expect(configuredAt).toBeLessThanOrEqual(epochMs(incident.first_seen_at) + 2_000);
  expect((await world.send({ from: CLIENTS[0]!, target: "/orders" })).status).toBe(200);
});
