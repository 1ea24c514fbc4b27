import { describe, expect, it, onTestFinished } from "vitest";
import { startAdminServer } from "../../../test/support/admin-server.ts";
import { CONTROL_PLANE, KONNECT_TOKEN, startKonnectServer } from "../../../test/support/konnect-server.ts";
import { createAdminApiDriver } from "./admin-api.ts";
import { createAdminClient } from "./admin-client.ts";
import { createDblessDriver } from "./dbless.ts";
import type { Change } from "./gateway.ts";
import { createKonnectDriver } from "./konnect.ts";

const create: Change = { op: "create", type: "plugins", entity: { id: "n-1", name: "acl", route: { id: "r-1" } } };
const limited = (seconds: string) => ({ status: 429, headers: { "retry-after": seconds } });

/** Nobody waits; what was to be waited is written down, with how many requests had come by then. */
function recorder(requests: () => number) {
  const pauses: { ms: number; after: number }[] = [];
  const sleep = async (ms: number) => void pauses.push({ ms, after: requests() });
  return { sleep, pauses };
}

async function adminServer(database: string) {
  const admin = await startAdminServer();
  onTestFinished(admin.close);
  admin.settings.database = database;
  admin.routes.set("r-1", { id: "r-1", name: "search" });
  const { sleep, pauses } = recorder(() => admin.requests.length);
  const client = createAdminClient({ url: admin.url, backoff_ms: 1, sleep });
  const options = { patience: { tries: 3, backoff_ms: 1, sleep }, look_every_ms: 1 };
  const driver = (database === "off" ? createDblessDriver : createAdminApiDriver)(client, options);
  return { admin, driver, pauses };
}

describe("as long as it is asked to, but for no more than ten seconds, waits", () => {
  it.each([
    ["7", 7_000],
    ["3600", 10_000],
    ["soon", 1],
  ])("the driver without a database while another document is loaded: %s", async (seconds, ms) => {
    const { admin, driver, pauses } = await adminServer("off");
    admin.misbehave({ on: "POST /config", times: 1, how: limited(seconds) });
    await driver.apply([create]);
    const [first, second] = admin.requests.flatMap((line, i) => (line === "POST /config" ? [i] : []));
    expect(pauses.map((pause) => pause.ms)).toEqual([ms]);
    expect(pauses[0]!.after).toBeGreaterThan(first!);
    expect(pauses[0]!.after).toBeLessThanOrEqual(second!);
    expect(admin.plugins.has("n-1")).toBe(true);
  });

  it.each(["GET /routes/r-1", "PUT /plugins/n-1"])("the driver with a database, at %s", async (on) => {
    const { admin, driver, pauses } = await adminServer("postgres");
    admin.misbehave({ on, times: 1, how: limited("7") });
    await driver.apply([create]);
    expect(pauses.map((pause) => pause.ms)).toEqual([7_000]);
  });

  it("the driver of Konnect, at whichever request it was", async () => {
    const konnect = await startKonnectServer();
    onTestFinished(konnect.close);
    konnect.entities.put("services", "s-1", { name: "shop" });
    konnect.entities.put("routes", "r-1", { name: "search", service: { id: "s-1" } });
    const { sleep, pauses } = recorder(() => konnect.requests.length);
    const where = { region: "eu", controlPlane: CONTROL_PLANE, token: KONNECT_TOKEN, url: konnect.url } as const;
    const driver = createKonnectDriver({
      ...where,
      backoff_ms: 1,
      sleep,
      patience: { tries: 3, backoff_ms: 1, sleep },
    });
    await driver.apply([]);
    const calls = async (id: string) => {
      const before = konnect.requests.length;
      await driver.apply([{ ...create, entity: { ...create.entity, id, instance_name: id, name: id } }]);
      return konnect.requests.length - before;
    };
    const all = await calls("undisturbed");
    konnect.settings.retryAfter = "4";
    for (let n = 0; n < all; n++) {
      konnect.settings.limitedAfter = n;
      konnect.settings.limited = 1;
      await calls(`disturbed-${n}`);
    }
    expect(pauses.map((pause) => pause.ms)).toEqual(Array.from({ length: all }, () => 4_000));
    expect(all).toBeGreaterThan(3);
  });
});
