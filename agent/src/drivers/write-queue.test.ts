import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../test/support/admin-server.ts";
import { createAdminApiDriver } from "./admin-api.ts";
import { createAdminClient } from "./admin-client.ts";
import { AdminApiError } from "./admin-error.ts";
import type { Change, GatewayDriver, Planner } from "./gateway.ts";
import { queueWrites } from "./write-queue.ts";
import type { WriterLease } from "./writer-lease.ts";

let admin: AdminServer;
let clock = 0;
/** What the queue waits for; the test lets time pass. */
let alarms: { at: number; ring: () => void }[] = [];
let driver: GatewayDriver;

const sleep = (ms: number) =>
  ms === 0 ? Promise.resolve() : new Promise<void>((ring) => void alarms.push({ at: clock + ms, ring }));

function pass(ms: number): void {
  clock += ms;
  const due = alarms.filter(({ at }) => at <= clock);
  alarms = alarms.filter(({ at }) => at > clock);
  for (const { ring } of due) ring();
}

const open = (lease?: WriterLease) =>
  queueWrites(
    createAdminApiDriver(createAdminClient({ url: admin.url, backoff_ms: 1 }), {
      patience: { tries: 2, backoff_ms: 1 },
    }),
    { now: () => clock, sleep, ...(lease && { lease }) },
  );

beforeEach(async () => {
  admin = await startAdminServer();
  clock = 0;
  alarms = [];
  for (const id of ["r-1", "r-2", "r-3", "r-4"]) admin.routes.set(id, { id, name: id });
  admin.entities.put("plugins", "deny", { name: "ip-restriction", config: { deny: [] } });
  driver = open();
});
afterEach(() => admin.close());

const writes = () => admin.requests.filter((line) => /^(PUT|PATCH|DELETE)/.test(line));
const limit = (route: string, id = `p-${route}`): Change[] => [
  { op: "create", type: "plugins", entity: { id, name: "rate-limiting", route: { id: route }, config: { minute: 1 } } },
];

/** Adds one address to a list that all share. */
const deny =
  (address: string): Planner =>
  ({ entities }) => {
    const plugin = entities.plugins?.find(({ id }) => id === "deny");
    if (plugin === undefined) return [];
    const config = { deny: [...(plugin.config as { deny: string[] }).deny, address] };
    return [{ op: "update", type: "plugins", id: "deny", expect: plugin, set: { config } }];
  };

const untilBusy = async () => {
  while (alarms.length === 0) await new Promise((resolve) => setImmediate(resolve));
};

describe("a queue of writes", () => {
  it("writes the first at once, and what comes within five seconds together, each with its own answer", async () => {
    const first = await driver.apply(limit("r-1"));
    expect(first[0]?.after).toMatchObject({ id: "p-r-1" });
    const others = ["r-2", "r-3", "r-4"].map((route) => driver.apply(limit(route)));
    await untilBusy();
    pass(4_999);
    expect(writes()).toEqual(["PUT /plugins/p-r-1"]);
    pass(1);
    const applied = await Promise.all(others);
    expect(applied.map((one) => one.map(({ before, after }) => [before, after?.id]))).toEqual([
      [[null, "p-r-2"]],
      [[null, "p-r-3"]],
      [[null, "p-r-4"]],
    ]);
    expect(writes()).toHaveLength(4);
  });

  it("lets ten thousand attackers cause no more than twenty writes in as long as they come", async () => {
    const all: Promise<unknown>[] = [];
    for (let wave = 0; wave < 18; wave++) {
      for (let i = 0; i < 556; i++) all.push(driver.apply(deny(`198.51.${wave}.${i}`)));
      if (wave > 0) await untilBusy();
      pass(5_000);
      await all[all.length - 556];
    }
    pass(5_000);
    await Promise.all(all);
    expect(all).toHaveLength(10_008);
    expect((admin.plugins.get("deny")!.config as { deny: string[] }).deny).toHaveLength(10_008);
    expect(writes().length).toBeLessThanOrEqual(20);
  }, 120_000);

  it("gives each of several who edit one entity what it found and what came of it", async () => {
    await driver.apply(limit("r-1"));
    const [one, two] = [driver.apply(deny("192.0.2.1")), driver.apply(deny("192.0.2.2"))];
    await untilBusy();
    pass(5_000);
    expect((await one)[0]).toMatchObject({ before: { config: { deny: [] } } });
    expect((await two)[0]).toMatchObject({
      before: { config: { deny: ["192.0.2.1"] } },
      after: { config: { deny: ["192.0.2.1", "192.0.2.2"] } },
    });
    expect(writes()).toEqual(["PUT /plugins/p-r-1", "PATCH /plugins/deny"]);
  });

  it("does not let one bad order take the others with it", async () => {
    await driver.apply(limit("r-1"));
    const orders = [limit("r-2"), limit("gone"), limit("r-3"), limit("r-1", "second")].map((order) =>
      driver.apply(order),
    );
    const settled = Promise.allSettled(orders);
    await untilBusy();
    pass(5_000);
    const results = await settled;
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
    expect([...admin.plugins.keys()].sort()).toEqual(["deny", "p-r-1", "p-r-2", "p-r-3"]);
  });

  it("refuses an order that was planned on what another of the batch changes", async () => {
    await driver.apply(limit("r-1"));
    const deny1 = (await driver.get("plugins", "deny"))!;
    const set = (list: string[]): Change[] => [
      { op: "update", type: "plugins", id: "deny", expect: deny1, set: { config: { deny: list } } },
    ];
    const settled = Promise.allSettled([driver.apply(set(["a"])), driver.apply(set(["b"]))]);
    await untilBusy();
    pass(5_000);
    expect(await settled).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "changed" } }]);
    expect(admin.plugins.get("deny")?.config).toEqual({ deny: ["a"] });
  });

  it("keeps nobody waiting for what wrote nothing", async () => {
    await expect(driver.apply(limit("gone"))).rejects.toMatchObject({ code: "invalid" });
    await driver.apply(limit("r-1"));
    expect(alarms).toEqual([]);
  });

  it("asks for the lease before each batch, keeps it for the interval, and stops where it was lost", async () => {
    const calls: string[] = [];
    let lost: AdminApiError | null = null;
    driver = open({
      acquire: async () => calls.push("acquire"),
      keep: async () => {
        if (lost !== null) throw lost;
      },
      check: () => undefined,
      release: async (keep_ms) => void calls.push(`release ${keep_ms}`),
    });
    await driver.apply(limit("r-1"));
    lost = new AdminApiError("overtaken", null, "another agent has taken over");
    const failed = driver.apply(limit("r-2"));
    await untilBusy();
    pass(5_000);
    await expect(failed).rejects.toBe(lost);
    expect(calls.slice(0, 3)).toEqual(["acquire", "release 5000", "acquire"]);
    expect(writes()).toHaveLength(1);
  });
});
