/** How an action grows, is tried without, and comes back after a reload, on a running gateway. Only the agent's clock is ahead. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDriver } from "../../../agent/src/drivers/index.ts";
import { isInShare } from "../../../agent/src/hot-patch/index.ts";
import { type Policy, parsePolicy } from "../../../agent/src/policy/index.ts";
import { reconcile } from "../../../agent/src/reconciliation/reconcile.ts";
import { type Action, getAction } from "../../../agent/src/store/actions.ts";
import { updateIncident } from "../../../agent/src/store/incidents.ts";
import { addDecisionHits, addTraffic } from "../../../agent/src/store/traffic.ts";
import { CANARY_SHARE, PROBE_SHARE } from "../../../agent/src/verification/settings.ts";
import { verifyIncident } from "../../../agent/src/verification/verify.ts";
import { eventually } from "../../support/eventually.ts";
import { type ActionWorld, startActionWorld } from "../action-world.ts";

const GATEWAY = "e2e";
const NO_CANARY = parsePolicy("version: 1\nrules: []\n");
const CANARY = parsePolicy("version: 1\nrails: { canary: { skip_at: critical } }\nrules: []\n");
const WINDOW_MS = 13_000;
const sources = Array.from({ length: 60 }, (_, i) => `198.51.${100 + (i % 3)}.${i + 1}`);

type Counts = { suspicious?: number; clean_ok?: number; clean_denied?: number };

/** The agent at a time of its own, with what nodes would have reported until then. */
class Clock {
  readonly #at: ActionWorld;
  readonly #route: string;
  #ahead_ms = 0;

  constructor(at: ActionWorld, route: string, policy: Policy) {
    this.#at = at;
    this.#route = route;
    at.parts.policy = () => policy;
    at.parts.now = () => Date.now() + this.#ahead_ms;
  }

  async report(ago_ms: number, seconds: number, counts: Counts): Promise<void> {
    const { suspicious = 0, clean_ok = 0, clean_denied = 0 } = counts;
    const clean = clean_ok + clean_denied;
    for (let i = 0; i < seconds; i++)
      await addTraffic(this.#at.store.db, {
        gateway: GATEWAY,
        route_id: this.#route,
        window_start: this.#at.parts.now() - ago_ms + i * 1_000,
        window_ms: 1_000,
        requests: suspicious + clean,
        suspicious,
        stopped: 0,
        clean,
        clean_ok,
        clean_denied,
        errors_service: 0,
        errors_gateway: 0,
      });
  }

  /** So much later, after so many seconds of such traffic, the action is measured. */
  async later(ms: number, action: Action, counts: Counts, hits = 0): Promise<Action> {
    this.#ahead_ms += ms;
    await this.report(11_000, 11, counts);
    const window = {
      decision_id: `p-${action.id}`,
      window_ms: 1_000,
      window_start: this.#at.parts.now() - 5_000,
      hits,
    };
    if (hits > 0) await addDecisionHits(this.#at.store.db, window);
    await verifyIncident(this.#at.parts, action.incident_id);
    await this.#at.settle();
    return (await getAction(this.#at.store.db, action.id)) as Action;
  }

  ahead(ms: number): void {
    this.#ahead_ms += ms;
  }
}

describe("an action that can be in force in part", () => {
  let at: ActionWorld;
  beforeAll(async () => {
    at = await startActionWorld();
  });
  afterAll(() => at?.stop());

  const attack = { "x-attack": "1" };
  const answers = async (path: string) => {
    const send = (ip: string) => at.kong.proxy(path, { headers: { ...attack, "x-forwarded-for": ip } });
    const all = await Promise.all(sources.map(send));
    return Object.fromEntries(sources.map((ip, i) => [ip, all[i]!.status]));
  };
  const share = (id: string, part: number) =>
    Object.fromEntries(sources.map((ip) => [ip, isInShare(id, part, ip) ? 403 : 200]));

  async function begin(name: string): Promise<{ clock: Clock; path: string; action: Action }> {
    const { route } = await at.kong.addRoute(name);
    const clock = new Clock(at, route, CANARY);
    await clock.report(40_000, 40, { suspicious: 40, clean_ok: 20 });
    const params = { when: { field: "header", name: "x-attack", equals: "1" } };
    const target = { route_id: route };
    const action = await at.act({ type: "hot_patch", target, params, ttl_ms: 200_000, scope: target });
    return { clock, path: `/${name}`, action };
  }

  it("counts first, then stops a share of the sources, then all, each step on what was measured", async () => {
    const { clock, path, action } = await begin("growing");
    expect(action.stage).toBe("log_only");
    expect(await answers(path)).toEqual(share(action.id, 0));
    const shared = await clock.later(WINDOW_MS, action, { suspicious: 40, clean_ok: 20 }, 400);
    expect(shared).toMatchObject({ status: "applied", stage: "share" });
    const seen = await answers(path);
    expect(seen).toEqual(share(action.id, CANARY_SHARE));
    expect(new Set(Object.values(seen))).toEqual(new Set([200, 403]));
    const full = await clock.later(WINDOW_MS, action, { suspicious: 30, clean_ok: 20, clean_denied: 10 });
    expect(full).toMatchObject({ status: "applied", stage: "full" });
    expect(await answers(path)).toEqual(share(action.id, 1));
    await at.undo(full);
  });

  it("ends without ever having stopped anything when it counted what is not the attack's", async () => {
    const { clock, path, action } = await begin("wrong");
    const ended = await clock.later(WINDOW_MS, action, { suspicious: 2, clean_ok: 58 }, 500);
    expect(ended).toMatchObject({ status: "undone", outcome: "harmful" });
    expect(await answers(path)).toEqual(share(action.id, 0));
  });

  it("lets a little through after half of its time, stops all again when the attack is back, and else ends early", async () => {
    const { clock, path, action } = await begin("probed");
    const stopped = { clean_ok: 20, clean_denied: 40 };
    await clock.later(WINDOW_MS, action, { suspicious: 40, clean_ok: 20 }, 400);
    await clock.later(WINDOW_MS, action, { suspicious: 30, clean_ok: 20, clean_denied: 10 });
    await clock.later(WINDOW_MS, action, stopped);
    const probed = await clock.later(90_000, action, stopped);
    expect(probed).toMatchObject({ outcome: "helped", probed_at: expect.any(Number) });
    const seen = await answers(path);
    expect(seen).toEqual(share(action.id, PROBE_SHARE));
    expect(Object.values(seen)).toContain(200);
    await updateIncident(at.store.db, action.incident_id, { last_seen_at: at.parts.now() + 5_000 });
    const again = await clock.later(WINDOW_MS, action, { suspicious: 10, clean_ok: 20, clean_denied: 30 });
    expect(again).toMatchObject({ status: "applied", stage: "full", probed_at: null });
    expect(await answers(path)).toEqual(share(action.id, 1));
    await at.undo(again);
  });
});

describe("an action on a gateway without a database", () => {
  const ROUTE = "6f1a5a30-7d2c-4b51-8a53-333333333342";
  let at: ActionWorld;
  beforeAll(async () => {
    at = await startActionWorld({
      database: false,
      entities: {
        _format_version: "3.0",
        services: [{ name: "up", url: "http://127.0.0.1:9", routes: [{ id: ROUTE, name: "up", paths: ["/up"] }] }],
      },
    });
    at.parts.driver = createDriver({
      GATEWAY_NAME: GATEWAY,
      KONG_ADMIN_URL: at.kong.gateway.adminUrl,
      WRITE_INTERVAL_S: 0,
    });
  });
  afterAll(() => at?.stop());

  it("is put back after a reload lost it, once; what goes again was meant to go", async () => {
    const clock = new Clock(at, ROUTE, NO_CANARY);
    const action = await at.act({ type: "terminate_route", target: { route_id: ROUTE }, params: { status: 418 } });
    const isThere = async () => (await at.kong.admin("GET", `/plugins/${action.entity_id}`)).status === 200;
    await at.kong.untilStatus("/up", 418);
    const reload = async () => {
      await at.kong.gateway.reload();
      // The old workers answer for a moment more.
      await eventually(async () => expect(await isThere()).toBe(false));
      clock.ahead(10_000);
    };
    await reload();
    expect((await reconcile(at.parts)).repaired).toEqual([action.id]);
    expect(await isThere()).toBe(true);
    await at.kong.untilStatus("/up", 418);
    await reload();
    expect(await reconcile(at.parts)).toMatchObject({ repaired: [], accepted: [action.id] });
    expect(await getAction(at.store.db, action.id)).toMatchObject({ status: "undone", error: "removed by hand" });
    expect(await isThere()).toBe(false);
  });
});
