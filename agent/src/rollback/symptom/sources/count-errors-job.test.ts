import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  CONTROL_PLANE,
  KONNECT_TOKEN,
  type KonnectServer,
  startKonnectServer,
} from "../../../../../test/support/konnect-server.ts";
import { type MetricsServer, startMetricsServer } from "../../../../../test/support/metrics-server.ts";
import { openMemoryStore } from "../../../../../test/support/store.ts";
import { configurationOf } from "../../../drivers/canonical.ts";
import type { ResponseParts } from "../../../response-parts.ts";
import { noteConfiguration } from "../../../store/history.ts";
import { upsertNode } from "../../../store/nodes.ts";
import type { Store } from "../../../store/open.ts";
import { sumAnswers, trafficAnswers } from "../../../store/traffic-answers.ts";
import { ErrorMonitor, type RouteAlarm } from "../monitor.ts";
import { lagOf, type SourcesConfig, sourceJobs } from "./count-errors-job.ts";

const NOW = 1_763_800_000_000;
const CONFIGURATION = configurationOf({
  services: [{ id: "s1", name: "shop" }],
  routes: [
    { id: "r1", name: "search", service: { id: "s1" } },
    { id: "r2", name: "pay", service: { id: "s1" } },
  ],
  plugins: [
    { id: "p1", name: "request-termination", config: { status_code: 503 }, route: { id: "r1" }, enabled: true },
  ],
});

let store: Store;
let planes: MetricsServer[];
let konnect: KonnectServer;
let parts: ResponseParts;
let clock: number;
let warnings: string[];

beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  planes = [await startMetricsServer(), await startMetricsServer()];
  konnect = await startKonnectServer();
  clock = NOW;
  warnings = [];
  const log = { info: () => undefined, warn: (_data: object, text: string) => void warnings.push(text) };
  parts = { db: store.db, gateway: "test", now: () => clock, log } as unknown as ResponseParts;
  await noteConfiguration(store.db, "test", CONFIGURATION, NOW);
});
afterEach(async () => {
  for (const server of [...planes, konnect]) await server.close();
  for (const table of ["configurations", "metric_readings", "traffic_answers", "nodes"] as const)
    await store.db.deleteFrom(table).execute();
});

const scraping = (): SourcesConfig => ({ KONG_METRICS_URLS: planes.map(({ url }) => url) });
const asking = (): SourcesConfig => ({
  KONNECT_ANALYTICS: true,
  KONNECT_CONTROL_PLANE_ID: CONTROL_PLANE,
  KONNECT_TOKEN,
  KONNECT_URL: konnect.url,
});

/** Runs the jobs as their schedule would, and the watch behind them. */
async function pass(config: SourcesConfig, seconds: number, traffic: (at: number) => void): Promise<RouteAlarm[]> {
  const jobs = sourceJobs(parts, config);
  const monitor = new ErrorMonitor();
  const alarms: RouteAlarm[] = [];
  const end = clock + seconds * 1_000;
  const every = Math.min(...jobs.map(({ everyMs = 0 }) => everyMs));
  for (; clock < end; clock += every) {
    traffic(clock);
    for (const job of jobs) await job.run({} as never);
    alarms.push(...(await monitor.step(store.db, "test", clock, await lagOf(parts, config))));
  }
  return alarms;
}

const counted = async (route: string) =>
  sumAnswers(await trafficAnswers(store.db, "test", route, 0, Number.MAX_SAFE_INTEGER));

describe("errors by Kong's metrics", () => {
  it("of several data planes are counted once, by route and source, over restarts", async () => {
    let requests = 0;
    await pass(scraping(), 120, (at) => {
      if (at === NOW + 50_000) planes[0]?.restart();
      for (const plane of planes) {
        for (let i = 0; i < 7; i++) plane.answer({ route: "search", code: 200, source: "service", consumer: `c${i}` });
        plane.answer({ route: "pay", code: 502, source: "kong" });
      }
      if (at > NOW) requests += 14;
    });
    const search = await counted("r1");
    expect(search.answers).toEqual([{ source: "service", status: 200, count: requests }]);
    expect(search.upstream_ms.indexOf(Math.max(...search.upstream_ms))).toBe(5);
    expect((await counted("r2")).answers).toEqual([{ source: "error", status: 502, count: (requests / 14) * 2 }]);
  });

  it("are an alarm as a plugin's reports are, and a plugin that answers so is told from an outage", async () => {
    const alarms = await pass(scraping(), 400, (at) => {
      for (let i = 0; i < 10; i++)
        planes[0]?.answer({
          route: "search",
          code: at > NOW + 300_000 ? 503 : 200,
          source: at > NOW + 300_000 ? "kong" : "service",
        });
    });
    expect(alarms[0]).toMatchObject({ route: "r1", kind: "failed", alarm: { kind: "outage" } });
    expect((await counted("r1")).answers).toContainEqual(expect.objectContaining({ source: "exit", status: 503 }));
  });

  it("are left to nodes that report for themselves", async () => {
    await upsertNode(store.db, {
      gateway: "test",
      node: "n",
      key_id: "k",
      last_seen_at: NOW + 100_000,
      health: {} as never,
    });
    await pass(scraping(), 60, () => planes[0]?.answer({ route: "search", code: 200, source: "service" }));
    expect((await counted("r1")).requests).toBe(0);
  });

  it("are read on when a data plane answers again", async () => {
    await pass(scraping(), 60, (at) => {
      for (const plane of planes) plane.answer({ route: "search", code: 200, source: "service" });
      if (planes[1]) planes[1].failure = at >= NOW + 20_000 && at < NOW + 40_000 ? { status: 500 } : null;
    });
    expect((await counted("r1")).requests).toBe(10);
    expect(warnings).toContain("The gateway's metrics cannot be read");
  });
});

describe("errors by Konnect's analytics", () => {
  const traffic = (at: number) => {
    for (let i = 0; i < 30; i++)
      konnect.analytics.requests.push({
        at: at + i * 1_000,
        route: `${CONTROL_PLANE}:${i % 3 === 0 ? "r2" : "r1"}`,
        status_code: at > NOW + 300_000 && i % 3 !== 0 ? "502" : "200",
      });
  };

  it("are an alarm after one grouped query in 30 s", async () => {
    const alarms = await pass(asking(), 600, traffic);
    expect(alarms[0]).toMatchObject({ route: "r1", kind: "failed" });
    expect(konnect.analytics.queries.length).toBeLessThanOrEqual(20);
    const [known] = [await counted("r2")];
    expect(known?.answers).toEqual([expect.objectContaining({ source: "service", status: 200 })]);
  });

  it("wait as long as Konnect asks for", async () => {
    await pass(asking(), 60, traffic);
    const before = konnect.requests.length;
    Object.assign(konnect.settings, { limited: 1, retryAfter: "120" });
    await pass(asking(), 120, traffic);
    expect(konnect.requests.length - before).toBe(1);
    await pass(asking(), 60, traffic);
    expect(konnect.requests.length - before).toBeGreaterThan(1);
    expect((await counted("r1")).requests).toBeGreaterThan(60);
  });
});
