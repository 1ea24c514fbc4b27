import { describe, expect, it } from "vitest";
import type { Entity } from "../drivers/gateway.ts";
import { authenticationOn } from "./authentication.ts";
import { indexPlugins } from "./plugins-in-effect.ts";

const ON = { r: { route: { id: "r" } }, s: { service: { id: "s" } }, c: { consumer: { id: "c" } } };
const plugin = (id: string, scope: string, more: object = {}): Entity => ({
  id,
  name: "rate-limiting",
  ...Object.assign({}, ...[...scope].map((part) => ON[part as "r" | "s" | "c"])),
  ...more,
});
const SCOPE = { route_id: "r", service_id: "s", consumer_id: "c" };

describe("which instance of a plugin Kong runs", () => {
  // The narrowest first.
  const ORDER = ["rsc", "rc", "sc", "rs", "c", "r", "s", ""];

  it.each(ORDER.map((scope, i) => [scope || "global", ORDER.slice(i)] as const))(
    "%s hides all wider ones",
    (_name, scopes) => {
      const plugins = scopes.map((scope) => plugin(scope || "global", scope)).reverse();
      expect(indexPlugins({ entities: { plugins } }).find("rate-limiting", SCOPE)?.id).toBe(scopes[0] || "global");
    },
  );

  it("is none of another route, service or consumer", () => {
    const plugins = [plugin("1", "r"), plugin("2", "s"), plugin("3", "c"), plugin("4", "rsc")];
    const elsewhere = { route_id: "r2", service_id: "s2", consumer_id: "c2" };
    expect(indexPlugins({ entities: { plugins } }).find("rate-limiting", elsewhere)).toBeNull();
    expect(indexPlugins({ entities: { plugins } }).inEffect({ ...elsewhere, route_id: "r" }).size).toBe(1);
  });

  it("is never a disabled one, which hides nothing either", () => {
    const plugins = [plugin("route", "r", { enabled: false }), plugin("global", "")];
    expect(indexPlugins({ entities: { plugins } }).find("rate-limiting", SCOPE)?.id).toBe("global");
  });
});

describe("the authentication on a route", () => {
  const named = (name: string, config: object = {}): Entity => ({ id: name, name, config, route: { id: "r" } });

  it.each([
    ["none", []],
    ["key-auth", [named("key-auth")]],
    ["basic-auth", [named("basic-auth")]],
    ["other", [named("jwt")]],
    ["key-auth", [named("basic-auth"), named("key-auth")]],
    ["none", [named("key-auth", { anonymous: "a-consumer" })]],
    ["basic-auth", [named("key-auth", { anonymous: "a-consumer" }), named("basic-auth")]],
    ["none", [{ ...named("key-auth"), enabled: false }]],
  ] as const)("is %s", (expected, plugins) => {
    expect(authenticationOn(indexPlugins({ entities: { plugins } }), SCOPE)).toBe(expected);
  });
});
