import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { feedLines } from "../../agent/src/store/decisions.ts";
import { eventually } from "../support/eventually.ts";
import { type FeedServer, feedOf, startFeedServer } from "../support/feed-server.ts";
import { type ActionWorld, startActionWorld } from "./action-world.ts";
import { pluginConfig } from "./entities.ts";
import { currentTarget } from "./gateway/gateway.ts";

const CHOSEN = "203.0.113.7";
const LAST_ID = "ffffffff-ffff-4fff-8fff-fffffffffff";

/** dev has the default router only. */
describe.skipIf(currentTarget() === "dev")("under the router of expressions", () => {
  let at: ActionWorld;
  let feeds: FeedServer;
  const routes: Record<string, string> = {};

  beforeAll(async () => {
    feeds = await startFeedServer();
    at = await startActionWorld({ database: true, routerFlavor: "expressions" });
    const { route, service } = await at.kong.addRoute("paths");
    routes.paths = route;
    const quiet = { gateway: at.parts.gateway, login: { enabled: false }, flood: { enabled: false } };
    await at.kong.write("POST", "/plugins", { name: "threat-response", config: pluginConfig(feeds.url, quiet) });
    const fields = {
      service: { id: service },
      expression: 'http.path ^= "/written" || http.path == "/other"',
      priority: 7,
    };
    routes.written = (await at.kong.write("POST", "/routes", { ...fields, id: `${LAST_ID}0` })).id;
    await at.kong.settle();
  });
  afterAll(async () => {
    await at?.stop();
    await feeds?.close();
  });

  const status = async (path: string, from: string) =>
    (await at.kong.proxy(path, { headers: { "x-forwarded-for": from } })).status;

  async function isLimitedTo(route_id: string, paths: string[]): Promise<void> {
    const before = await at.configuration();
    const target = { kind: "ip", value: CHOSEN, route_id };
    const action = await at.act({ type: "overlay_route", target, params: { status: 451 } });
    expect(action).toMatchObject({ status: "applied", error: null });
    const { lines } = await feedLines(at.store.db, at.parts.gateway, Date.now(), 100);
    const feed = { gateway: at.parts.gateway, sequence: Date.now(), lines: lines.split("\n").slice(0, -1) };
    feeds.answer(() => feedOf(feed));
    for (const path of paths) {
      await eventually(async () => expect(await status(path, CHOSEN)).toBe(451), 10_000);
      expect(await status(path, "203.0.113.8")).toBe(200);
    }
    await at.undo(action);
    expect(await at.configuration()).toEqual(before);
  }

  it("a route by its paths is copied", () => isLimitedTo(routes.paths!, ["/paths"]));

  it("a route by expression is copied", () => isLimitedTo(routes.written!, ["/written", "/other"]));

  it("of two expressions of one priority that with the later id comes first", async () => {
    const fields = { expression: 'http.path ^= "/twice"', priority: 3 };
    for (const [end, code] of [
      ["2", 472],
      ["9", 479],
      ["1", 471],
    ] as const) {
      const { id } = await at.kong.write("POST", "/routes", { ...fields, id: `${LAST_ID}${end}` });
      await at.kong.write("POST", `/routes/${id}/plugins`, {
        name: "request-termination",
        config: { status_code: code },
      });
    }
    await at.kong.settle();
    expect(await status("/twice", CHOSEN)).toBe(479);
    const target = { kind: "ip", value: CHOSEN, route_id: `${LAST_ID}1` };
    const action = await at.act({ type: "overlay_route", target, params: { minute: 5 } });
    expect(action).toMatchObject({ status: "refused", error: expect.stringContaining("take requests of route") });
  });
});
