import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json } from "../../agent/src/store/db.ts";
import { claimJob, enqueueJob, finishJob } from "../../agent/src/store/jobs.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { addTraffic, trafficRates } from "../../agent/src/store/traffic.ts";
import { STORE_KINDS, type StoreHome, storeHome } from "../support/store.ts";

describe.each(STORE_KINDS)("the store on %s", (kind) => {
  let home: StoreHome;
  let store: Store;
  beforeAll(async () => {
    home = await storeHome(kind);
    store = await home.open();
  });
  afterAll(async () => {
    await store?.close();
    await home?.remove();
  });

  test("claims", async () => {
    await enqueueJob(store.db, { kind: "a", key: "1" });
    await enqueueJob(store.db, { kind: "a", key: "1", payload: { x: 1 } });
    const job = await claimJob(store.db, "w", ["a"], 1000);
    expect(job?.payload).toEqual({ x: 1 });
    expect(await claimJob(store.db, "w", ["a"], 1000)).toBeNull();
    await finishJob(store.db, job!);
  });
  test("traffic", async () => {
    const w = {
      gateway: "g",
      route_id: "r",
      window_start: 1000,
      window_ms: 1000,
      requests: 10,
      suspicious: 4,
      stopped: 2,
      clean: 1,
      clean_ok: 8,
      clean_denied: 1,
      errors_service: 0,
      errors_gateway: 0,
    };
    await addTraffic(store.db, w);
    await addTraffic(store.db, w);
    expect(await trafficRates(store.db, "g", "r", 1500, 2500)).toEqual({
      window_ms: 1000,
      attack_passed: 4,
      attack_stopped: 2,
      legitimate_ok: 8,
      legitimate_denied: 1,
    });
    void json;
  });
});
