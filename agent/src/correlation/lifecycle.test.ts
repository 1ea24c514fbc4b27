import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GatewayNode, incidentRecord } from "../../../test/support/gateway-node.ts";
import { emptyStore, openMemoryStore } from "../../../test/support/store.ts";
import { actionRow } from "../../../test/support/store-rows.ts";
import { createMetrics } from "../metrics.ts";
import { createAction, updateAction } from "../store/actions.ts";
import { addBatch } from "../store/events.ts";
import { getIncident, incidentLog, listOpenIncidents } from "../store/incidents.ts";
import type { Store } from "../store/open.ts";
import { correlate } from "./correlate.ts";
import { advanceIncidents } from "./lifecycle.ts";

describe("the life of an incident", () => {
  let store: Store;
  beforeAll(async () => {
    store = await openMemoryStore();
  });
  beforeEach(() => emptyStore(store));
  afterAll(() => store.close());

  const seen = Date.now();
  const advance = (at: number) => advanceIncidents({ db: store.db, quietMs: 60_000, resolveMs: 300_000 }, at);
  const openOne = async (): Promise<string> => {
    const batch = new GatewayNode().batchOf([incidentRecord({ last_at: seen / 1000 })]);
    await store.db.transaction().execute((transaction) => addBatch(transaction, batch, "key-1", seen));
    await correlate({ db: store.db, metrics: createMetrics(), wake: () => undefined }, "default", seen);
    return (await listOpenIncidents(store.db, "default"))[0]!.id;
  };
  const statusOf = async (id: string) => (await getIncident(store.db, id))!.status;
  const apply = async (incidentId: string): Promise<string> => {
    const action = actionRow(incidentId, { applied_at: seen });
    await createAction(store.db, action);
    return action.id;
  };

  test("goes quiet without evidence, then is resolved, and tells so", async () => {
    const id = await openOne();
    await store.db.deleteFrom("jobs").execute();
    await advance(seen + 59_000);
    expect(await statusOf(id)).toBe("open");
    await advance(seen + 60_000);
    expect(await statusOf(id)).toBe("quiet");
    await advance(seen + 299_000);
    expect(await statusOf(id)).toBe("quiet");
    await advance(seen + 300_000);
    expect(await getIncident(store.db, id)).toMatchObject({ status: "resolved", resolved_at: seen + 300_000 });
    const log = await incidentLog(store.db, id);
    expect(log.map((entry) => entry.data?.status).filter(Boolean)).toEqual(["quiet", "resolved"]);
    const jobs = await store.db.selectFrom("jobs").select("kind").where("key", "=", id).execute();
    expect(jobs).toEqual([{ kind: "respond" }]);
  });

  test("is mitigating while an action is applied, and not resolved before it ended", async () => {
    const id = await openOne();
    const action = await apply(id);
    await advance(seen + 1_000);
    expect(await statusOf(id)).toBe("mitigating");
    await advance(seen + 400_000);
    expect(await statusOf(id)).toBe("quiet");
    await updateAction(store.db, action, { status: "expired", ended_at: seen + 500_000 });
    await advance(seen + 500_000);
    expect(await statusOf(id)).toBe("resolved");
  });

  test("is open again when its action ends while the attack goes on", async () => {
    const id = await openOne();
    const action = await apply(id);
    await advance(seen + 1_000);
    await updateAction(store.db, action, { status: "undone" });
    await advance(seen + 2_000);
    expect(await statusOf(id)).toBe("open");
  });
});
