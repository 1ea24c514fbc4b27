import { describe, expect, it } from "vitest";
import { configurationOf } from "../../drivers/canonical.ts";
import type { AppliedChange, Configuration, Entity } from "../../drivers/gateway.ts";
import { diffConfigurations, type EntityDiff } from "../history/diff.ts";
import { restorationOf } from "./restore.ts";
import { whyNotAutomatic } from "./security.ts";
import { undoOf } from "./undo.ts";

const SERVICE: Entity = { id: "s", name: "shop", host: "shop.internal", port: 80, enabled: true, tags: ["a"] };
const ROUTE: Entity = { id: "r", name: "search", paths: ["/search"], strip_path: true, service: { id: "s" } };
const LIMIT: Entity = { id: "l", name: "rate-limiting", route: { id: "r" }, config: { minute: 60 } };
const base = (): Configuration => configurationOf({ services: [SERVICE], routes: [ROUTE], plugins: [LIMIT] });

function withEntity(type: "services" | "routes" | "plugins", entity: Entity): Configuration {
  const { entities } = base();
  return configurationOf({
    ...entities,
    [type]: [...(entities[type] ?? []).filter(({ id }) => id !== entity.id), entity],
  });
}

function without(type: "services" | "routes" | "plugins", id: string): Configuration {
  const { entities } = base();
  return configurationOf({ ...entities, [type]: (entities[type] ?? []).filter((entity) => entity.id !== id) });
}

const onlyDiff = (after: Configuration, before = base()): EntityDiff => {
  const diffs = diffConfigurations(before, after);
  expect(diffs).toHaveLength(1);
  return diffs[0] as EntityDiff;
};
const plugin = (name: string, more: object = {}): Entity => ({
  id: "p",
  name,
  route: { id: "r" },
  config: {},
  ...more,
});

describe("taken back without a human", () => {
  it.each([
    ["a termination with 5xx", withEntity("plugins", plugin("request-termination", { config: { status_code: 503 } }))],
    ["another host", withEntity("services", { ...SERVICE, host: "wrong" })],
    ["a transformer", withEntity("plugins", plugin("request-transformer"))],
    ["what the route hands on", withEntity("routes", { ...ROUTE, strip_path: false })],
  ])("%s", (_name, after) => expect(whyNotAutomatic(onlyDiff(after))).toBeNull());
});

describe("never taken back without a human", () => {
  it.each([
    ["authentication", withEntity("plugins", plugin("key-auth"))],
    ["a group", withEntity("plugins", plugin("acl"))],
    ["forbidden addresses", withEntity("plugins", plugin("ip-restriction"))],
    ["a limit", withEntity("plugins", { ...LIMIT, config: { minute: 1 } })],
    ["the threat plugin", withEntity("plugins", plugin("threat-response"))],
    ["a plugin of somebody's that sounds like protection", withEntity("plugins", plugin("acme-waf"))],
    ["a function, which may be a patch", withEntity("plugins", plugin("pre-function"))],
    [
      "a termination that refuses",
      withEntity("plugins", plugin("request-termination", { config: { status_code: 403 } })),
    ],
    [
      "a termination of a consumer",
      withEntity("plugins", plugin("request-termination", { consumer: { id: "c" }, config: { status_code: 503 } })),
    ],
    [
      "this agent's own termination",
      withEntity("plugins", plugin("request-termination", { tags: ["threat-response"], config: { status_code: 503 } })),
    ],
    ["a route that was removed", without("routes", "r")],
    ["a route that was narrowed", withEntity("routes", { ...ROUTE, paths: ["/search/v2"] })],
    ["a plugin with a secret", withEntity("plugins", plugin("aws-lambda", { config: { key: "tr-secret:abc" } }))],
    ["a service that was switched off", withEntity("services", { ...SERVICE, enabled: false })],
  ])("%s", (_name, after) => expect(whyNotAutomatic(onlyDiff(after))).toEqual(expect.any(String)));
});

describe("restoring", () => {
  it("sets only the fields that the change touched, on top of what came later", () => {
    const diff = onlyDiff(withEntity("services", { ...SERVICE, host: "wrong" }));
    const now = withEntity("services", { ...SERVICE, host: "wrong", tags: ["a", "later"] });
    const { changes, conflicts } = restorationOf([diff], now);
    expect(conflicts).toEqual([]);
    expect(changes).toMatchObject([{ op: "update", id: "s", set: { host: "shop.internal" } }]);
  });

  it("is a conflict where somebody touched the same since, and nothing where it is back already", () => {
    const diff = onlyDiff(withEntity("services", { ...SERVICE, host: "wrong" }));
    expect(restorationOf([diff], withEntity("services", { ...SERVICE, host: "third" })).conflicts).toHaveLength(1);
    expect(restorationOf([diff], base())).toEqual({ changes: [], conflicts: [] });
  });

  it("removes what was added, plugins before what they stand on, unless it was changed", () => {
    const added = withEntity("plugins", plugin("request-termination"));
    const diff = onlyDiff(added);
    expect(restorationOf([diff], added).changes).toMatchObject([{ op: "delete", id: "p" }]);
    const changed = withEntity("plugins", plugin("request-termination", { config: { status_code: 500 } }));
    expect(restorationOf([diff], changed).conflicts).toHaveLength(1);
  });

  it("never writes a fingerprint in the place of a secret", () => {
    const before = withEntity("plugins", plugin("oidc", { config: { client_secret: "tr-secret:abc", issuer: "a" } }));
    const after = withEntity("plugins", plugin("oidc", { config: { client_secret: "tr-secret:def", issuer: "b" } }));
    const { changes, conflicts } = restorationOf([onlyDiff(after, before)], after);
    expect(changes).toEqual([]);
    expect(conflicts[0]).toContain("secrets");
  });

  it("can itself be taken back, in reverse order, as far as it is not yet", () => {
    const wrong = { ...SERVICE, host: "wrong" };
    const removed = plugin("proxy-cache");
    const applied: AppliedChange[] = [
      {
        change: { op: "update", type: "services", id: "s", expect: wrong, set: { host: "shop.internal" } },
        before: wrong,
        after: null,
      },
      { change: { op: "delete", type: "plugins", id: "p", expect: removed }, before: removed, after: null },
    ];
    const { changes, conflicts } = undoOf(applied, base());
    expect(conflicts).toEqual([]);
    expect(changes).toMatchObject([
      { op: "create", entity: { id: "p" } },
      { op: "update", set: { host: "wrong" } },
    ]);
    const { entities } = withEntity("services", wrong);
    const done = configurationOf({ ...entities, plugins: [...(entities.plugins ?? []), removed] });
    expect(undoOf(applied, done)).toEqual({ changes: [], conflicts: [] });
    expect(undoOf(applied, withEntity("services", { ...SERVICE, host: "third" })).conflicts).toHaveLength(1);
  });
});
