import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";
import { ROUTE_IDS } from "../entities.ts";
import { injection, isAbout, PATIENCE_MS, sendMany, untilAction, untilIncident } from "../watch.ts";
import { startWorld, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({ database: true, plugin: { source: { min_evidence: 10_000 } } });
});
afterAll(() => world?.stop());

const ATTACKER = "203.0.113.90";
const block = (value: string) => ({
  type: "block_source",
  target: { kind: "ip", value },
  params: { action: "block" },
});
const throttle = (route_id: string) => ({
  type: "throttle_route",
  target: { route_id },
  params: { second: 5, limit_by: "ip" },
});

const preview = (body: object) => world.agent.post("/v1/previews", body);

test("an operator's plan is tried out on what the gateways recorded, and nothing is written", async () => {
  await sendMany(world, 60, (i) => ({ from: `192.0.2.${i + 1}`, target: "/orders" }));
  await sendMany(world, 4, (i) => injection(ATTACKER, i));
  const seen = await eventually(async () => {
    const { status, json } = await preview({ category: "payload_injection", actions: [block(ATTACKER)] });
    expect(status).toBe(200);
    expect(json.preview.attack.requests).toBeGreaterThanOrEqual(1);
    expect(json.preview.legitimate.requests).toBeGreaterThan(0);
    return json;
  }, PATIENCE_MS);
  expect(seen).toMatchObject({
    refuse: null,
    needs_approval: null,
    preview: { attack: { share: 1 }, legitimate: { hit: 0 } },
  });
  const { json } = await preview({ category: "payload_injection", actions: [block("192.0.2.0/24")] });
  expect(json.preview.legitimate.hit).toBeGreaterThan(0);
  expect(json.preview.legitimate.examples[0]).toMatchObject({ path: "/orders", network: "192.0.2.0/24" });
  expect((await world.agent.client.actions()).length).toBe(0);
  expect((await call(`${world.gateway.adminUrl}/plugins?tags=threat-response`)).json.data).toEqual([]);
});

test("a change of decK's files is tried out before it is merged, and nothing is written", async () => {
  const base = "services:\n- name: shop\n  routes:\n  - name: orders\n    paths: [/orders]\n    strip_path: false\n";
  const termination = "    plugins:\n    - name: request-termination\n      config: { status_code: 503 }\n";
  const file = (text: string) => [{ path: "kong.yaml", text }];
  const replay = (text: string) => world.agent.post("/v1/replays", { base: file(base), head: file(text) });
  const { json } = await eventually(async () => {
    const answer = await replay(base + termination);
    expect(answer).toMatchObject({ status: 200, json: { verdict: "breaks" } });
    return answer;
  }, PATIENCE_MS);
  expect(json.routes).toMatchObject([{ route: "orders", effect: "refused", status: 503, share: 1 }]);
  expect(json.markdown).toContain("would answer 503 (request\\-termination) on 100 % of orders");
  expect((await replay(`${base}# a comment\n`)).json).toMatchObject({ verdict: "harmless", entities: [] });
  expect((await replay("services: [")).status).toBe(400);
  expect((await call(`${world.gateway.adminUrl}/plugins?name=request-termination`)).json.data).not.toContainEqual(
    expect.objectContaining({ name: "request-termination" }),
  );
});

test("a plan that cannot work on its route is refused with the reason", async () => {
  const where = { category: "credential_stuffing", route_id: ROUTE_IDS.reports };
  const { json } = await preview({ ...where, actions: [throttle(ROUTE_IDS.reports)] });
  expect(json.refuse).toContain("basic-auth answers these requests before rate-limiting runs");
  const open = await preview({ ...where, route_id: ROUTE_IDS.users, actions: [throttle(ROUTE_IDS.users)] });
  expect(open.json.refuse).toBeNull();
});

test("what the agent saw of its own plan is kept with the incident", async () => {
  await sendMany(world, 8, (i) => injection("203.0.113.91", i));
  await untilAction(world, ({ target }) => target.value === "203.0.113.91");
  const { id } = await untilIncident(world, isAbout("203.0.113.91"));
  const { json } = await world.agent.get(`/v1/incidents/${id}`);
  const decided = json.log.find(
    ({ kind, data }: { kind: string; data: { preview?: object } }) => kind === "decided" && data.preview,
  );
  expect(decided.data.preview).toMatchObject({ legitimate: { hit: 0 }, security_removed: [] });
});

test.each([
  [{}, "nothing to preview"],
  [{ actions: [{ type: "no_such_action" }] }, "an unknown action"],
  [{ actions: [block(ATTACKER)], extra: 1 }, "an unknown member"],
])("%j is not a plan: %s", async (body, _what) => {
  expect((await preview(body)).status).toBe(400);
});

test("an incident that is not there is said to be so", async () => {
  expect((await preview({ incident: "nowhere", actions: [block(ATTACKER)] })).status).toBe(404);
});
