import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { reap } from "../../agent/src/reap.ts";
import { reconcile } from "../../agent/src/reconciliation/reconcile.ts";
import type { Action } from "../../agent/src/store/actions.ts";
import { getAction } from "../../agent/src/store/actions.ts";
import { feedLines } from "../../agent/src/store/decisions.ts";
import { OVERLAY_HEADER } from "../../contract/decision-feed.ts";
import { eventually } from "../support/eventually.ts";
import { type FeedServer, feedOf, startFeedServer } from "../support/feed-server.ts";
import { type ActionWorld, startActionWorld, type Wanted } from "./action-world.ts";
import { pluginConfig } from "./entities.ts";
import { untilAll } from "./watch.ts";

const KEY = "key-of-a-shop";
const CHOSEN = "203.0.113.7";
const OTHER = "203.0.113.8";
const PATIENCE_MS = 10_000;

let at: ActionWorld;
let feeds: FeedServer;
let sequence = 100;
let route_id: string;

/** Nodes get what the agent's feed would say now. */
async function tell(): Promise<void> {
  sequence += 1;
  const { lines } = await feedLines(at.store.db, at.parts.gateway, Date.now(), 100);
  const parts = { gateway: at.parts.gateway, sequence, lines: lines.split("\n").slice(0, -1) };
  feeds.answer(() => feedOf(parts));
}

const send = (from: string, headers: Record<string, string> = {}) =>
  at.kong.proxy("/shop", { headers: { "x-forwarded-for": from, apikey: KEY, ...headers } });

const status = async (from: string, headers?: Record<string, string>) => (await send(from, headers)).status;

const until = (from: string, wanted: number) => untilAll(() => send(from), wanted, from);

async function overlay(params: object, wanted: Partial<Wanted> = {}): Promise<Action> {
  const target = { kind: "ip", value: CHOSEN, route_id };
  const action = await at.act({ type: "overlay_route", target, params: { ...params }, ...wanted });
  expect(action).toMatchObject({ status: "applied", error: null });
  await tell();
  return action;
}

beforeAll(async () => {
  feeds = await startFeedServer();
  at = await startActionWorld({ database: true });
  ({ route: route_id } = await at.kong.addRoute("shop", { methods: ["GET", "POST"] }));
  await at.kong.write("POST", "/consumers", { username: "shop" });
  await at.kong.write("POST", "/consumers/shop/key-auth", { key: KEY });
  await at.kong.write("POST", `/routes/${route_id}/plugins`, { name: "key-auth" });
  const limits = { minute: 1_000, policy: "local", limit_by: "ip" };
  await at.kong.write("POST", `/routes/${route_id}/plugins`, { name: "rate-limiting", config: limits });
  const quiet = { gateway: at.parts.gateway, login: { enabled: false }, flood: { enabled: false } };
  await at.kong.write("POST", "/plugins", { name: "threat-response", config: pluginConfig(feeds.url, quiet) });
  await at.kong.settle();
});
afterAll(async () => {
  await at?.stop();
  await feeds?.close();
});
beforeEach(tell);

describe("an overlay route", () => {
  it("takes one client's requests, whatever others send, has the original's plugins, and leaves nothing behind", async () => {
    const before = await at.configuration();
    const action = await overlay({ status: 451 });
    await until(CHOSEN, 451);
    const made = await at.kong.admin("GET", `/routes/${action.entity_id}`);
    const value = made.json.headers[OVERLAY_HEADER.toLowerCase()][0];
    expect(await status(OTHER)).toBe(200);
    expect(await status(OTHER, { [OVERLAY_HEADER]: value })).toBe(200);
    expect(await status(OTHER, { [OVERLAY_HEADER.replaceAll("-", "_")]: value })).toBe(200);
    expect(await status(CHOSEN, { [OVERLAY_HEADER]: "another" })).toBe(451);
    expect(await status(CHOSEN, { apikey: "wrong" })).toBe(401);
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`x-more-${i}`, "1"]));
    expect(await status(CHOSEN, many)).toBe(403);
    expect(await at.verify(action)).toBeNull();
    await at.undo(action);
    await tell();
    await until(CHOSEN, 200);
    expect(await at.configuration()).toEqual(before);
  });

  it("limits a client where the route has a limit already, and the service does not see the header", async () => {
    const action = await overlay({ minute: 4 });
    await eventually(async () => expect(await status(CHOSEN)).toBe(429), PATIENCE_MS);
    expect(await status(OTHER)).toBe(200);
    await at.undo(action);
    await tell();
    await until(CHOSEN, 200);
    const seen = await overlay({ minute: 100 });
    await eventually(async () => {
      const { headers, json } = await send(CHOSEN);
      expect(headers["x-ratelimit-limit-minute"]).toBe("100");
      expect(Object.keys(json.headers)).not.toContain(OVERLAY_HEADER.toLowerCase());
    }, PATIENCE_MS);
    await at.undo(seen);
  });

  it("ends by itself while the agent is gone, and reap removes what is left", async () => {
    const before = await at.configuration();
    await overlay({ status: 451 }, { ttl_ms: 6_000 });
    await until(CHOSEN, 451);
    feeds.answer(() => ({ status: 503, body: "", signature: "" }));
    await until(CHOSEN, 200);
    const { removed, failed } = await reap({ gateway: { KONG_ADMIN_URL: at.kong.gateway.adminUrl } as never });
    expect({ removed: removed.length, failed }).toEqual({ removed: 4, failed: [] });
    expect(await at.configuration()).toEqual(before);
  });

  it("is withdrawn when somebody changes what it is a copy of", async () => {
    const before = await at.configuration();
    const action = await overlay({ status: 451 });
    expect((await reconcile(at.parts)).removed).not.toContain(action.id);
    await at.kong.write("PATCH", `/routes/${route_id}`, { methods: ["GET"] });
    expect((await reconcile(at.parts)).removed).toContain(action.id);
    expect(await getAction(at.store.db, action.id)).toMatchObject({
      status: "undone",
      error: "what it is a copy of was changed",
    });
    await at.kong.write("PATCH", `/routes/${route_id}`, { methods: ["GET", "POST"] });
    expect(await at.configuration()).toEqual(before);
  });
});
