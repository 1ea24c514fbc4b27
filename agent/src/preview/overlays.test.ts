import { expect, it } from "vitest";
import { attack, many, on, plugin, ROUTES, request, T0, world } from "../../../test/support/preview.ts";
import { overlayTag } from "../drivers/tags.ts";
import { previewPlan } from "./preview.ts";

const KEY = plugin("key-auth", { key_names: ["apikey"] }, on("shop"));
const OVERLAY = {
  ...ROUTES[0]!,
  id: "copy",
  headers: { "x-threat-response-overlay": ["v"] },
  tags: [overlayTag("shop")],
};
const client = { kind: "ip", value: "203.0.113.9" } as const;

function effects(service_id: string, ...plugins: object[]) {
  const route = { ...OVERLAY, service: { id: service_id } };
  const all = [route, ...plugins.map((one, i) => ({ ...one, id: `copy-${i}`, ...on("copy") }))];
  const changes = all.map((entity, i) => ({ op: "create", type: i === 0 ? "routes" : "plugins", entity }) as const);
  const original = { route_id: "shop", service_id: "s" };
  return {
    changes,
    decisions: [],
    patches: [],
    overlays: [{ client, original, copy: { route_id: "copy", service_id } }],
  };
}

const from =
  (ip: string, over: object = {}) =>
  (i: number) =>
    attack({ ip, at: T0 + i, consumer: "c", header_names: ["apikey"], ...over });

it("only the client's requests on the route go over the copy, and meet its plugins", () => {
  const records = [
    ...many(10, from("203.0.113.9")),
    ...many(10, from("203.0.113.10")),
    ...many(10, from("203.0.113.9", { route_id: "api", path: "/api" })),
    ...many(5, () => request()),
  ];
  const limit = plugin("rate-limiting", { minute: 2, limit_by: "ip" });
  const seen = previewPlan(records, world([KEY]), effects("s", KEY, limit));
  expect(seen.attack).toMatchObject({ requests: 30, stopped: 8 });
  expect(seen.legitimate).toMatchObject({ hit: 0 });
  expect(seen.unsure.requests).toBe(0);
  expect(seen.security_removed).toEqual([]);
});

it("a copy without the original's authentication takes protection away", () => {
  const seen = previewPlan(many(3, from("203.0.113.9")), world([KEY]), effects("s"));
  expect(seen.security_removed).toMatchObject([{ plugin: "key-auth", route_id: "copy", change: "removed" }]);
});

it("who is sent to another service does not reach this one", () => {
  const seen = previewPlan(many(3, from("203.0.113.9")), world([KEY]), effects("honeypot", KEY));
  expect(seen.attack).toMatchObject({ requests: 3, stopped: 3 });
});
