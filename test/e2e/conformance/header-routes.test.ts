import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

/** Global code that clears a header in rewrite, and sets it anew for whom `x-chosen` says. */
const MARK = `return function()
  kong.service.request.clear_header("X-Way")
  kong.service.request.clear_header("X_Way")
  for value in (kong.request.get_header("x-chosen") or ""):gmatch("%w+") do
    kong.service.request.add_header("X-Way", value)
  end
end`;
const tells = (status: number) => ({ name: "request-termination", config: { status_code: status } });

describe("a route that is a copy of another with a header more", () => {
  let kong: Fixture;

  async function addCopy(name: string, fields: object, way: string, status: number): Promise<void> {
    const copy = { name, ...fields, headers: { "x-way": [way] } };
    const { id } = await kong.write("POST", "/routes", copy);
    await kong.write("POST", `/routes/${id}/plugins`, tells(status));
  }

  beforeAll(async () => {
    kong = await startFixture();
    const { service } = await kong.addRoute("plain");
    const to = { service: { id: service } };
    await addCopy("plain-copy", { ...to, paths: ["/plain"] }, "one", 471);
    await kong.write("POST", "/routes", { name: "many", paths: ["/many", "/many/of/them", "~/many-\\d+"], ...to });
    await addCopy("many-copy", { ...to, paths: ["/many", "/many/of/them", "~/many-\\d+"] }, "two", 472);
    await kong.write("POST", "/routes", { name: "full", paths: ["/full"], hosts: ["a.test"], methods: ["GET"], ...to });
    await addCopy("full-copy", { ...to, paths: ["/full"], hosts: ["a.test"], methods: ["GET"] }, "one", 473);
    await kong.write("POST", "/routes", { name: "longer", paths: ["/plain/longer"], ...to });
    await kong.write("POST", "/plugins", { name: "pre-function", config: { rewrite: [MARK] } });
    await kong.settle();
  });

  afterAll(() => kong?.stop());

  const status = async (path: string, headers: Record<string, string | string[]> = {}) =>
    (await kong.proxy(path, { headers })).status;

  it("gets the requests to which a plugin gave the header in rewrite, and no others", async () => {
    expect(await status("/plain")).toBe(200);
    expect(await status("/plain", { "x-chosen": "one" })).toBe(471);
    expect(await status("/plain", { "x-chosen": "other" })).toBe(200);
  });

  it.each(["x-way", "X-WAY", "x_way", "X_Way"])(
    "is not for clients that send %s, when rewrite cleared it",
    async (name) => {
      expect(await status("/plain", { [name]: "one" })).toBe(200);
      expect(await status("/plain", { [name]: ["one", "two"] })).toBe(200);
      expect(await status("/plain", { [name]: "other", "x-chosen": "one" })).toBe(471);
    },
  );

  it("comes before the original with prefixes, regular expressions, hosts and methods", async () => {
    for (const path of ["/many", "/many/of/them/x", "/many-12"]) {
      expect(await status(path)).toBe(200);
      expect(await status(path, { "x-chosen": "two" })).toBe(472);
    }
    expect(await status("/full", { host: "a.test" })).toBe(200);
    expect(await status("/full", { host: "a.test", "x-chosen": "one" })).toBe(473);
  });

  it("is found by any of several values", async () => {
    expect(await status("/plain", { "x-chosen": "two one" })).toBe(471);
    expect(await status("/many", { "x-chosen": "two one" })).toBe(472);
  });

  it("takes what would go to a route with fewer kinds of conditions, too", async () => {
    expect(await status("/plain/longer")).toBe(200);
    expect(await status("/plain/longer", { "x-chosen": "one" })).toBe(471);
  });

  it("is not found by a header that comes after the hundredth", async () => {
    const many = Object.fromEntries(Array.from({ length: 110 }, (_, i) => [`x-more-${i}`, "1"]));
    expect(await status("/plain", { ...many, "x-chosen": "one" })).toBe(200);
  });
});
