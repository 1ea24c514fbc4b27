import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Change, Entity, GatewayDriver } from "../../../agent/src/drivers/gateway.ts";
import { createDriver } from "../../../agent/src/drivers/index.ts";
import { type EchoServer, startEchoServer } from "../../support/echo-server.ts";
import { call } from "../../support/http.ts";
import { type RunningGateway, startGateway } from "../gateway/gateway.ts";

const IDS = {
  service: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a01",
  route: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a02",
  other: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a03",
  consumer: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a04",
  key: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a05",
  password: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a06",
  logs: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a07",
  limits: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0a08",
};
const SECRET = "a key that nobody may see";

/** Values that are other values to YAML 1.1, 1.2 or JavaScript when they lose their quotes. */
const TRICKY = [
  "0o14",
  "y",
  "N",
  "2026-11-22",
  "1e3",
  "~",
  "null",
  "012",
  "1_000",
  "0x1F",
  "=",
  "12:30:45",
  "a: b # c",
];

const entities = (upstream: string) => ({
  _format_version: "3.0",
  services: [{ id: IDS.service, name: "drivers", url: upstream, tags: TRICKY }],
  routes: [
    { id: IDS.route, name: "search", service: { id: IDS.service }, paths: ["/search"], strip_path: false },
    { id: IDS.other, name: "login", service: { id: IDS.service }, paths: ["/login"], methods: ["GET", "POST"] },
  ],
  consumers: [{ id: IDS.consumer, username: "012" }],
  keyauth_credentials: [{ id: IDS.key, consumer: { id: IDS.consumer }, key: SECRET }],
  basicauth_credentials: [{ id: IDS.password, consumer: { id: IDS.consumer }, username: "012", password: "open" }],
  plugins: [
    {
      id: IDS.logs,
      name: "http-log",
      service: { id: IDS.service },
      config: { http_endpoint: "http://user:hush@127.0.0.1:9/" },
    },
    { id: IDS.limits, name: "rate-limiting", route: { id: IDS.other }, config: { minute: 100, policy: "local" } },
  ],
});

let upstream: EchoServer;
beforeAll(async () => {
  upstream = await startEchoServer();
});
afterAll(() => upstream.stop());

describe.each([
  ["with a database", true],
  ["without a database", false],
])("a gateway %s", (_name, database) => {
  let gateway: RunningGateway;
  let driver: GatewayDriver;
  const alarms: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway({ database, entities: entities(upstream.url) });
    const config = {
      GATEWAY_NAME: "e2e",
      KONG_ADMIN_URL: gateway.adminUrl,
      FEED_SECRET: "fingerprints of the tests",
      WRITE_INTERVAL_S: 0,
    };
    driver = createDriver(config, { onAlarm: (detail) => void alarms.push(detail) })!;
  });
  afterAll(() => gateway?.stop());

  const get = async (type: "routes" | "plugins" | "services", id: string) => (await driver.get(type, id)) as Entity;
  const answers = async (path: string) => (await call(`${gateway.proxyUrl}${path}`)).status;
  const block = (id: string): Change => ({
    op: "create",
    type: "plugins",
    entity: {
      id,
      name: "request-termination",
      route: { id: IDS.route },
      tags: ["threat-response", "tr:incident:i-1"],
      config: { status_code: 418, message: "0o14" },
    },
  });

  it("says what it is and what it cannot do", async () => {
    const { kind, writable, plugins, cannot } = await driver.probe();
    expect({ kind, writable }).toEqual({ kind: database ? "traditional" : "dbless", writable: true });
    expect(plugins).toContain("rate-limiting");
    expect(cannot.length).toBeGreaterThan(0);
  });

  it("is read whole, without its secrets, and twice alike", async () => {
    const first = await driver.read();
    expect(JSON.stringify(first)).not.toMatch(/nobody may see|hush|"open"/);
    expect(first.entities.services?.[0]?.tags).toEqual(TRICKY);
    expect(first.entities.keyauth_credentials?.[0]?.key).toMatch(/^tr-secret:/);
    expect((await driver.read()).hash).toBe(first.hash);
    expect((await driver.list("plugins", "threat-response")).length).toBe(0);
  });

  it("takes changes whole, has them in force when propagation is over, and gives them back without a trace", async () => {
    const before = await driver.read();
    const id = randomUUID();
    const route = await get("routes", IDS.other);
    const limits = await get("plugins", IDS.limits);
    const applied = await driver.apply([
      block(id),
      { op: "update", type: "routes", id: IDS.other, expect: route, set: { methods: ["GET"] } },
      { op: "delete", type: "plugins", id: IDS.limits, expect: limits },
    ]);
    expect(applied.map((one) => [one.before?.id ?? null, one.after?.id ?? null])).toEqual([
      [null, id],
      [IDS.other, IDS.other],
      [IDS.limits, null],
    ]);
    const probe = async () => (await answers("/search")) === 418;
    expect(await driver.awaitPropagation({ deadline_ms: 20_000, probe })).toMatchObject({ reached: true });
    expect((await get("plugins", id)).config).toMatchObject({ message: "0o14" });
    expect((await driver.list("plugins", "threat-response")).map((one) => one.id)).toEqual([id]);

    const [created, narrowed, removed] = applied;
    await driver.apply([
      { op: "create", type: "plugins", entity: removed!.before! },
      { op: "update", type: "routes", id: IDS.other, expect: narrowed!.after!, set: { methods: route.methods } },
      { op: "delete", type: "plugins", id, expect: created!.after! },
    ]);
    expect(await driver.read()).toMatchObject({ hash: before.hash });
    expect(await driver.awaitPropagation({ probe: async () => (await answers("/search")) === 200 })).toMatchObject({
      reached: true,
    });
    expect(alarms).toEqual([]);
  });

  it("keeps the secrets of what is changed beside them, and of what is copied", async () => {
    const logs = await get("plugins", IDS.logs);
    const copy = randomUUID();
    const applied = await driver.apply([
      {
        op: "update",
        type: "plugins",
        id: IDS.logs,
        expect: logs,
        set: { config: { ...(logs.config as object), timeout: 7 } },
      },
      {
        op: "create",
        type: "plugins",
        entity: { id: copy, name: "http-log", route: { id: IDS.route }, config: logs.config },
      },
    ]);
    for (const id of [IDS.logs, copy]) {
      const { json } = await call(`${gateway.adminUrl}/plugins/${id}`);
      expect(json.config).toMatchObject({ http_endpoint: "http://user:hush@127.0.0.1:9/" });
    }
    await driver.apply([
      { op: "update", type: "plugins", id: IDS.logs, expect: applied[0]!.after!, set: { config: logs.config } },
      { op: "delete", type: "plugins", id: copy, expect: applied[1]!.after! },
    ]);
    expect(await get("plugins", IDS.logs)).toMatchObject({ config: logs.config });
    expect((await call(`${gateway.adminUrl}/key-auths/${IDS.key}`)).json.key).toBe(SECRET);
  });

  it.each<[string, string, () => Change | Promise<Change>]>([
    [
      "a second plugin of a name on a scope",
      "conflict",
      () => ({
        op: "create",
        type: "plugins",
        entity: { id: randomUUID(), name: "rate-limiting", route: { id: IDS.other }, config: { minute: 1 } },
      }),
    ],
    [
      "a reference to nothing",
      "invalid",
      () => ({
        op: "create",
        type: "plugins",
        entity: { id: randomUUID(), name: "key-auth", route: { id: randomUUID() } },
      }),
    ],
    [
      "a configuration that its plugin does not take",
      "invalid",
      () => ({
        op: "create",
        type: "plugins",
        entity: { id: randomUUID(), name: "rate-limiting", config: { minutes: 1 } },
      }),
    ],
    [
      "to remove a service that has routes",
      "invalid",
      async () => ({ op: "delete", type: "services", id: IDS.service, expect: await get("services", IDS.service) }),
    ],
    [
      "an edit of what somebody changed",
      "changed",
      async () => ({
        op: "update",
        type: "routes",
        id: IDS.other,
        expect: { ...(await get("routes", IDS.other)), paths: ["/x"] },
        set: { paths: ["/y"] },
      }),
    ],
  ])("refuses %s, and with it whatever was to be done", async (_what, code, change) => {
    const before = await driver.read();
    await expect(driver.apply([block(randomUUID()), await change()])).rejects.toMatchObject({ code });
    expect(await driver.read()).toEqual(before);
  });
});
