import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../../../../test/support/admin-server.ts";
import { openMemoryStore } from "../../../../../test/support/store.ts";
import { createAdminApiDriver, createAdminClient } from "../../../drivers/index.ts";
import type { ResponseParts } from "../../../response-parts.ts";
import { listChanges } from "../../../store/history.ts";
import type { Store } from "../../../store/open.ts";
import { watchConfiguration } from "../watch-configuration.ts";
import { importDump } from "./import-dump.ts";

const KEY = Buffer.from("the fingerprints' key");
const MINUTE = 60_000;
const NOW = 1_763_800_000_000;
const FIELDS = "protocol: http, port: 8080, path: /, retries: 5, connect_timeout: 60000, read_timeout: 60000";

/** As `deck gateway dump` writes what `configure` puts on the gateway: without ids, nested, references by name. */
const dumpOf = ({ host = "shop.internal", limit = 5, extra = "" } = {}) => `_format_version: "3.0"
_konnect: { control_plane_name: cp }
certificates:
- cert: |
    PUBLIC
  key: very private
  snis:
  - name: shop.example
consumers:
- username: alice
  keyauth_credentials:
  - key: alice's key
  acls:
  - group: readers
plugins:
- name: correlation-id
  enabled: true
  config: { header_name: X-Id, generator: null }
- name: rate-limiting
  consumer: alice
  route: search
  enabled: true
  config: { minute: ${limit} }
services:
- { name: shop, host: ${host}, enabled: true, ${FIELDS}, tags: [b, a], routes: [{ name: search, paths: [/search], protocols: [http], strip_path: true, plugins: [{ name: key-auth, enabled: true, config: { key_names: [apikey] } }] }] }
upstreams:
- name: shop.internal
  algorithm: round-robin
  targets:
  - target: 10.0.0.1:80
    weight: 100
${extra}`;

let store: Store;
let admin: AdminServer;
let parts: ResponseParts;
let clock: number;

beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());
beforeEach(async () => {
  admin = await startAdminServer();
  clock = NOW;
  const driver = createAdminApiDriver(createAdminClient({ url: admin.url }), { fingerprintKey: KEY });
  parts = { db: store.db, gateway: "test", driver, now: () => clock } as unknown as ResponseParts;
  configure();
});
afterEach(async () => {
  await admin.close();
  for (const table of ["configurations", "configuration_changes"] as const) await store.db.deleteFrom(table).execute();
});

function configure(): void {
  const { entities } = admin;
  for (const name of ["snis", "ca_certificates", "vaults"]) entities.collections.set(name, new Map());
  const put = (type: string, id: string, fields: object) => entities.put(type, id, fields as Record<string, unknown>);
  put("certificates", "c1", { cert: "PUBLIC\n", key: "very private", tags: null });
  put("snis", "n1", { name: "shop.example", certificate: { id: "c1" } });
  put("upstreams", "u1", { name: "shop.internal", algorithm: "round-robin" });
  put("targets", "t1", { target: "10.0.0.1:80", weight: 100, upstream: { id: "u1" } });
  put("consumers", "a1", { username: "alice", custom_id: null });
  put("key-auths", "k1", { key: "alice's key", consumer: { id: "a1" } });
  put("acls", "g1", { group: "readers", consumer: { id: "a1" } });
  const service = {
    protocol: "http",
    port: 8080,
    path: "/",
    retries: 5,
    connect_timeout: 60_000,
    read_timeout: 60_000,
  };
  put("services", "s1", {
    name: "shop",
    host: "shop.internal",
    ...service,
    tags: ["a", "b"],
    client_certificate: null,
  });
  put("routes", "r1", {
    name: "search",
    paths: ["/search"],
    methods: null,
    protocols: ["http"],
    service: { id: "s1" },
  });
  put("plugins", "p1", { name: "correlation-id", config: { header_name: "X-Id", generator: null } });
  put("plugins", "p2", { name: "rate-limiting", config: { minute: 5 }, consumer: { id: "a1" }, route: { id: "r1" } });
  put("plugins", "p3", { name: "key-auth", config: { key_names: ["apikey"] }, route: { id: "r1" } });
}

const imports = (text: string, at: number, skip_consumers = false) =>
  importDump(store.db, {
    gateway: "test",
    fingerprintKey: KEY,
    files: [{ path: "kong.yaml", text }],
    at,
    skip_consumers,
  });
const watchAt = (at: number) => {
  clock = at;
  return watchConfiguration(parts);
};
const changes = async () =>
  (await listChanges(store.db, "test", { since: 0, limit: 10 })).map((change) => ({
    from: (change.applied_at - NOW) / MINUTE,
    to: (change.seen_at - NOW) / MINUTE,
    origin: change.origin,
    diffs: change.diffs.map(({ type, id, op, fields }) => [type, id, op, ...fields].join(" ")),
  }));

describe("a dump of decK", () => {
  it("is the same configuration as the driver's snapshot, so that nothing changes", async () => {
    await watchAt(NOW);
    const imported = await imports(dumpOf(), NOW + MINUTE);
    expect(imported).toMatchObject({ change: null, entities: 12, left_out: {} });
    await watchAt(NOW + 2 * MINUTE);
    expect(await changes()).toEqual([]);
  });

  it("tells what changed by the ids that the gateway has, and keeps no secret", async () => {
    await watchAt(NOW);
    await imports(dumpOf({ host: "wrong.internal", limit: 1 }), NOW + MINUTE);
    expect(await changes()).toEqual([
      { from: 0, to: 1, origin: "import", diffs: ["services s1 changed host", "plugins p2 changed config"] },
    ]);
    const rows = JSON.stringify(await store.db.selectFrom("configurations").selectAll().execute());
    for (const secret of ["very private", "alice's key"]) expect(rows).not.toContain(secret);
  });

  it("from before the agent began fills its history backwards, in any order", async () => {
    await watchAt(NOW);
    await imports(dumpOf({ limit: 1 }), NOW - 10 * MINUTE);
    await imports(dumpOf({ limit: 3 }), NOW - 5 * MINUTE);
    await imports(dumpOf({ limit: 2 }), NOW - 20 * MINUTE);
    expect(await changes()).toMatchObject([
      { from: -5, to: 0 },
      { from: -10, to: -5 },
      { from: -20, to: -10, diffs: ["plugins p2 changed config"] },
    ]);
  });

  it("between two readings says when it had changed already, and never contradicts what was read", async () => {
    await watchAt(NOW);
    admin.entities.put("services", "s1", { ...admin.entities.of("services").get("s1"), host: "new.internal" });
    await watchAt(NOW + 10 * MINUTE);
    await imports(dumpOf({ host: "new.internal" }), NOW + 4 * MINUTE);
    expect(await changes()).toMatchObject([{ from: 0, to: 4, diffs: ["services s1 changed host"] }]);
    await expect(imports(dumpOf({ limit: 1 }), NOW - 1)).resolves.toMatchObject({ entities: 12 });
    await watchAt(NOW + 20 * MINUTE);
    await expect(imports(dumpOf(), NOW + 15 * MINUTE)).rejects.toMatchObject({ code: "DUMP_CONFLICT" });
  });

  it("of some tags or without consumers leaves everything else as it was", async () => {
    await watchAt(NOW);
    const some = `_format_version: "3.0"\n_info: { select_tags: [a, b] }\n${/services:\n.*\n/.exec(dumpOf({ host: "x.internal" }))?.[0]}`;
    await imports(some.replace(", routes: ", ", x_routes: ").replace(/, x_routes.*\}\n/, " }\n"), NOW + MINUTE);
    expect((await changes())[0]?.diffs).toEqual(["services s1 changed host"]);
    const without = dumpOf({ host: "x.internal" }).replace(/consumers:\n[\s\S]*?plugins:/, "plugins:");
    expect(await imports(without, NOW + 2 * MINUTE, true)).toMatchObject({ change: null });
  });

  it("without ids gets ids that stay the same", async () => {
    const first = await imports(dumpOf(), NOW - MINUTE);
    await store.db.deleteFrom("configurations").execute();
    expect((await imports(dumpOf(), NOW)).hash).toBe(first.hash);
  });

  it.each([
    ["_format_version: [", "line 1"],
    ["services: []", "_format_version"],
    ["_format_version: '3.0'\nservices: {}", "not a list"],
    ["_format_version: '3.0'\nservices:\n- name: shop\n  url: http://a", '"shop" has no host, protocol'],
    [`_format_version: '3.0'\na: ${"[".repeat(80)}${"]".repeat(80)}`, "too deeply"],
  ])("that cannot be used is refused with the reason: %s", async (text, reason) => {
    const failure = imports(text, NOW);
    await expect(failure).rejects.toMatchObject({ code: "DUMP_INVALID", remedy: expect.stringMatching(/\w/) });
    await expect(failure).rejects.toThrow(reason);
  });

  it("says what of it is not kept", async () => {
    const extra = "rbac_roles:\n- name: admins\n";
    expect((await imports(dumpOf({ extra }), NOW)).left_out).toEqual({ rbac_roles: 1 });
  });
});
