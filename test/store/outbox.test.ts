import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../agent/src/store/open.ts";
import { claimOutbox, countOutbox, enqueueOutbox, failOutbox, finishOutbox } from "../../agent/src/store/outbox.ts";
import { emptyStore, STORE_KINDS, type StoreHome, storeHome } from "../support/store.ts";

describe.each(STORE_KINDS)("the outbox on %s", (kind) => {
  let home: StoreHome;
  let store: Store;
  beforeAll(async () => {
    home = await storeHome(kind);
    store = await home.open();
  });
  beforeEach(() => emptyStore(store));
  afterAll(async () => {
    await store?.close();
    await home?.remove();
  });

  const message = (key: string) => ({ channel: "webhook", dedupe_key: key, payload: { key } });

  test("a message is sent once, however often it is queued", async () => {
    expect(await enqueueOutbox(store.db, message("1"))).toBe("queued");
    expect(await enqueueOutbox(store.db, message("1"))).toBe("known");
    const [sent] = await claimOutbox(store.db, "webhook", 10, 1_000);
    await finishOutbox(store.db, sent!.id);
    expect(await enqueueOutbox(store.db, message("1"))).toBe("known");
    expect(await countOutbox(store.db, "webhook")).toBe(0);
  });

  test("claimed messages are kept from others until the lease ends, oldest first", async () => {
    for (const key of ["1", "2", "3"]) await enqueueOutbox(store.db, message(key));
    const now = Date.now();
    const keys = async (at: number) =>
      (await claimOutbox(store.db, "webhook", 2, 1_000, at)).map((claimed) => claimed.dedupe_key);
    expect(await keys(now)).toEqual(["1", "2"]);
    expect(await keys(now)).toEqual(["3"]);
    expect(await keys(now)).toEqual([]);
    expect(await keys(now + 1_000)).toEqual(["1", "2"]);
    expect(await claimOutbox(store.db, "log", 2, 1_000, now)).toEqual([]);
  });

  test("a message that fails is tried later, until it is given up", async () => {
    await enqueueOutbox(store.db, message("1"));
    const [first] = await claimOutbox(store.db, "webhook", 1, 1_000);
    await failOutbox(store.db, first!, "no answer", false);
    expect(await claimOutbox(store.db, "webhook", 1, 1_000)).toEqual([]);
    const [second] = await claimOutbox(store.db, "webhook", 1, 1_000, Date.now() + 2_000);
    expect(second).toMatchObject({ attempts: 2, last_error: "no answer" });
    await failOutbox(store.db, second!, "gone", true);
    expect(await claimOutbox(store.db, "webhook", 1, 1_000, Date.now() + 1e9)).toEqual([]);
    expect(await countOutbox(store.db)).toBe(0);
  });

  test("a full outbox takes no more of its channel", async () => {
    for (const key of ["1", "2"]) await enqueueOutbox(store.db, message(key), 2);
    expect(await enqueueOutbox(store.db, message("3"), 2)).toBe("full");
    expect(await enqueueOutbox(store.db, { ...message("3"), channel: "log" }, 2)).toBe("queued");
    expect(await countOutbox(store.db)).toBe(3);
  });
});
