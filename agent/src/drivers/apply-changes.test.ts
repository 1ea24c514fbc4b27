import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, FAULTS, startAdminServer } from "../../../test/support/admin-server.ts";
import { createAdminApiDriver, type DriverOptions } from "./admin-api.ts";
import { createAdminClient } from "./admin-client.ts";
import type { Change, Configuration, Entity, GatewayDriver } from "./gateway.ts";

let admin: AdminServer;
let driver: GatewayDriver;

const open = (options: DriverOptions = {}) =>
  createAdminApiDriver(createAdminClient({ url: admin.url, timeout_ms: 60, backoff_ms: 1, retries: 1 }), {
    fingerprintKey: "a key of the tests",
    patience: { tries: 2, backoff_ms: 1 },
    ...options,
  });

beforeEach(async () => {
  admin = await startAdminServer();
  seed();
  driver = open();
});
afterEach(() => admin.close());

function seed(): void {
  const put = (name: string, id: string, fields: object) => admin.entities.put(name, id, { ...fields });
  put("services", "s-1", { name: "shop", host: "shop.internal" });
  put("routes", "r-1", { name: "search", service: { id: "s-1" }, methods: ["GET", "POST"], tags: ["team-a"] });
  put("routes", "r-2", { name: "login", service: { id: "s-1" }, paths: ["/login"] });
  put("plugins", "p-1", { name: "rate-limiting", route: { id: "r-1" }, config: { minute: 100, policy: "local" } });
  put("plugins", "p-2", {
    name: "http-log",
    config: { http_endpoint: "http://u:secret@logs.internal/", timeout: 1000 },
  });
}

const one = async (type: "routes" | "plugins" | "services", id: string) => (await driver.get(type, id)) as Entity;
const state = async (): Promise<Configuration> => open().read();
const writes = () => admin.requests.filter((line) => /^(PUT|PATCH|DELETE)/.test(line));

/** Creates a plugin, narrows a route, removes a plugin. */
async function threeChanges(): Promise<Change[]> {
  return [
    {
      op: "create",
      type: "plugins",
      entity: { id: "n-1", name: "rate-limiting", route: { id: "r-2" }, config: { minute: 5 } },
    },
    { op: "update", type: "routes", id: "r-1", expect: await one("routes", "r-1"), set: { methods: ["GET"] } },
    { op: "delete", type: "plugins", id: "p-1", expect: await one("plugins", "p-1") },
  ];
}

describe("changes", () => {
  it("are written in order and told with images of before and after", async () => {
    const before = await state();
    const seen: string[] = [];
    const applied = await driver.apply(await threeChanges(), {
      beforeWrite: async (change, image) => void seen.push(`${change.op} ${image?.id ?? "nothing"} ${writes().length}`),
    });
    expect(seen).toEqual(["create nothing 0", "update r-1 1", "delete p-1 2"]);
    expect(writes()).toEqual(["PUT /plugins/n-1", "PATCH /routes/r-1", "DELETE /plugins/p-1"]);
    expect(applied.map(({ before: was, after }) => [was?.id, after?.id])).toEqual([
      [undefined, "n-1"],
      ["r-1", "r-1"],
      ["p-1", undefined],
    ]);
    expect(await one("routes", "r-1")).toMatchObject({ methods: ["GET"], name: "search", tags: ["team-a"] });
    expect((await state()).hash).not.toBe(before.hash);
  });

  it("keep the time an entity was made, and whatever they do not name", async () => {
    const before = await one("plugins", "p-2");
    await driver.apply([
      {
        op: "update",
        type: "plugins",
        id: "p-2",
        expect: before,
        set: { config: { ...(before.config as object), timeout: 1 } },
      },
    ]);
    expect(admin.plugins.get("p-2")).toMatchObject({
      created_at: before.created_at,
      config: { http_endpoint: "http://u:secret@logs.internal/", timeout: 1 },
    });
  });

  it("that are there already count as applied, and nothing is written", async () => {
    const changes = await threeChanges();
    const first = await driver.apply(changes);
    const before = writes().length;
    const again = await driver.apply(changes);
    expect(writes()).toHaveLength(before);
    expect(again.map(({ after }) => after?.id)).toEqual(first.map(({ after }) => after?.id));
  });

  it("may build on each other", async () => {
    const made: Entity = { id: "u-1", name: "spare", tags: null };
    await driver.apply([
      { op: "create", type: "upstreams", entity: made },
      { op: "create", type: "targets", entity: { id: "t-1", upstream: { id: "u-1" }, target: "10.0.0.1:80" } },
      { op: "update", type: "upstreams", id: "u-1", expect: made, set: { tags: ["x"] } },
    ]);
    expect(await driver.get("targets", "t-1")).toMatchObject({ target: "10.0.0.1:80", upstream: { id: "u-1" } });
    expect(await driver.get("upstreams", "u-1")).toMatchObject({ name: "spare", tags: ["x"] });
  });

  it("are planned on what is there when they are made from a function", async () => {
    await driver.apply((configuration) =>
      (configuration.entities.plugins ?? [])
        .filter((plugin) => plugin.name === "rate-limiting")
        .map((plugin) => ({ op: "delete", type: "plugins", id: plugin.id, expect: plugin })),
    );
    expect([...admin.plugins.keys()]).toEqual(["p-2"]);
  });
});

describe("what cannot be done is refused before anything is written:", () => {
  const create = (entity: Entity): Change => ({ op: "create", type: "plugins", entity });
  const last: [string, string, () => Promise<Change> | Change][] = [
    [
      "a second plugin of a name on a scope",
      "conflict",
      () => create({ id: "n-2", name: "rate-limiting", route: { id: "r-1" } }),
    ],
    ["a reference to nothing", "invalid", () => create({ id: "n-2", name: "acl", route: { id: "gone" } })],
    [
      "removing what something else needs",
      "invalid",
      async () => ({ op: "delete", type: "services", id: "s-1", expect: await one("services", "s-1") }),
    ],
    [
      "an entity that was edited since",
      "changed",
      async () => ({
        op: "update",
        type: "routes",
        id: "r-2",
        expect: { ...(await one("routes", "r-2")), paths: ["/"] },
        set: {},
      }),
    ],
    [
      "one that is gone",
      "changed",
      () => ({ op: "update", type: "routes", id: "gone", expect: { id: "gone" }, set: { paths: ["/"] } }),
    ],
    ["an id that is another's", "changed", () => create({ id: "p-2", name: "acl" })],
    ["a secret nobody has", "sealed", () => create({ id: "n-2", name: "acl", config: { token: "tr-secret:unknown" } })],
    ["what the gateway finds invalid", "invalid", () => create({ id: "n-2", name: "acl", config: { wrong: 1 } })],
  ];
  it.each(last)("%s", async (_what, code, change) => {
    admin.validate = (_type, entity) => ((entity.config as { wrong?: 1 } | undefined)?.wrong ? "no such field" : null);
    const before = await state();
    const changes = [...(await threeChanges()).slice(0, 2), await change()];
    await expect(driver.apply(changes)).rejects.toMatchObject({ code, remedy: expect.stringMatching(/\.$/) });
    expect(writes()).toEqual([]);
    expect(await state()).toEqual(before);
  });

  it("what decK manages, but not something new beside it", async () => {
    driver = open({ selectTags: ["team-a"] });
    const [createIt, ...others] = await threeChanges();
    await expect(driver.apply(others)).rejects.toMatchObject({ code: "managed" });
    await driver.apply([createIt as Change]);
    expect(writes()).toEqual(["PUT /plugins/n-1"]);
  });
});

describe("a refusal between two writes", () => {
  it("by who may stop it takes back what was written", async () => {
    const before = await state();
    let asked = 0;
    const mayWrite = async () => (++asked > 2 ? "the kill switch is on" : null);
    await expect(driver.apply(await threeChanges(), { mayWrite })).rejects.toMatchObject({
      code: "stopped",
      message: "the kill switch is on",
    });
    expect((await state()).hash).toBe(before.hash);
    expect(writes()).toHaveLength(4);
  });

  it("because its image could not be kept does, too", async () => {
    const before = await state();
    const beforeWrite = async (change: Change) => {
      if (change.op === "delete") throw new Error("no database");
    };
    await expect(driver.apply(await threeChanges(), { beforeWrite })).rejects.toThrow("no database");
    expect((await state()).hash).toBe(before.hash);
  });
});

const HOW_LONG = { once: 1, "as long as that call is tried": 6 };

describe("whatever happens to one of the calls, it is before or after", () => {
  /** The requests of an undisturbed run; the n-th of them is disturbed. */
  async function callsOfApply(): Promise<number> {
    const changes = await threeChanges();
    const start = admin.requests.length;
    await driver.apply(changes);
    return admin.requests.length - start;
  }

  async function expectBeforeOrAfter(before: string, after: string, outcome: Promise<unknown>): Promise<void> {
    const failed = await outcome.then(
      () => null,
      (error: Error & { code?: string }) => error,
    );
    admin.behave();
    const { hash } = await state();
    expect(failed?.code).not.toBe("partial");
    expect(hash).toBe(failed === null ? after : before);
  }

  const cases = Object.keys(FAULTS).flatMap((fault) => Object.keys(HOW_LONG).map((long) => [fault, long] as const));
  it.each(cases)("%s, %s", async (fault, long) => {
    const before = (await state()).hash;
    const calls = await callsOfApply();
    const after = (await state()).hash;
    for (let n = 0; n < calls; n++) {
      await admin.close();
      admin = await startAdminServer();
      seed();
      driver = open();
      const changes = await threeChanges();
      admin.misbehave({ skip: n, times: HOW_LONG[long as keyof typeof HOW_LONG], sameLine: true, how: FAULTS[fault]! });
      await expectBeforeOrAfter(before, after, driver.apply(changes));
    }
  });
});

describe("somebody who edits the same in the same moment", () => {
  it("right before we compare, loses nothing", async () => {
    const changes = await threeChanges();
    const before = await state();
    let done = false;
    admin.meanwhile = (request) => {
      if (done || request !== "GET /routes/r-1" || writes().length === 0) return;
      done = true;
      admin.entities.put("routes", "r-1", { ...admin.routes.get("r-1"), hosts: ["their.example"] });
    };
    await expect(driver.apply(changes)).rejects.toMatchObject({ code: "changed" });
    expect(admin.routes.get("r-1")).toMatchObject({ hosts: ["their.example"], methods: ["GET", "POST"] });
    admin.entities.put("routes", "r-1", { ...admin.routes.get("r-1"), hosts: undefined });
    expect((await state()).hash).toBe(before.hash);
  });

  const limit = { minute: 100, policy: "local" };
  it.each([
    ["routes", "r-1", { methods: ["GET"] }, { hosts: ["their.example"] }, ["hosts"]],
    ["plugins", "p-1", { config: { ...limit, minute: 5 } }, { config: { ...limit, hour: 9 } }, ["config.hour"]],
    ["services", "s-1", { enabled: false }, { port: 8443, tags: ["theirs"] }, ["port", "tags"]],
  ] as const)(
    "between our comparing and our writing, loses nothing, and it is told (%s)",
    async (type, id, set, theirs, meanwhile) => {
      const expect_ = await one(type, id);
      const edit = () => admin.entities.put(type, id, { ...admin.entities.of(type).get(id), ...theirs });
      for (const how of [null, "answer lost"] as const) {
        seed();
        let isDone = false;
        admin.meanwhile = (request) => {
          if (!isDone && request === `PATCH /${type}/${id}`) isDone = edit()[0] === 200;
        };
        if (how !== null) admin.misbehave({ on: "PATCH", times: 1, how });
        const [applied] = await driver.apply([{ op: "update", type, id, expect: expect_, set }]);
        expect([...(applied?.meanwhile ?? [])].sort()).toEqual(meanwhile);
        const both = "config" in set ? { config: { ...limit, minute: 5, hour: 9 } } : { ...theirs, ...set };
        expect(admin.entities.of(type).get(id)).toMatchObject(both);
      }
    },
  );

  it("beside what we set keeps the edit when our changes are taken back", async () => {
    const changes = await threeChanges();
    const { hash } = await state();
    admin.meanwhile = (request) => {
      if (request !== "DELETE /plugins/p-1") return;
      admin.entities.put("routes", "r-1", { ...admin.routes.get("r-1"), hosts: ["their.example"] });
    };
    admin.misbehave({ on: "DELETE /plugins/p-1", times: 9, how: { status: 400 } });
    await expect(driver.apply(changes)).rejects.toMatchObject({ code: "invalid" });
    expect(admin.routes.get("r-1")).toMatchObject({ hosts: ["their.example"] });
    admin.entities.put("routes", "r-1", { ...admin.routes.get("r-1"), hosts: undefined });
    expect((await state()).hash).toBe(hash);
  });

  it("of what we set is left alone when our changes are taken back, and the operator is told what remains", async () => {
    const changes = await threeChanges();
    admin.meanwhile = (request) => {
      if (request !== "DELETE /plugins/p-1") return;
      admin.entities.put("routes", "r-1", { ...admin.routes.get("r-1"), methods: ["PUT"] });
    };
    admin.misbehave({ on: "DELETE /plugins/p-1", times: 9, how: { status: 400 } });
    const failed = driver.apply(changes);
    await expect(failed).rejects.toMatchObject({
      code: "partial",
      left: [expect.stringContaining("routes r-1 (search)")],
    });
    expect(admin.routes.get("r-1")).toMatchObject({ methods: ["PUT"] });
    expect(admin.plugins.has("n-1")).toBe(false);
    expect(admin.plugins.has("p-1")).toBe(true);
  });

  it("who edits what we could not write for sure keeps the edit", async () => {
    const changes = await threeChanges();
    admin.misbehave({ on: "PATCH /routes/r-1", times: 1, how: "reset" });
    admin.meanwhile = (request) => {
      if (request !== "PATCH /routes/r-1") return;
      admin.entities.put("routes", "r-1", { ...admin.routes.get("r-1"), methods: ["PATCH"] });
    };
    await expect(driver.apply(changes)).rejects.toMatchObject({ code: "changed" });
    expect(admin.routes.get("r-1")).toMatchObject({ methods: ["PATCH"] });
    expect(admin.plugins.has("n-1")).toBe(false);
  });
});

describe("a gateway that goes away in the middle", () => {
  it("leaves a list of what has to be put back by hand", async () => {
    const changes = await threeChanges();
    admin.meanwhile = (request) => {
      if (request === "DELETE /plugins/p-1") admin.misbehave({ times: 1_000, how: { status: 500 } });
    };
    await expect(driver.apply(changes)).rejects.toMatchObject({
      code: "partial",
      left: [
        expect.stringContaining("put plugins p-1 (rate-limiting) back"),
        expect.stringContaining("put routes r-1 (search) back"),
        expect.stringContaining("remove plugins n-1"),
      ],
    });
  });
});
