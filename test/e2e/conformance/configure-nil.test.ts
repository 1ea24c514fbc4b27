import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type Fixture, startFixture } from "./fixture.ts";

describe("configure without instances", () => {
  let kong: Fixture;

  beforeAll(async () => {
    kong = await startFixture();
  });

  afterAll(() => kong?.stop());

  it("is called with nil when the last instance is gone", async () => {
    const reader = {
      name: "pre-function",
      config: {
        access: [
          `return function()
             local store = ngx.shared.threat_response
             kong.response.exit(200, { store:get("configure:0"), store:get("configure:1") })
           end`,
        ],
      },
    };
    await kong.addRoute("read");
    await kong.write("POST", "/routes/read/plugins", reader);
    const plugin = await kong.write("POST", "/plugins", { name: "conformance-probe" });
    const configured = async () => (await kong.proxy("/read")).json;
    await eventually(async () => expect(await configured()).toEqual([1, 1]));
    await kong.write("DELETE", `/plugins/${plugin.id}`);
    await eventually(async () => expect(await configured()).toEqual(["nil", "nil"]));
  });
});
