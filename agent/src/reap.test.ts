import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AdminServer, startAdminServer } from "../../test/support/admin-server.ts";
import { HOSTILE_STRINGS, harmIn } from "../../test/support/hostile-strings.ts";
import { ownerTags } from "./drivers/tags.ts";
import { reap } from "./reap.ts";

let admin: AdminServer;
const now = 1_763_800_000_000;
const gateway = () => ({ GATEWAY_NAME: "test", KONG_ADMIN_URL: admin.url });

beforeEach(async () => {
  admin = await startAdminServer();
  const put = (id: string, tags: string[] | null) => admin.plugins.set(id, { id, name: "rate-limiting", tags });
  put("expired", ownerTags("i-1", now - 1_000));
  put("running", ownerTags("i-2", now + 60_000));
  put("endless", ["threat-response"]);
  put("theirs", ["tr:expires:1"]);
  put("untagged", null);
});
afterEach(() => admin.close());

describe("reap", () => {
  it("removes what is ours and expired, by tags alone, and nothing else", async () => {
    const lines: string[] = [];
    const result = await reap({ gateway: gateway(), now, log: (line) => void lines.push(line) });
    expect(result).toEqual({ removed: ["expired"], restored: [], kept: ["running", "endless"], failed: [] });
    expect([...admin.plugins.keys()]).toEqual(["running", "endless", "theirs", "untagged"]);
    expect(lines.at(-1)).toBe("1 removed, 0 restored, 2 kept, 0 failed");
  });

  it("does the same where filtering by tag fails", async () => {
    admin.settings.tagFilterFails = true;
    expect((await reap({ gateway: gateway(), now })).removed).toEqual(["expired"]);
    expect(admin.plugins.has("untagged")).toBe(true);
  });

  it("only tells what it would do in a dry run", async () => {
    expect((await reap({ gateway: gateway(), now, dryRun: true })).removed).toEqual(["expired"]);
    expect(admin.plugins.size).toBe(5);
  });

  it("goes on when one cannot be removed, and says which", async () => {
    const more = ["second", "third"];
    for (const id of more) admin.plugins.set(id, { id, name: "rate-limiting", tags: ownerTags("i-3", now - 1) });
    admin.misbehave({ on: "DELETE /plugins/second", times: 9, how: { status: 400 } });
    const result = await reap({ gateway: gateway(), now });
    expect(result).toMatchObject({ removed: ["expired", "third"], failed: ["second"] });
  });

  it("posts one document for all where there is no database, however many there are", async () => {
    admin.settings.database = "off";
    for (let i = 0; i < 20; i++)
      admin.plugins.set(`p-${i}`, {
        id: `p-${i}`,
        name: "cors",
        tags: ownerTags("i-3", now - 1),
        route: { id: `r-${i}` },
      });
    for (let i = 0; i < 20; i++) admin.routes.set(`r-${i}`, { id: `r-${i}`, paths: [`/${i}`] });
    expect((await reap({ gateway: gateway(), now })).removed).toHaveLength(21);
    expect(admin.requests.filter((line) => line === "POST /config")).toHaveLength(1);
  });

  it("removes entities of every type, those first that refer to others", async () => {
    const tags = ownerTags("i-4", now - 1_000);
    admin.plugins.clear();
    const put = (name: string, id: string, fields: object) => admin.entities.put(name, id, { ...fields, tags });
    put("services", "s-1", { name: "fallback" });
    put("routes", "r-1", { name: "overlay", service: { id: "s-1" } });
    put("upstreams", "u-1", { name: "spare" });
    put("targets", "t-1", { upstream: { id: "u-1" }, target: "10.0.0.1:80" });
    put("consumers", "c-1", { username: "one" });
    put("key-auths", "k-1", { consumer: { id: "c-1" }, key: "a" });
    put("acls", "a-1", { consumer: { id: "c-1" }, group: "blocked" });
    put("plugins", "p-1", { name: "key-auth", route: { id: "r-1" } });
    expect(await reap({ gateway: gateway(), now })).toMatchObject({ kept: [], failed: [] });
    expect([...admin.entities.collections.values()].flatMap((entities) => [...entities.keys()])).toEqual([]);
  });

  it("prints nothing that a terminal would act on", async () => {
    for (const [index, text] of Object.values(HOSTILE_STRINGS).entries()) {
      admin.plugins.set(`h-${index}`, { id: `h-${index}`, name: text, tags: ["threat-response", text] });
    }
    await reap({ gateway: gateway(), now, log: (line) => expect(harmIn("terminal", line)).toBeNull() });
  });
});
