import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openMemoryStore } from "../../../test/support/store.ts";
import type { Store } from "../store/open.ts";
import { createWriterLease } from "./writer-lease.ts";

let store: Store;
beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());
beforeEach(() => store.db.deleteFrom("writer_leases").execute());

const lease = (holder: string, ttl_ms = 60_000) =>
  createWriterLease({ db: store.db, gateway: "g", holder, ttl_ms, look_every_ms: 1 });

const expire = () => store.db.updateTable("writer_leases").set({ expires_at: 0 }).execute();

describe("the lease of a gateway's writer", () => {
  it("is one agent's; another waits, and is told when it takes too long", async () => {
    const [one, other] = [lease("one"), lease("other")];
    expect(await one.acquire()).toBe(1);
    await one.keep();
    await expect(other.acquire(3)).rejects.toMatchObject({ code: "busy", retryable: true });
    await expect(other.keep()).rejects.toMatchObject({ code: "overtaken" });
  });

  it("goes to one of many that ask at once", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => lease(`agent-${i}`).acquire(0)));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("passes to another with a higher token when its holder stands still, which then may not write any more", async () => {
    const [one, other] = [lease("one"), lease("other")];
    await one.acquire();
    await expire();
    expect(await other.acquire()).toBe(2);
    await expect(one.keep()).rejects.toThrow("another agent has taken over");
    await one.release();
    await other.keep();
  });

  it.each<[string, [number, number], boolean]>([
    ["at once", [0, 0], true],
    ["as late as a write may still be over before the lease is", [2_000, 2_000], true],
    ["later than that", [2_001, 2_001], false],
    ["later by the clock that goes on while the machine sleeps", [20_000, 10], false],
    ["later by the clock that nobody sets back", [-60_000, 20_000], false],
  ])("lets a write leave %s: %j → %s", async (_when, [epoch, steady], leaves) => {
    let now: [number, number] = [1_000_000, 50];
    const one = createWriterLease({ db: store.db, gateway: "g", clocks: () => now });
    expect(() => one.check()).toThrow("stood still");
    await one.acquire();
    await one.keep();
    now = [now[0] + epoch, now[1] + steady];
    if (leaves) one.check();
    else expect(() => one.check()).toThrow(expect.objectContaining({ code: "overtaken" }));
    await one.keep();
    one.check();
  });

  it("runs out within ten seconds by itself", async () => {
    await createWriterLease({ db: store.db, gateway: "g" }).acquire();
    const { expires_at } = await store.db.selectFrom("writer_leases").select("expires_at").executeTakeFirstOrThrow();
    expect(expires_at).toBeLessThanOrEqual(Date.now() + 10_000);
  });

  it("is free at once when it is released, and stays the holder's for as long as it asks", async () => {
    const [one, other] = [lease("one"), lease("other")];
    await one.acquire();
    await one.release();
    expect(await other.acquire(0)).toBe(2);
    await other.release(60_000);
    await expect(one.acquire(0)).rejects.toMatchObject({ code: "busy" });
    expect(await other.acquire(0)).toBe(2);
  });

  it("is another one for each gateway", async () => {
    await lease("one").acquire();
    const elsewhere = createWriterLease({ db: store.db, gateway: "h", holder: "other" });
    expect(await elsewhere.acquire(0)).toBe(1);
  });
});
