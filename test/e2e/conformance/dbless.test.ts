import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { eventually } from "../../support/eventually.ts";
import { Fixture, startFixture } from "./fixture.ts";

const EMPTY_HASH = "0".repeat(32);
const ID = (n: number) => `6f1a5a30-7d2c-5b51-8a53-33333333333${n}`;

describe("without a database", () => {
  let kong: Fixture;

  const document = (extra: object = {}) => ({
    _format_version: "3.0",
    services: [
      {
        id: ID(1),
        name: "up",
        host: "127.0.0.1",
        port: kong.upstream.port,
        tags: ["kept"],
        routes: [{ id: ID(2), name: "up", paths: ["/up"] }],
      },
    ],
    ...extra,
  });

  const post = (body: object | string, query = "") => kong.admin("POST", `/config${query}`, body as object);

  beforeAll(async () => {
    kong = await startFixture({ database: false });
  });

  afterAll(() => kong?.stop());

  describe("at the start", () => {
    it("has an empty hash and an empty configuration", async () => {
      expect((await kong.admin("GET", "/status")).json.configuration_hash).toBe(EMPTY_HASH);
      expect((await kong.admin("GET", "/services")).json.data).toEqual([]);
      expect((await kong.admin("GET", "/")).json.configuration.database).toBe("off");
    });
  });

  describe("with a document", () => {
    beforeEach(async () => {
      expect((await post(document())).status).toBe(201);
      await kong.untilStatus("/up", 200);
    });

    const limit = { name: "rate-limiting", config: { minute: 1 } };

    it.each([
      ["POST", "/services", { host: "h" }, "cannot create 'services' entities"],
      ["PUT", `/plugins/${ID(3)}`, limit, "cannot create or update 'plugins' entities"],
      ["PUT", "/services/new", { host: "h" }, "cannot create or update 'services' entities by 'name'"],
      ["PATCH", "/services/up", { host: "h" }, "cannot update 'services' entities by 'name'"],
      ["DELETE", "/services/up", undefined, "cannot remove 'services' entities by 'name'"],
      ["DELETE", `/services/${ID(1)}`, undefined, "cannot remove 'services' entities"],
      ["POST", "/routes/up/plugins", limit, "cannot create 'plugins' entities"],
    ])("refuses %s %s with 405", async (method, path, body, message) => {
      const { status, json } = await kong.admin(method, path, body);
      expect(status).toBe(405);
      expect(json).toEqual({
        code: 12,
        name: "operation unsupported",
        message: `${message} when not using a database`,
      });
    });

    it("checks what it then refuses: an invalid entity gets 400", async () => {
      expect((await kong.admin("POST", "/services", { host: "h", colour: "red" })).status).toBe(400);
    });

    it("gives the same ids to the same document", async () => {
      const same = document({ plugins: [limit], consumers: [{ username: "c" }] });
      const ids = async () => {
        const { json } = await post(same);
        return [...Object.keys(json.plugins), ...Object.keys(json.consumers)];
      };
      expect(await ids()).toEqual(await ids());
    });

    it("fails to list plugins by tag while one has none", async () => {
      await post(document({ plugins: [limit, { name: "request-size-limiting", tags: ["t"] }] }));
      expect((await kong.admin("GET", "/plugins?tags=t")).status).toBe(500);
      await post(document({ plugins: [{ name: "request-size-limiting", tags: ["t"] }] }));
      expect((await kong.admin("GET", "/plugins?tags=t")).json.data).toHaveLength(1);
    });

    it("answers a document with all entities by their ids", async () => {
      const { json } = await post(document({ plugins: [{ id: ID(4), name: "rate-limiting", config: { minute: 5 } }] }));
      expect(json.services[ID(1)]).toMatchObject({ name: "up", tags: ["kept"], retries: 5 });
      expect(json.routes[ID(2)].service).toEqual({ id: ID(1) });
      expect(json.plugins[ID(4)].config).toMatchObject({ minute: 5, policy: "local" });
    });

    it("reads entities as with a database", async () => {
      const { status, json } = await kong.admin("GET", "/services/up");
      expect(status).toBe(200);
      expect(json.id).toBe(ID(1));
      expect((await kong.admin("GET", "/services/up/routes")).json.data).toHaveLength(1);
      expect((await kong.admin("GET", "/services?tags=kept")).json.data).toHaveLength(1);
    });

    it("hashes the text of a document given as a string, and skips the same text with check_hash", async () => {
      const config = JSON.stringify(document({ consumers: [{ username: "hashed" }] }));
      expect((await post({ config }, "?check_hash=1")).status).toBe(201);
      const hash = createHash("md5").update(config).digest("hex");
      await eventually(async () => expect((await kong.admin("GET", "/status")).json.configuration_hash).toBe(hash));
      expect((await post({ config }, "?check_hash=1")).status).toBe(304);
      expect((await post({ config: `${config} ` }, "?check_hash=1")).status).toBe(201);
    });

    it("replaces everything with each document: of two writers the later one wins", async () => {
      await post(document({ consumers: [{ username: "first" }] }));
      await post(document({ consumers: [{ username: "second" }] }));
      const { data } = (await kong.admin("GET", "/consumers")).json;
      expect(data.map(({ username }: { username: string }) => username)).toEqual(["second"]);
    });

    it("gives the configuration back as text that can be posted again, with ids, tags and password hashes", async () => {
      const consumers = [{ username: "alice", basicauth_credentials: [{ username: "al", password: "s3cret" }] }];
      const plugins = [{ name: "basic-auth", route: "up", tags: ["t:1"] }];
      await post(document({ consumers, plugins }));
      const { json } = await kong.admin("GET", "/config");
      const exported = parse(json.config);
      expect(exported._transform).toBe(false);
      expect(exported.services[0]).toMatchObject({ id: ID(1), tags: ["kept"] });
      expect((await post({ config: json.config })).status).toBe(201);
      const again = parse((await kong.admin("GET", "/config")).json.config);
      expect(again.basicauth_credentials[0].password).toBe(exported.basicauth_credentials[0].password);
      expect(again.plugins[0]).toMatchObject({ id: exported.plugins[0].id, tags: ["t:1"], route: ID(2) });
      const authorization = `Basic ${Buffer.from("al:s3cret").toString("base64")}`;
      await eventually(async () => {
        expect((await kong.proxy("/up")).status).toBe(401);
        expect((await kong.proxy("/up", { headers: { authorization } })).status).toBe(200);
      });
    });

    it.each([
      ["no version", { services: [] }, undefined],
      ["an unknown version", { _format_version: "0.5" }, { _format_version: expect.stringContaining("3.0") }],
      ["an unknown kind", { _format_version: "3.0", mistakes: [] }, { mistakes: "unknown field" }],
      [
        "an invalid entity",
        { _format_version: "3.0", services: [{ name: "bad", host: "h", port: 99999 }] },
        { services: [{ port: "value should be between 0 and 65535" }] },
      ],
      [
        "an invalid plugin in a route",
        {
          _format_version: "3.0",
          services: [
            {
              name: "s",
              host: "h",
              routes: [
                {
                  name: "r",
                  paths: ["/"],
                  plugins: [{ name: "rate-limiting", config: { limit_by: "moon", minute: 1 } }],
                },
              ],
            },
          ],
        },
        {
          services: [{ routes: [{ plugins: [{ config: { limit_by: expect.stringMatching(/^expected one of/) } }] }] }],
        },
      ],
    ])("refuses %s with 400 and changes nothing", async (_what, body, fields) => {
      const { status, json } = await post(body);
      expect(status).toBe(400);
      if (fields) {
        expect(json).toMatchObject({ code: 14, name: "invalid declarative configuration" });
        expect(json.fields).toEqual(fields);
      }
      expect((await kong.admin("GET", "/services/up")).status).toBe(200);
      expect((await kong.proxy("/up")).status).toBe(200);
    });

    it("accepts two plugins of one name on one scope, of which one wins", async () => {
      const end = (n: number) => ({
        id: ID(n),
        name: "request-termination",
        route: "up",
        config: { status_code: 400 + n },
      });
      expect((await post(document({ plugins: [end(4), end(5)] }))).status).toBe(201);
      await eventually(async () => expect([404, 405]).toContain((await kong.proxy("/up")).status));
    });

    it("validates plugins although it cannot store them", async () => {
      const good = await kong.admin("POST", "/schemas/plugins/validate", {
        name: "rate-limiting",
        config: { minute: 1 },
      });
      expect(good.status).toBe(200);
    });

    it("keeps what was posted over a reload when there is no file", async () => {
      await kong.gateway.reload();
      await kong.untilStatus("/up", 200);
      expect((await kong.admin("GET", "/services/up")).status).toBe(200);
    });
  });
});

describe("without a database, started from a file", () => {
  let kong: Fixture;

  beforeAll(async () => {
    const route = {
      name: "file",
      paths: ["/file"],
      plugins: [{ name: "request-termination", config: { status_code: 418 } }],
    };
    kong = await startFixture({ database: false, entities: { _format_version: "3.0", routes: [route] } });
  });

  afterAll(() => kong?.stop());

  it("serves the file, and again after a reload that drops what was posted", async () => {
    await kong.untilStatus("/file", 418);
    const routes = [Fixture.settledRoute("posted")];
    expect((await kong.admin("POST", "/config", { _format_version: "3.0", routes })).status).toBe(201);
    await kong.untilEveryWorkerTells("/posted");
    expect((await kong.proxy("/file")).status).toBe(404);
    await kong.gateway.reload();
    await kong.untilStatus("/file", 418);
    expect((await kong.proxy("/posted")).status).toBe(404);
  });
});
