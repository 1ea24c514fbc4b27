import { expect, it } from "vitest";
import { startAdminServer } from "../../test/support/admin-server.ts";
import { someIncident } from "../../test/support/incident.ts";
import { openMemoryStore } from "../../test/support/store.ts";
import { createResponder, type ResponderConfig } from "./responder.ts";
import { upsertIncident } from "./store/incidents.ts";

/** The undo lines of the first notification about an incident that was acted on. */
async function undoLines(changes: Partial<ResponderConfig>): Promise<unknown> {
  const store = await openMemoryStore();
  const told: { undo?: unknown }[] = [];
  // As in the agent: the port is known only after everything was built.
  let port = 0;
  const responder = createResponder({
    config: { GATEWAY_NAME: "test", DRY_RUN: false, ...changes },
    db: store.db,
    log: { info: (data) => void told.push(data as { undo?: unknown }), warn: () => undefined },
    wake: () => undefined,
    ownUrl: () => `http://127.0.0.1:${port}`,
  });
  port = 4711;
  const run = async (kind: string, key: string) =>
    responder.kinds.find((known) => known.kind === kind)!.run({ kind, key } as never);
  const incident = someIncident();
  await upsertIncident(store.db, incident);
  await run("respond", incident.id);
  await run("outbox", "");
  await responder.close();
  await store.close();
  return told.find(({ undo }) => Array.isArray(undo) && undo.length > 0)?.undo;
}

it("names in undo links the port that the agent has really taken", async () => {
  expect(await undoLines({})).toEqual([
    expect.stringMatching(/ http:\/\/127\.0\.0\.1:4711\/v1\/actions\/[^/]+\/undo$/),
  ]);
});

it("names in undo links the address that operators were given", async () => {
  expect(await undoLines({ PUBLIC_URL: "https://tr.example.com" })).toEqual([
    expect.stringMatching(/ https:\/\/tr\.example\.com\/v1\/actions\/[^/]+\/undo$/),
  ]);
});

it("tells what the gateway is and cannot do, or why it cannot be asked and what to do about it", async () => {
  const [store, admin] = await Promise.all([openMemoryStore(), startAdminServer()]);
  const responder = createResponder({
    config: { GATEWAY_NAME: "test", DRY_RUN: false, KONG_ADMIN_URL: admin.url },
    db: store.db,
    log: { info: () => undefined, warn: () => undefined },
    wake: () => undefined,
    ownUrl: () => "http://127.0.0.1:1",
  });
  admin.settings.database = "off";
  expect(await responder.driver()).toMatchObject({
    name: "dbless",
    ok: true,
    cannot: expect.arrayContaining([expect.stringContaining("keep what was posted over a reload")]),
  });
  admin.misbehave({ times: 99, how: { status: 401 } });
  expect(await responder.driver()).toMatchObject({
    ok: false,
    detail: expect.stringContaining("Set KONG_ADMIN_TOKEN."),
  });
  await responder.close();
  await Promise.all([store.close(), admin.close()]);
});
