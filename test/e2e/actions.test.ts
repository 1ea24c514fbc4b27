import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reap } from "../../agent/src/reap.ts";
import type { ActionType } from "../../agent/src/store/schema.ts";
import { type EchoServer, startEchoServer } from "../support/echo-server.ts";
import { eventually } from "../support/eventually.ts";
import type { Answer, Call } from "../support/http.ts";
import { type ActionWorld, startActionWorld } from "./action-world.ts";

let at: ActionWorld;
let other: EchoServer;
let routes = 0;

interface Place {
  path: string;
  route_id: string;
  service_id: string;
  consumer_id: string;
  target_id: string;
}

/** A service with a route of its own. */
async function place(extra: object = {}): Promise<Place> {
  const name = `place-${String(++routes).padStart(3, "0")}`;
  const { route, service } = await at.kong.addRoute(name, extra);
  return { path: `/${name}`, route_id: route, service_id: service, consumer_id: "", target_id: "" };
}

/** The same, for consumers with keys only. */
async function closedPlace(): Promise<Place> {
  const there = await place();
  await at.kong.write("POST", `/routes/${there.route_id}/plugins`, { name: "key-auth" });
  const { id } = await at.kong.write("POST", "/consumers", { username: `user-${routes}` });
  await at.kong.write("POST", `/consumers/${id}/key-auth`, { key: `key-${routes}` });
  return { ...there, consumer_id: id };
}

const withKey = (): Call => ({ headers: { apikey: `key-${routes}` } });

async function balancedPlace(): Promise<Place> {
  const there = await place();
  const name = `pool-${routes}`;
  const upstream = await at.kong.write("POST", "/upstreams", { name });
  const add = (port: number) =>
    at.kong.write("POST", `/upstreams/${upstream.id}/targets`, { target: `127.0.0.1:${port}` });
  await add(at.kong.upstream.port);
  const { id } = await add(other.port);
  await at.kong.write("PATCH", `/services/${there.service_id}`, { host: name });
  return { ...there, target_id: id };
}

const times = async (n: number, send: () => Promise<Answer>): Promise<number[]> => {
  const answers: number[] = [];
  for (let i = 0; i < n; i++) answers.push((await send()).status);
  return answers;
};

const onGateway = () => ({ gateway: { GATEWAY_NAME: "e2e", KONG_ADMIN_URL: at.kong.gateway.adminUrl } });

interface Case {
  type: ActionType;
  where: () => Promise<Place>;
  target: (there: Place) => Record<string, string>;
  params?: () => Record<string, unknown>;
  /** What a client sees, the same before and after. */
  look: (there: Place) => Promise<unknown>;
  before: unknown;
  during: unknown;
}

const ofRoute = ({ route_id }: Place) => ({ route_id });
const ofService = ({ service_id }: Place) => ({ service_id });
const ofConsumer = ({ consumer_id }: Place) => ({ consumer_id });
const status =
  (request: Call = {}) =>
  async ({ path }: Place) =>
    (await at.kong.proxy(path, request)).status;
const lastOfSix =
  (request: () => Call = () => ({})) =>
  async ({ path }: Place) =>
    (await times(6, () => at.kong.proxy(path, request()))).at(-1);

const CASES: Case[] = [
  {
    type: "throttle_route",
    where: place,
    target: ofRoute,
    params: () => ({ hour: 3 }),
    look: lastOfSix(),
    before: 200,
    during: 429,
  },
  {
    type: "throttle_service",
    where: place,
    target: ofService,
    params: () => ({ hour: 3 }),
    look: lastOfSix(),
    before: 200,
    during: 429,
  },
  {
    type: "throttle_gateway",
    where: place,
    target: () => ({}),
    params: () => ({ hour: 3 }),
    look: lastOfSix(),
    before: 200,
    during: 429,
  },
  {
    type: "throttle_consumer",
    where: closedPlace,
    target: ofConsumer,
    params: () => ({ hour: 3, limit_by: "consumer" }),
    look: lastOfSix(withKey),
    before: 200,
    during: 429,
  },
  {
    type: "terminate_route",
    where: place,
    target: ofRoute,
    params: () => ({ status: 503 }),
    look: status(),
    before: 200,
    during: 503,
  },
  {
    type: "block_consumer",
    where: closedPlace,
    target: ofConsumer,
    look: async (there) => [await status(withKey())(there), await status()(there)],
    before: [200, 401],
    during: [403, 401],
  },
  {
    type: "limit_body",
    where: place,
    target: ofRoute,
    params: () => ({ kilobytes: 1 }),
    look: async (there) => [await status({ body: "x".repeat(3_000) })(there), await status({ body: "x" })(there)],
    before: [200, 200],
    during: [413, 200],
  },
  {
    type: "restrict_route",
    where: () => place(),
    target: ofRoute,
    params: () => ({ methods: ["GET"] }),
    look: async (there) => [await status({ method: "DELETE" })(there), await status()(there)],
    before: [200, 200],
    during: [404, 200],
  },
  {
    type: "restrict_route",
    where: () => place({ strip_path: false }),
    target: ofRoute,
    params: () => ({ headers: { "X-Partner": ["yes"] } }),
    look: async (there) => [await status()(there), await status({ headers: { "x-partner": "yes" } })(there)],
    before: [200, 200],
    during: [404, 200],
  },
  { type: "require_key", where: place, target: ofRoute, look: status(), before: 200, during: 401 },
  {
    type: "reroute_service",
    where: place,
    target: ofService,
    params: () => ({ host: "127.0.0.1", port: other.port }),
    look: async ({ path }) => {
      const before = other.count();
      await at.kong.proxy(path);
      return other.count() - before;
    },
    before: 0,
    during: 1,
  },
  { type: "disable_service", where: place, target: ofService, look: status(), before: 200, during: 404 },
  {
    type: "drain_target",
    where: balancedPlace,
    target: ({ target_id }) => ({ target_id }),
    look: async ({ path }) => {
      const before = other.count();
      await times(40, () => at.kong.proxy(path));
      return other.count() > before;
    },
    before: true,
    during: false,
  },
  {
    type: "hot_patch",
    where: place,
    target: ofRoute,
    params: () => ({ when: { field: "query", name: "id", contains: "union select", ignore_case: true } }),
    look: async ({ path }) => [
      (await at.kong.proxy(`${path}?a=1&id=1+UNION%20SELECT`)).status,
      (await at.kong.proxy(`${path}?id=1`)).status,
    ],
    before: [200, 200],
    during: [403, 200],
  },
  {
    type: "hot_patch_gateway",
    where: place,
    target: () => ({}),
    params: () => ({ when: { field: "path", wildcard: "*/.git/*" }, status: 404 }),
    look: async ({ path }) => [
      (await at.kong.proxy(`${path}/.git/config`)).json?.message,
      (await at.kong.proxy("/nowhere/.git/config")).json?.message,
      (await at.kong.proxy(path)).status,
    ],
    before: [undefined, "no Route matched with those values", 200],
    during: ["Not found", "Not found", 200],
  },
];

beforeAll(async () => {
  at = await startActionWorld();
  other = await startEchoServer();
});
afterAll(async () => {
  await at?.stop();
  await other?.stop();
});

describe("an action", () => {
  it.each(CASES.map((one, i) => [`${one.type} (${i + 1})`, one] as const))(
    "%s shows in traffic, is verified, and leaves nothing when it is undone",
    async (_name, { type, where, target, params, look, before, during }) => {
      const there = await where();
      await at.kong.settle();
      expect(await look(there)).toEqual(before);
      const untouched = await at.configuration();
      const action = await at.act({ type, target: target(there), params: params?.() ?? {} });
      expect(action).toMatchObject({ status: "applied", error: null });
      expect(action.changes).toHaveLength(1);
      expect(await at.verify(action)).toBeNull();
      expect(await look(there)).toEqual(during);
      await at.undo(action);
      expect(await at.configuration()).toEqual(untouched);
      expect(await look(there)).toEqual(before);
      expect(await at.verify(action)).not.toBeNull();
    },
  );

  it.each(CASES.map((one, i) => [`${one.type} (${i + 1})`, one] as const))(
    "%s is ended by reap from what is on the gateway alone",
    async (_name, { type, where, target, params, look, before }) => {
      const there = await where();
      const untouched = await at.configuration();
      const action = await at.act({ type, target: target(there), params: params?.() ?? {} });
      expect((await reap(onGateway())).failed).toEqual([]);
      expect(await at.configuration()).not.toEqual(untouched);
      const { removed, restored, failed } = await reap({ ...onGateway(), now: (action.expires_at ?? 0) + 1_000 });
      expect({ ended: [...removed, ...restored], failed }).toEqual({ ended: [action.entity_id], failed: [] });
      expect(await at.configuration()).toEqual(untouched);
      await at.kong.settle();
      expect(await look(there)).toEqual(before);
    },
  );

  it("edits the plugin's own thresholds, and puts them back", async () => {
    const { id } = await at.kong.write("POST", "/plugins", { name: "threat-response", config: { mode: "enforce" } });
    const untouched = await at.configuration();
    const action = await at.act({ type: "tighten_plugin", target: {}, params: { max_per_ip: 5, block: 60 } });
    expect(action).toMatchObject({ status: "applied", entity_id: id });
    const there = await place();
    await at.kong.settle();
    const from = (ip: string): Call => ({ headers: { "x-forwarded-for": ip } });
    const answers = await times(12, () => at.kong.proxy(there.path, from("203.0.113.77")));
    expect(answers.slice(-3)).toEqual([429, 429, 429]);
    await at.kong.write("DELETE", `/routes/${there.route_id}`).catch(() => undefined);
    await at.kong.write("DELETE", `/services/${there.service_id}`).catch(() => undefined);
    await at.undo(action);
    expect(await at.configuration()).toEqual(untouched);
    const looser = await at.act({ type: "tighten_plugin", target: {}, params: { block: 90 } });
    expect(looser).toMatchObject({ status: "refused", error: expect.stringContaining("would not be tighter") });
    await at.kong.admin("DELETE", `/plugins/${id}`);
  });

  it("loosens the plugin's own thresholds where they hit the wrong ones, and puts them back", async () => {
    const there = await place();
    const config = { mode: "enforce", flood: { max_per_ip: 5 } };
    const { id } = await at.kong.write("POST", "/plugins", { name: "threat-response", config });
    await at.kong.settle();
    const from = (ip: string): Call => ({ headers: { "x-forwarded-for": ip } });
    const lastOf = async (ip: string) => (await times(12, () => at.kong.proxy(there.path, from(ip)))).at(-1);
    expect(await lastOf("203.0.113.81")).toBe(429);
    const untouched = await at.configuration();
    const action = await at.act({ type: "loosen_plugin", target: {}, params: { max_per_ip: 10_000, block: 90 } });
    expect([action.status, action.entity_id, await at.verify(action)]).toEqual(["applied", id, null]);
    expect(await lastOf("203.0.113.82")).toBe(200);
    const stricter = await at.act({ type: "loosen_plugin", target: {}, params: { max_per_ip: 3 } });
    expect(stricter).toMatchObject({ status: "refused" });
    await at.undo(action);
    expect(await at.configuration()).toEqual(untouched);
    expect(await lastOf("203.0.113.83")).toBe(429);
    await at.kong.admin("DELETE", `/plugins/${id}`);
  });

  it("of a hot patch counts what it met, joins code that is there, and ends by itself with nobody to end it", async () => {
    const there = await place();
    const theirs = "return function() kong.response.set_header('X-Theirs', 'yes') end";
    await at.kong.write("POST", `/services/${there.service_id}/plugins`, {
      name: "pre-function",
      config: { access: [theirs] },
    });
    const sibling = await at.kong.write("POST", `/services/${there.service_id}/routes`, {
      paths: [`${there.path}-sibling`],
    });
    const counter = await place();
    const read = (id: string) =>
      `return function() kong.response.exit(200, { n = ngx.shared.threat_response:get("patch:${id}") }) end`;
    const params = { when: { field: "header", name: "x-attack", equals: "1" }, status: 429 };
    const attack = { headers: { "x-attack": "1" } };
    const action = await at.act({ type: "hot_patch", target: ofRoute(there), params, ttl_ms: 15_000 });
    await at.kong.write("POST", `/routes/${counter.route_id}/plugins`, {
      name: "pre-function",
      config: { access: [read(action.id)] },
    });
    await at.kong.settle();
    expect(await times(3, () => at.kong.proxy(there.path, attack))).toEqual([429, 429, 429]);
    const passed = await at.kong.proxy(there.path);
    expect([passed.status, passed.headers["x-theirs"]]).toEqual([200, "yes"]);
    expect((await at.kong.proxy(`${there.path}-sibling`, attack)).status).toBe(200);
    expect((await at.kong.proxy(counter.path)).json).toEqual({ n: 3 });
    await eventually(async () => expect((await at.kong.proxy(there.path, attack)).status).toBe(200), 30_000);
    expect((await reap(onGateway())).failed).toEqual([]);
    const { data } = await at.kong.write("GET", `/services/${there.service_id}/plugins`);
    expect(data[0].config.access).toEqual([theirs]);
    expect(sibling.id).not.toBe(there.route_id);
  });

  it("leaves what somebody changed meanwhile, and says so", async () => {
    const there = await place();
    const action = await at.act({ type: "restrict_route", target: ofRoute(there), params: { methods: ["GET"] } });
    await at.kong.write("PATCH", `/routes/${there.route_id}`, { methods: ["GET", "PUT"] });
    await at.undo(action);
    const route = await at.kong.write("GET", `/routes/${there.route_id}`);
    expect(route).toMatchObject({ methods: ["GET", "PUT"], tags: null });
    const log = await at.store.db
      .selectFrom("incident_log")
      .select("text")
      .where("incident_id", "=", action.incident_id)
      .execute();
    expect(log.map(({ text }) => text).join("\n")).toContain("somebody changed methods meanwhile");
  });
});
