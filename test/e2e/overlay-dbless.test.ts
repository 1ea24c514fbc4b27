/** As `overlay-route.test.ts`, where the whole configuration is one document. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDriver } from "../../agent/src/drivers/index.ts";
import { reconcile } from "../../agent/src/reconciliation/reconcile.ts";
import { type Action, getAction } from "../../agent/src/store/actions.ts";
import { feedLines } from "../../agent/src/store/decisions.ts";
import { OVERLAY_HEADER } from "../../contract/decision-feed.ts";
import { type EchoServer, startEchoServer } from "../support/echo-server.ts";
import { eventually } from "../support/eventually.ts";
import { type FeedServer, feedOf, startFeedServer } from "../support/feed-server.ts";
import { type ActionWorld, startActionWorld } from "./action-world.ts";
import { entitiesOf, PARTNER, ROUTE_IDS } from "./entities.ts";

const CHOSEN = "203.0.113.7";
const OTHER = "203.0.113.8";

let at: ActionWorld;
let feeds: FeedServer;
let upstream: EchoServer;
let sequence = 100;

beforeAll(async () => {
  [feeds, upstream] = await Promise.all([startFeedServer(), startEchoServer()]);
  const plugin = { login: { enabled: false }, flood: { enabled: false } };
  const entities = entitiesOf({ upstreamUrl: upstream.url, agentUrl: feeds.url, plugin });
  at = await startActionWorld({ database: false, entities });
  const config = { GATEWAY_NAME: at.parts.gateway, KONG_ADMIN_URL: at.kong.gateway.adminUrl, WRITE_INTERVAL_S: 0 };
  at.parts.driver = createDriver(config, {});
  await tell();
});
afterAll(async () => {
  await at?.stop();
  await feeds?.close();
  await upstream?.stop();
});

async function tell(): Promise<void> {
  sequence += 1;
  const { lines } = await feedLines(at.store.db, at.parts.gateway, Date.now(), 100);
  feeds.answer(() => feedOf({ sequence, lines: lines.split("\n").slice(0, -1) }));
}

const status = async (from: string, headers: Record<string, string> = {}) => {
  const sent = { "x-forwarded-for": from, apikey: PARTNER.keys[0] as string, ...headers };
  return (await at.kong.proxy("/users/partners", { headers: sent })).status;
};
const until = (from: string, wanted: number) =>
  eventually(async () => expect([await status(from), await status(from)]).toEqual([wanted, wanted]), 10_000);

async function overlay(): Promise<Action> {
  const target = { kind: "ip", value: CHOSEN, route_id: ROUTE_IDS.partners };
  const action = await at.act({ type: "overlay_route", target, params: { status: 451 } });
  expect(action).toMatchObject({ status: "applied", error: null });
  await tell();
  await until(CHOSEN, 451);
  return action;
}

describe("an overlay route without a database", () => {
  it("takes one client's requests behind the original's authentication, and leaves nothing behind", async () => {
    const before = await at.configuration();
    const action = await overlay();
    const made = await at.kong.admin("GET", `/routes/${action.entity_id}`);
    const value = made.json.headers[OVERLAY_HEADER.toLowerCase()][0];
    expect(await status(OTHER)).toBe(200);
    expect(await status(OTHER, { [OVERLAY_HEADER]: value })).toBe(200);
    expect(await status(CHOSEN, { apikey: "wrong" })).toBe(401);
    await at.undo(action);
    await tell();
    await until(CHOSEN, 200);
    expect(await at.configuration()).toEqual(before);
  });

  it("is put back whole when a reload has lost it", async () => {
    const action = await overlay();
    await at.kong.gateway.reload();
    await eventually(async () => {
      expect((await at.kong.admin("GET", `/routes/${action.entity_id}`)).status).toBe(404);
    }, 10_000);
    await until(CHOSEN, 200);
    const later = { ...at.parts, now: () => Date.now() + 10_000 };
    expect(await reconcile(later)).toEqual({ repaired: [action.id], accepted: [], removed: [] });
    await until(CHOSEN, 451);
    expect(await status(CHOSEN, { apikey: "wrong" })).toBe(401);
    await at.undo((await getAction(at.store.db, action.id)) as Action);
    await tell();
    await until(CHOSEN, 200);
  });
});
