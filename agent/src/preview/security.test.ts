import { describe, expect, it } from "vitest";
import { create, NONE, on, plugin, world } from "../../../test/support/preview.ts";
import type { Entity } from "../drivers/gateway.ts";
import type { PlannedEffects } from "./preview.ts";
import { previewPlan } from "./preview.ts";

describe("a narrower instance", () => {
  it("that hides a stricter one is named, and counts as security removed", () => {
    const wide = plugin("rate-limiting", { minute: 5, limit_by: "ip", policy: "local" }, { id: "wide" });
    const narrow = plugin(
      "rate-limiting",
      { minute: 100, limit_by: "ip", policy: "local" },
      { id: "narrow", ...on("shop") },
    );
    const preview = previewPlan([], world([wide]), create(narrow));
    expect(preview.masked).toEqual([
      { plugin: "rate-limiting", id: "wide", by: "narrow", route_id: "shop", consumer_id: null },
    ]);
    expect(preview.security_removed).toMatchObject([{ plugin: "rate-limiting", route_id: "shop", change: "loosened" }]);
    const tighter = { ...narrow, config: { minute: 2, limit_by: "ip", policy: "local" } };
    expect(previewPlan([], world([wide]), create(tighter)).security_removed).toEqual([]);
  });
});

describe("security removed", () => {
  const set = (id: string, config: object | null, from: Entity): PlannedEffects => ({
    ...NONE,
    changes: [
      config === null
        ? { op: "delete", type: "plugins", id, expect: from }
        : { op: "update", type: "plugins", id, expect: from, set: { config } },
    ],
  });
  const change = (name: string, was: object, is: object | null) => {
    const from = plugin(name, was, on("shop"));
    return previewPlan([], world([from]), set(name, is, from)).security_removed.map((loss) => loss.change);
  };

  it.each([
    ["key-auth", {}, null, ["removed"]],
    ["key-auth", {}, { anonymous: "everybody" }, ["loosened"]],
    ["acl", { deny: ["a", "b"] }, { deny: ["a"] }, ["loosened"]],
    ["acl", { deny: ["a"] }, { deny: ["a", "b"] }, []],
    ["ip-restriction", { allow: ["a"] }, { allow: ["a", "b"] }, ["loosened"]],
    ["ip-restriction", { allow: ["a", "b"] }, { allow: ["a"] }, []],
    ["ip-restriction", { allow: ["a"] }, {}, ["loosened"]],
    ["rate-limiting", { minute: 5 }, { minute: 6 }, ["loosened"]],
    ["rate-limiting", { minute: 5, hour: 9 }, { minute: 5 }, ["loosened"]],
    ["rate-limiting", { minute: 5 }, { minute: 5, hour: 9 }, []],
    [
      "request-size-limiting",
      { allowed_payload_size: 1, size_unit: "kilobytes" },
      { allowed_payload_size: 1 },
      ["loosened"],
    ],
    ["injection-protection", { a: 1 }, { a: 2 }, ["changed"]],
    ["request-termination", {}, null, []],
    ["cors", {}, null, []],
  ] as const)("%s from %j to %j: %j", (name, was, is, expected) => expect(change(name, was, is)).toEqual(expected));

  it("is told of the plugin's own settings", () => {
    const from = plugin("threat-response", { mode: "enforce", thresholds: { block: 70 } });
    const loss = (config: object) => previewPlan([], world(), set(from.id, config, from)).security_removed.length;
    const before = { entities: { ...world().entities, plugins: [from] } };
    const lossOf = (config: object) =>
      previewPlan([], before, set(from.id, config, from)).security_removed.map((one) => one.detail);
    expect(loss({ mode: "monitor" })).toBeGreaterThan(0);
    expect(lossOf({ mode: "enforce", thresholds: { block: 60 } })).toEqual([]);
    expect(lossOf({ mode: "enforce", thresholds: { block: 90 } })[0]).toBe("thresholds.block is 90 instead of 70");
  });

  it("by an overlay route that lacks what the route under it has", () => {
    const overlay = { id: "over", paths: ["/shop"], methods: ["POST"], service: { id: "s" } };
    const before = world([plugin("key-auth", {}, on("shop"))]);
    expect(previewPlan([], before, create(overlay, "routes")).security_removed).toMatchObject([
      { plugin: "key-auth", route_id: "over", change: "removed" },
    ]);
  });
});
