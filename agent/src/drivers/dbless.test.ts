import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { type AdminServer, type Misbehaviour, startAdminServer } from "../../../test/support/admin-server.ts";
import { createAdminClient } from "./admin-client.ts";
import { createDblessDriver } from "./dbless.ts";
import { type Edit, editDocument } from "./document.ts";
import type { Change, Entity } from "./gateway.ts";

let admin: AdminServer;
let alarms: string[];

/** Only where it is meant to lose patience does it have little. */
const driver = (timeout_ms = 5_000) =>
  createDblessDriver(createAdminClient({ url: admin.url, timeout_ms, backoff_ms: 1, retries: 1 }), {
    fingerprintKey: "a key of the tests",
    patience: { tries: 2, backoff_ms: 1 },
    onAlarm: (detail) => void alarms.push(detail),
    look_every_ms: 1,
  });

beforeEach(async () => {
  alarms = [];
  await start();
});
afterEach(() => admin.close());

async function start(): Promise<void> {
  admin = await startAdminServer();
  admin.settings.database = "off";
  admin.entities.put("services", "s-1", { name: "shop" });
  admin.entities.put("routes", "r-1", { name: "search", service: { id: "s-1" }, methods: ["GET", "POST"] });
  admin.entities.put("consumers", "c-1", { username: "one" });
  admin.entities.put("basic-auths", "b-1", { consumer: { id: "c-1" }, username: "one", password: "a hash" });
  admin.entities.put("plugins", "p-1", { name: "key-auth", service: { id: "s-1" } });
}

const one = async (type: "routes" | "plugins", id: string) => (await driver().get(type, id)) as Entity;
const posts = () => admin.requests.filter((line) => line === "POST /config").length;

async function changes(): Promise<Change[]> {
  return [
    {
      op: "create",
      type: "plugins",
      entity: { id: "n-1", name: "rate-limiting", route: { id: "r-1" }, config: { minute: 5 } },
    },
    { op: "update", type: "routes", id: "r-1", expect: await one("routes", "r-1"), set: { methods: ["GET"] } },
    { op: "delete", type: "plugins", id: "p-1", expect: await one("plugins", "p-1") },
  ];
}

describe("a gateway without a database", () => {
  it("gets all changes in one document, and keeps the rest as it is", async () => {
    const applied = await driver().apply(await changes());
    expect(posts()).toBe(1);
    expect(applied.map(({ before, after }) => [before?.id, after?.id])).toEqual([
      [undefined, "n-1"],
      ["r-1", "r-1"],
      ["p-1", undefined],
    ]);
    expect(admin.routes.get("r-1")).toMatchObject({ methods: ["GET"], name: "search", service: { id: "s-1" } });
    expect(admin.entities.of("basic-auths").get("b-1")).toMatchObject({ password: "a hash" });
    expect([...admin.plugins.keys()]).toEqual(["n-1"]);
    expect(await driver().awaitPropagation()).toMatchObject({ reached: true });
  });

  it("says before it posts what stands in the way, for Kong would not", async () => {
    const second: Change = {
      op: "create",
      type: "plugins",
      entity: { id: "n-2", name: "key-auth", service: { id: "s-1" } },
    };
    await expect(driver().apply([second])).rejects.toMatchObject({ code: "conflict" });
    const stopped = driver().apply(await changes(), { mayWrite: async () => "the kill switch is on" });
    await expect(stopped).rejects.toMatchObject({ code: "stopped" });
    expect(posts()).toBe(0);
  });

  it("loses neither its change nor another writer's, who posts in between", async () => {
    const planned = await changes();
    let times = 0;
    admin.meanwhile = (line) => {
      if (line !== "GET /config" || times++ > 1) return;
      const text = admin.document.text().replace("_transform: false", `_transform: false\n_comment: edit ${times}`);
      const { entities, document } = admin;
      document.post(text);
      entities.of("consumers").set(`c-${times + 1}`, { id: `c-${times + 1}`, username: `new ${times}` });
    };
    await driver().apply(planned);
    expect([...admin.entities.of("consumers").keys()]).toEqual(["c-1", "c-2", "c-3"]);
    expect(admin.plugins.has("n-1")).toBe(true);
  });

  it("tells when another writer's document took the place of its own, and posts again", async () => {
    const before = admin.document.text();
    let done = false;
    admin.meanwhile = (line) => {
      if (done || posts() === 0 || line !== "GET /status") return;
      done = true;
      admin.document.post(`${before}\n# theirs`);
    };
    await driver().apply(await changes());
    expect(admin.plugins.has("n-1")).toBe(true);
    expect(alarms).toEqual([expect.stringContaining("somebody else posted")]);
  });

  it("waits as long as the gateway says while it loads another document", async () => {
    admin.misbehave({ on: "POST /config", times: 2, how: { status: 429, headers: { "retry-after": "0" } } });
    await driver().apply(await changes());
    expect(posts()).toBe(3);
  });

  it("raises the alarm when the node goes on with the configuration from before", async () => {
    const opened = driver();
    const { hash } = admin.document;
    await opened.apply(await changes());
    admin.document.hash = hash;
    expect(await opened.awaitPropagation({ deadline_ms: 5 })).toMatchObject({ reached: false });
    expect(alarms).toHaveLength(1);
  });
});

const FAULTS: Record<string, Misbehaviour["how"]> = {
  "an error": { status: 500 },
  "a refusal": { status: 400 },
  silence: "hang",
  "a cut connection": "reset",
  "half an answer": "truncate",
  "a lost answer": "answer lost",
  "silence after doing it": "done, then silence",
};

describe("whatever happens to one of the calls, it is before or after", () => {
  const cases = Object.keys(FAULTS).flatMap((fault) => [1, 30].map((times) => [fault, times] as const));
  it.each(cases)(
    "%s, %i times",
    async (fault, times) => {
      const before = (await driver().read()).hash;
      const start_at = admin.requests.length;
      const planned = await changes();
      const calls_at = admin.requests.length;
      await driver().apply(planned);
      const after = (await driver().read()).hash;
      const calls = admin.requests.length - calls_at;
      expect(calls_at).toBeGreaterThan(start_at);
      for (let n = 0; n < calls; n++) {
        await admin.close();
        await start();
        const again = await changes();
        admin.misbehave({ skip: n, times, sameLine: true, how: FAULTS[fault]! });
        const failed = await driver(60)
          .apply(again)
          .then(
            () => null,
            (error: { code?: string }) => error,
          );
        admin.behave();
        const { hash } = await driver().read();
        if (failed === null) expect(hash).toBe(after);
        else expect([before, after]).toContain(hash);
      }
    },
    60_000,
  );
});

describe("a document that is edited", () => {
  const text = `_format_version: '3.0'
services:
- id: a
  name: "012" # kept
  tags: [0o14, y, N, 2026-11-22, 1_000, '~']
  path: >-
    /a
- {id: b, name: b}
plugins:
- id: p
  service: a
`;

  it("keeps every other byte", () => {
    const edited = editDocument(text, [{ type: "plugins", id: "p", wanted: null }]);
    expect(edited).toBe(text.slice(0, text.indexOf("plugins:")));
  });

  it("has new values in quotes, and references as ids", () => {
    const edited = editDocument(text, [
      {
        type: "plugins",
        id: "n",
        wanted: { id: "n", name: "0o14", service: { id: "b" }, config: { list: [], on: true } },
      },
      { type: "services", id: "a", wanted: { id: "a", tags: ["y"] }, fields: ["tags"] },
    ]);
    expect(edited).toContain('"name": "0o14"');
    expect(edited).toContain('"service": "b"');
    expect(edited).toContain('"list": []');
    expect(edited).toContain('name: "012" # kept');
    expect(edited).not.toContain("2026-11-22");
  });

  const kongs = `_format_version: '3.0'
services:
- id: a
  name: one
- host: b.internal
  id: "b"
  tags:
  - id: a
routes:
- id: r
  paths:
  - /
_transform: false
# a remark
`;
  const wanted = { id: "n", name: "0o14", service: { id: "b" } };

  it.each<[string, Edit, (text: string) => string]>([
    [
      "a removed entry",
      { type: "services", id: "a", wanted: null },
      (text) => text.replace("- id: a\n  name: one\n", ""),
    ],
    ["the last of a list", { type: "routes", id: "r", wanted: null }, (text) => text.replace(/routes:[^_]*/, "")],
    ["one that is not there", { type: "plugins", id: "p", wanted: null }, (text) => text],
    [
      "a list that is new",
      { type: "plugins", id: "n", wanted },
      (text) => `${text}plugins:\n- "id": "n"\n  "name": "0o14"\n  "service": "b"\n`,
    ],
    [
      "a field behind another's id",
      { type: "services", id: "b", wanted: { id: "b", host: "c.internal" }, fields: ["host"] },
      (text) => text.replace("host: b.internal", 'host: "c.internal"'),
    ],
  ])("is changed where it is edited and nowhere else: %s", (_what, edit, expected) => {
    expect(editDocument(kongs, [edit])).toBe(expected(kongs));
  });

  it("is edited alike whether an entry or the whole of it is parsed", () => {
    const edits: Edit[] = [
      { type: "services", id: "b", wanted: { id: "b", host: "c", tags: ["y"] }, fields: ["host", "tags"] },
      { type: "routes", id: "n", wanted: { ...wanted, paths: ["/a"] } },
      { type: "routes", id: "r", wanted: null },
      { type: "plugins", id: "n", wanted: { ...wanted, config: { list: [], lua: "one\ntwo" } } },
      { type: "plugins", id: "n", wanted: { ...wanted, name: "other" }, fields: ["name"] },
      { type: "services", id: "a", wanted: null },
    ];
    // Kong does not write its names in quotes.
    const quoted = kongs.replace("services:", '"services":').replace("routes:", '"routes":');
    expect(parseYaml(editDocument(kongs, edits))).toEqual(parseYaml(editDocument(quoted, edits)));
    expect(parseYaml(editDocument(kongs, edits)).plugins).toHaveLength(1);
  });

  it("that is none is refused", () => {
    const none: Edit = { type: "plugins", id: "p", wanted: null };
    expect(() => editDocument("a: [", [none])).toThrow("cannot be read");
    expect(() => editDocument("just text", [none])).toThrow("cannot be read");
  });
});
