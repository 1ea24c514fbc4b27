import { describe, expect, it } from "vitest";
import type { Change, Configuration, Entity, EntityType } from "../drivers/gateway.ts";
import { ownerTags } from "../drivers/tags.ts";
import type { ActionType } from "../store/schema.ts";
import type { PlannedChange } from "./action-kind.ts";
import { ACTION_KINDS } from "./index.ts";
import { leftoversOf } from "./leftovers.ts";

const EXPIRES = 2_000_000_000_000;

const ENTITIES: Partial<Record<EntityType, Entity[]>> = {
  services: [{ id: "s-1", name: "shop", host: "shop.internal", port: 80, protocol: "http", enabled: true, tags: null }],
  routes: [
    { id: "r-1", name: "orders", paths: ["/orders"], methods: null, headers: null, service: { id: "s-1" }, tags: null },
    {
      id: "r-2",
      name: "search",
      paths: ["/search"],
      methods: ["GET", "POST"],
      service: { id: "s-1" },
      tags: ["team-a"],
    },
  ],
  consumers: [{ id: "c-1", username: "ines" }],
  targets: [
    { id: "t-1", target: "10.0.0.1:80", weight: 100, upstream: { id: "u-1" }, tags: null },
    { id: "t-2", target: "10.0.0.2:80", weight: 100, upstream: { id: "u-1" }, tags: null },
  ],
};

const withPlugins = (...plugins: Record<string, unknown>[]): Configuration => ({
  entities: {
    ...ENTITIES,
    plugins: plugins.map((plugin, i) => ({ id: `p-${i + 1}`, enabled: true, tags: null, ...plugin }) as Entity),
  },
  hash: "",
});

const withEntity = (type: EntityType, ...more: Entity[]): Configuration => {
  const ids = more.map(({ id }) => id);
  const kept = (ENTITIES[type] ?? []).filter(({ id }) => !ids.includes(id));
  return { entities: { ...ENTITIES, [type]: [...kept, ...more] }, hash: "" };
};

function planned(
  type: ActionType,
  target: Record<string, string>,
  params: Record<string, unknown> = {},
): PlannedChange {
  return { id: "a-1", incident_id: "i-1", type, target, params, expires_at: EXPIRES, stage: null };
}

const changesOf = (action: PlannedChange, configuration: Configuration = withPlugins()): Change[] =>
  ACTION_KINDS[action.type].changes!(action, configuration, "edge");

/** The configuration once they are made. */
function made(configuration: Configuration, changes: readonly Change[]): Configuration {
  const entities = { ...configuration.entities };
  for (const change of changes) {
    const list = [...(entities[change.type] ?? [])];
    const id = change.op === "create" ? change.entity.id : change.id;
    const rest = list.filter((entity) => entity.id !== id);
    const there = list.find((entity) => entity.id === id);
    if (change.op === "create") rest.push(change.entity);
    if (change.op === "update") rest.push({ ...(there as Entity), ...change.set });
    entities[change.type] = rest;
  }
  return { entities, hash: "" };
}

const limit = (scope: object, config: object) => ({
  name: "rate-limiting",
  config: { limit_by: "ip", policy: "local", ...config },
  ...scope,
});
const onRoute = { route: { id: "r-1" } };
const onService = { service: { id: "s-1" } };
const onConsumer = { consumer: { id: "c-1" } };
const throttle = (target: Record<string, string> = { route_id: "r-1" }) =>
  planned(target.consumer_id ? "throttle_consumer" : "throttle_route", target, { minute: 60, limit_by: "ip" });

describe("what an action takes the place of", () => {
  it.each([
    ["the service's", limit(onService, { minute: 5 }), { minute: 5 }],
    ["the gateway's", limit({}, { hour: 30 }), { minute: 30, hour: 30 }],
    ["a disabled one", { ...limit(onService, { minute: 5 }), enabled: false }, { minute: 60 }],
    ["another service's", limit({ service: { id: "s-2" } }, { minute: 5 }), { minute: 60 }],
    ["a consumer's, which still comes first", limit(onConsumer, { minute: 5 }), { minute: 60 }],
  ])("is never tighter: %s", (_name, plugin, config) => {
    expect(changesOf(throttle(), withPlugins(plugin))).toMatchObject([{ op: "create", entity: { config } }]);
  });

  it("counts for a consumer's limit wherever the consumer goes", () => {
    const configuration = withPlugins(
      limit(onRoute, { minute: 9 }),
      limit({}, { minute: 4 }),
      limit(onService, { minute: 7 }),
    );
    expect(changesOf(throttle({ consumer_id: "c-1" }), configuration)).toMatchObject([
      { op: "create", entity: { consumer: { id: "c-1" }, config: { minute: 4 } } },
    ]);
  });

  it("leaves a consumer group's limit alone, and keeps to it for a consumer, who may be in the group", () => {
    const ofGroup = (scope: object) => limit({ ...scope, consumer_group: { id: "g-1" } }, { minute: 3 });
    expect(changesOf(throttle(), withPlugins(ofGroup(onRoute), ofGroup({})))).toMatchObject([
      { op: "create", entity: { route: { id: "r-1" }, config: { minute: 60 } } },
    ]);
    expect(changesOf(throttle({ consumer_id: "c-1" }), withPlugins(ofGroup({})))).toMatchObject([
      { op: "create", entity: { consumer: { id: "c-1" }, config: { minute: 3 } } },
    ]);
  });

  it.each([
    ["limits by something else", limit(onService, { limit_by: "consumer" }), "limits by consumer"],
    ["counts over all nodes", limit({}, { policy: "redis" }), "over all nodes"],
    ["would hide ours", limit({ ...onRoute, ...onService }, {}), "out of force"],
    ["is disabled and in the way", { ...limit(onRoute, { minute: 1 }), enabled: false }, "disabled"],
    [
      "is the agent's for another incident",
      { ...limit(onRoute, { minute: 1 }), tags: ownerTags("i-9", EXPIRES) },
      "i-9",
    ],
  ])("is refused where it %s", (_name, plugin, reason) => {
    expect(() => changesOf(throttle(), withPlugins(plugin))).toThrow(reason);
  });

  it("is tightened itself where Kong allows only one, and carries what puts it back", () => {
    const configuration = withPlugins({ ...limit(onRoute, { minute: 100 }), tags: ["gitops"] });
    const [change] = changesOf(throttle(), configuration);
    expect(change).toMatchObject({ op: "update", id: "p-1", set: { config: { minute: 60, limit_by: "ip" } } });
    const after = made(configuration, [change!]);
    const [leftover] = leftoversOf(after, EXPIRES + 1);
    expect(leftover?.change).toMatchObject({ op: "update", set: { config: { minute: 100 }, tags: ["gitops"] } });
    expect(leftoversOf(after, EXPIRES - 1_000)[0]?.change).toBeNull();
  });

  it("keeps the smaller body size, whatever its unit", () => {
    const action = planned("limit_body", { route_id: "r-1" }, { kilobytes: 64 });
    const small = {
      name: "request-size-limiting",
      config: { allowed_payload_size: 2_000, size_unit: "bytes", require_content_length: true },
      ...onService,
    };
    expect(changesOf(action, withPlugins(small))).toMatchObject([
      { entity: { config: { allowed_payload_size: 2_000, size_unit: "bytes", require_content_length: true } } },
    ]);
    const large = { name: "request-size-limiting", config: { allowed_payload_size: 1, size_unit: "megabytes" } };
    expect(changesOf(action, withPlugins(large))).toMatchObject([
      { entity: { config: { allowed_payload_size: 64, size_unit: "kilobytes" } } },
    ]);
  });
});

describe("an action is refused", () => {
  const key = { name: "key-auth", config: {} };
  it.each([
    ["route gone", throttle({ route_id: "r-9" }), withPlugins(), "not there any more"],
    ["no limit", planned("throttle_route", { route_id: "r-1" }, { limit_by: "ip" }), withPlugins(), "no limit"],
    [
      "terminated already",
      planned("terminate_route", { route_id: "r-1" }),
      withPlugins({ name: "request-termination", config: {} }),
      "already",
    ],
    [
      "authenticated already",
      planned("require_key", { route_id: "r-1" }),
      withPlugins({ ...key, ...onService }),
      "already",
    ],
    [
      "authenticated otherwise",
      planned("require_key", { route_id: "r-1" }),
      withPlugins({ name: "jwt", config: {} }),
      "already",
    ],
    [
      "open to anonymous",
      planned("require_key", { route_id: "r-1" }),
      withPlugins({ ...key, config: { anonymous: "c-9" } }),
      "anonymous",
    ],
    [
      "link-local host",
      planned("reroute_service", { service_id: "s-1" }, { host: "169.254.169.254", port: 80 }),
      withPlugins(),
      "link-local",
    ],
    [
      "metadata host",
      planned("reroute_service", { service_id: "s-1" }, { host: "metadata.google.internal", port: 80 }),
      withPlugins(),
      "metadata",
    ],
    [
      "no other target",
      planned("drain_target", { target_id: "t-1" }),
      withEntity("targets", { ...(ENTITIES.targets![1] as Entity), weight: 0 }),
      "no other target",
    ],
    [
      "method not taken",
      planned("restrict_route", { route_id: "r-2" }, { methods: ["PUT"] }),
      withPlugins(),
      "takes none",
    ],
    [
      "path stripped",
      planned("restrict_route", { route_id: "r-1" }, { paths: ["/orders/1"] }),
      withPlugins(),
      "strips",
    ],
    [
      "nothing to restrict",
      planned("restrict_route", { route_id: "r-2" }, { methods: ["GET", "POST"] }),
      withPlugins(),
      "so already",
    ],
    [
      "falls to another route",
      planned("restrict_route", { route_id: "r-1" }, { methods: ["GET"] }),
      withEntity("routes", { id: "r-3", name: "all", paths: ["/"] }),
      "fall to route all",
    ],
    [
      "service falls to another route",
      planned("disable_service", { service_id: "s-1" }),
      withEntity("routes", { id: "r-3", name: "all", paths: ["/"] }),
      "fall to route all",
    ],
    [
      "not the plugin",
      planned("tighten_plugin", { plugin_id: "p-1" }, { block: 60 }),
      withPlugins(key),
      "not an instance",
    ],
    [
      "looser, not tighter",
      planned("tighten_plugin", {}, { block: 80 }),
      withPlugins({ name: "threat-response", config: { thresholds: { block: 70 } } }),
      "not be tighter",
    ],
  ])("where: %s", (_name, action, configuration, reason) => {
    expect(() => changesOf(action, configuration)).toThrow(reason);
  });
});

const EVERY: [PlannedChange, Configuration][] = [
  [throttle(), withPlugins()],
  [throttle(), withPlugins(limit(onRoute, { minute: 100 }))],
  [planned("throttle_service", { service_id: "s-1" }, { second: 5 }), withPlugins()],
  [planned("throttle_gateway", {}, { second: 5 }), withPlugins()],
  [throttle({ consumer_id: "c-1" }), withPlugins()],
  [planned("terminate_route", { route_id: "r-1" }, { status: 503 }), withPlugins()],
  [planned("block_consumer", { consumer_id: "c-1" }, { status: 403 }), withPlugins()],
  [planned("limit_body", { route_id: "r-1" }, { kilobytes: 64 }), withPlugins()],
  [planned("require_key", { route_id: "r-1" }, { key_names: ["apikey"] }), withPlugins()],
  [planned("restrict_route", { route_id: "r-2" }, { methods: ["GET"], headers: { "X-A": ["1"] } }), withPlugins()],
  [
    planned("reroute_service", { service_id: "s-1" }, { protocol: "http", host: "fallback.internal", port: 8_080 }),
    withPlugins(),
  ],
  [planned("disable_service", { service_id: "s-1" }), withPlugins()],
  [planned("drain_target", { target_id: "t-1" }), withPlugins()],
  [
    planned("tighten_plugin", {}, { block: 60 }),
    withPlugins({ name: "threat-response", config: { thresholds: { block: 70, flag: 40 } } }),
  ],
  [planned("hot_patch", { route_id: "r-1" }, { when: { field: "path", prefix: "/x" } }), withPlugins()],
  [
    planned("hot_patch", { route_id: "r-1" }, { when: { field: "path", prefix: "/x" } }),
    withPlugins({ name: "pre-function", config: { access: ["return 1"] }, ...onRoute }),
  ],
  [planned("hot_patch_gateway", {}, { when: { field: "path", prefix: "/x" } }), withPlugins()],
];

/** Nothing and null are the same to Kong. */
const stated = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, member) => member ?? undefined));

describe.each(EVERY.map(([action, configuration], i) => [`${action.type} (${i + 1})`, action, configuration] as const))(
  "%s",
  (_name, action, configuration) => {
    it("writes nothing more when it is applied again", () => {
      const changes = changesOf(action, configuration);
      expect(changes).toHaveLength(1);
      expect(changesOf(action, made(configuration, changes))).toEqual([]);
    });

    it("can be ended by what is on the entity alone, and then only", () => {
      const changes = changesOf(action, configuration);
      const after = made(configuration, changes);
      const early = leftoversOf(after, EXPIRES - 1_000).filter(({ change }) => change !== null);
      expect(early).toEqual([]);
      const [end] = leftoversOf(after, EXPIRES + 1_000);
      const [change] = changes;
      if (change?.op === "create") expect(end?.change).toMatchObject({ op: "delete", id: change.entity.id });
      else if (change?.op === "update")
        expect(stated({ ...end?.entity, ...(end?.change as { set?: object } | undefined)?.set })).toEqual(
          stated(change.expect),
        );
    });
  },
);

describe("a hot patch", () => {
  const action = planned("hot_patch", { route_id: "r-1" }, { when: { field: "path", prefix: "/x" }, status: 403 });
  const codeAfter = (configuration: Configuration, patched = action) => {
    const [change] = changesOf(patched, configuration);
    const config = change?.op === "update" ? change.set.config : change?.op === "create" ? change.entity.config : {};
    return (config as { access?: string[] }).access ?? [];
  };

  it("joins code that stands on the route, and leaves it as it is", () => {
    const code = codeAfter(withPlugins({ name: "pre-function", config: { access: ["return 1"] }, ...onRoute }));
    expect(code).toHaveLength(2);
    expect(code[0]).toBe("return 1");
  });

  it("joins the code it would put out of force, and keeps to its route there", () => {
    const configuration = withPlugins({ name: "pre-function", config: { access: ["return 1"] }, ...onService });
    const [change] = changesOf(action, configuration);
    expect(change).toMatchObject({ op: "update", id: "p-1" });
    expect(codeAfter(configuration)[1]).toContain('scope.id ~= "r-1"');
  });

  it("is replaced when its stage changes", () => {
    const counting = { ...action, params: { ...action.params, log: 1 } };
    const first = made(withPlugins(), changesOf(counting, withPlugins()));
    expect(codeAfter(first)).toHaveLength(1);
    expect(codeAfter(first)[0]).toContain("kong.response.exit(403");
    expect(changesOf(counting, first)).toEqual([]);
  });

  it("shares an entity of the agent's with another incident's, and each goes alone", () => {
    const first = made(withPlugins(), changesOf(action, withPlugins()));
    const second = { ...action, id: "a-2", incident_id: "i-2", expires_at: EXPIRES + 60_000 };
    const both = made(first, changesOf(second, first));
    const between = leftoversOf(both, EXPIRES + 1_000).map(({ change }) => change);
    expect(between).toMatchObject([{ op: "update" }]);
    const later = leftoversOf(both, EXPIRES + 61_000).map(({ change }) => change);
    expect(later).toMatchObject([{ op: "delete" }]);
  });
});
