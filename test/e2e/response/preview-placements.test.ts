/**
 * Plugins of one name on several scopes, some disabled, drawn by the seed; then a few of them are changed. Which instance ends each request there,
 * told by a status of its own, is exactly what the preview says of what was recorded before. No clock is involved: windows are a year long.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Change, Entity } from "../../../agent/src/drivers/gateway.ts";
import { applyChanges, type Configured } from "../../../agent/src/preview/apply-changes.ts";
import { indexPlugins } from "../../../agent/src/preview/plugins-in-effect.ts";
import type { RecordedRequest } from "../../../agent/src/preview/recorded-request.ts";
import { createReplay } from "../../../agent/src/preview/replay.ts";
import { type Random, seeded } from "../../../demo/random.ts";
import { Fixture, startFixture } from "../conformance/fixture.ts";

const uuid = (kind: string, i: number) => `${kind}000000-0000-4000-8000-${String(i + 1).padStart(12, "0")}`;
const list = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const SERVICES = list(3, (i) => uuid("0a", i));
const ROUTES = list(6, (i) => ({ id: uuid("0b", i), name: `r${i}`, service: SERVICES[i % 3]! }));
const CONSUMERS = list(3, (i) => ({ id: uuid("0c", i), username: `c${i}`, key: `key-${i}` }));
/** Scopes that no request of the test can meet would show nothing. */
const MEETING = ROUTES.flatMap((route) => [
  { route: route.id, service: route.service },
  ...CONSUMERS.map(({ id }) => ({ route: route.id, service: route.service, consumer: id })),
]);

type Scope = Partial<Record<"route" | "service" | "consumer", string>>;
const unique = (scopes: readonly Scope[]) => [...new Map(scopes.map((one) => [JSON.stringify(one), one])).values()];
const OF_ALL: readonly Scope[] = unique([
  {},
  ...MEETING.flatMap(({ route, service }) => [{ route }, { service }, { route, service }]),
]);
const OF_CONSUMERS: readonly Scope[] = unique(
  CONSUMERS.flatMap(({ id }) => OF_ALL.map((scope): Scope => ({ ...scope, consumer: id }))),
);

/** What tells one instance from another is its status; nginx keeps some for itself. */
const KINDS: Record<string, { chance: number; perConsumer: boolean; config: (i: number, random: Random) => object }> = {
  "key-auth": { chance: 0.5, perConsumer: false, config: () => ({ key_names: ["apikey"] }) },
  acl: { chance: 0.06, perConsumer: false, config: (_, random) => ({ [random.pick(["allow", "deny"])]: ["group"] }) },
  "ip-restriction": {
    chance: 0.15,
    perConsumer: true,
    config: (i) => ({ deny: ["203.0.0.0/16"], status: 450 + (i % 40) }),
  },
  "request-size-limiting": {
    chance: 0.1,
    perConsumer: true,
    config: (_, random) => ({ allowed_payload_size: random.pick([5, 50]), size_unit: "bytes" }),
  },
  "rate-limiting": {
    chance: 0.3,
    perConsumer: true,
    config: (i, random) => ({
      year: random.between(1, 2),
      policy: "local",
      limit_by: "ip",
      error_code: 510 + (i % 30),
    }),
  },
  "request-termination": {
    chance: 0.2,
    perConsumer: true,
    config: (i) => ({ status_code: 550 + (i % 40), trigger: "x-end" }),
  },
};

function placed(name: string, scope: Scope, random: Random, i: number): Entity {
  const references = Object.entries(scope).map(([field, id]) => [field, { id }]);
  const config = KINDS[name]!.config(i, random);
  return { id: uuid("0d", i), name, enabled: random.chance(0.75), config, ...Object.fromEntries(references) };
}

const scopesFor = (name: string) => [...OF_ALL, ...(KINDS[name]!.perConsumer ? OF_CONSUMERS : [])];

/** Consumers meet a plugin only where they are authenticated, so that key-auth stands on most places. */
function pluginsOf(random: Random): Entity[] {
  let i = 0;
  return Object.keys(KINDS).flatMap((name) =>
    scopesFor(name)
      .filter(() => random.chance(KINDS[name]!.chance))
      .map((scope) => placed(name, scope, random, i++)),
  );
}

/** What new authentication makes of a credential is not recorded: the preview does not say. */
const isNewAuthentication = (one: Change): boolean =>
  one.op === "create"
    ? one.entity.name === "key-auth"
    : one.op === "update" && one.expect.name === "key-auth" && one.set.enabled === true;

function changesOf(plugins: readonly Entity[], random: Random): Change[] {
  const edits = list(6, (): Change => {
    const expected = random.pick(plugins);
    const which = { type: "plugins", id: expected.id, expect: expected } as const;
    if (random.chance(0.3)) return { op: "delete", ...which };
    return { op: "update", ...which, set: { enabled: expected.enabled === false } };
  });
  const created = Object.keys(KINDS).flatMap((name, k): Change[] => {
    const entity = placed(name, random.pick(scopesFor(name)), random, 900 + k);
    const isTaken = plugins.some((one) => one.name === name && scopeText(one) === scopeText(entity));
    return isTaken ? [] : [{ op: "create", type: "plugins", entity }];
  });
  const first = new Set<string>();
  const once = edits.filter((one) => "id" in one && !first.has(one.id) && first.add(one.id));
  return [...once, ...created].filter((one) => !isNewAuthentication(one));
}

const scopeText = ({ route, service, consumer }: Entity): string => JSON.stringify([route, service, consumer]);
const acls = [{ id: uuid("0e", 0), group: "group", consumer: { id: CONSUMERS[1]!.id } }];
const configured = (plugins: readonly Entity[]): Configured => ({
  entities: {
    services: SERVICES.map((id) => ({ id })),
    routes: ROUTES.map(({ id, service }) => ({ id, service: { id: service } })),
    consumers: CONSUMERS.map(({ id, username }) => ({ id, username })),
    acls,
    plugins,
  },
});

let kong: Fixture;
let posted = 0;
beforeAll(async () => {
  kong = await startFixture({ database: false, trustedIps: ["127.0.0.1/32"] });
});
afterAll(() => kong?.stop());

async function post({ entities: { plugins = [] } }: Configured): Promise<void> {
  const settled = `settled-${++posted}`;
  const plain = (plugin: Entity) =>
    Object.fromEntries(
      Object.entries(plugin).map(([field, value]) =>
        ["route", "service", "consumer"].includes(field) ? [field, (value as { id: string }).id] : [field, value],
      ),
    );
  const document = {
    _format_version: "3.0",
    services: SERVICES.map((id, i) => ({ id, name: `s${i}`, url: kong.upstream.url })),
    routes: [
      ...ROUTES.map(({ id, name, service }) => ({ id, name, service, paths: [`/${name}`] })),
      Fixture.settledRoute(settled),
    ],
    consumers: CONSUMERS.map(({ id, username, key }, i) => ({
      ...{ id, username, keyauth_credentials: [{ key }] },
      ...(i === 1 ? { acls: [{ group: "group" }] } : {}),
    })),
    plugins: [{ name: "conformance-probe" }, ...plugins.map(plain)],
  };
  await kong.write("POST", "/config", document);
  await kong.untilEveryWorkerTells(`/${settled}`);
}

interface Sending {
  route: (typeof ROUTES)[number];
  /** Of its network. */
  host: number;
  isDenied: boolean;
  key: string | null;
  size: number;
  ends: boolean;
}

const sendingOf = (random: Random): Sending => ({
  route: random.pick(ROUTES),
  host: random.between(1, 5),
  isDenied: random.chance(0.2),
  key: random.pick([...CONSUMERS.map(({ key }) => key), "guess", null]),
  size: random.pick([0, 0, 10, 100]),
  ends: random.chance(0.4),
});

/** Counters outlive a document: each has addresses of its own. */
const addressOf = ({ isDenied, host }: Sending, document: number): string =>
  `${isDenied ? "203.0" : "198.18"}.${document}.${host}`;

const callOf = (sending: Sending) => ({
  method: "POST",
  body: "b".repeat(sending.size),
  headers: {
    "x-forwarded-for": addressOf(sending, posted),
    ...(sending.key === null ? {} : { apikey: sending.key }),
    ...(sending.ends ? { "x-end": "1" } : {}),
  },
});

async function record(sending: Sending, at: number): Promise<RecordedRequest> {
  const { route, key, size, ends } = sending;
  const { seen } = await kong.observe(`/${route.name}`, callOf(sending));
  return {
    at,
    method: "POST",
    path: `/${route.name}`,
    route_id: route.id,
    service_id: route.service,
    ip: addressOf(sending, posted + 1),
    consumer: CONSUMERS.find(({ username }) => username === seen?.consumer)?.id ?? null,
    credential: key,
    header_names: ["host", ...(key === null ? [] : ["apikey"]), ...(ends ? ["x-end"] : [])],
    size,
    status: seen?.status ?? 0,
    source: seen?.source === "service" ? "service" : "exit",
    attack: false,
    weight: 1,
  };
}

test.each([4, 6, 12])("the instance that decides is the one that the preview names (seed %i)", async (seed) => {
  const random = seeded(seed);
  const plugins = pluginsOf(random);
  const before = configured(plugins);
  const after = applyChanges(before, changesOf(plugins, random));
  const sendings = list(160, () => sendingOf(random));
  await post(before);
  const records: RecordedRequest[] = [];
  for (const [i, sending] of sendings.entries()) records.push(await record(sending, i));
  await post(after);
  const recorded = indexPlugins(before);
  const replay = createReplay({ configuration: after, recorded, router: null, decisions: [], patches: [] });
  const differences: object[] = [];
  for (const [i, sending] of sendings.entries()) {
    const { status } = await kong.proxy(`/${sending.route.name}`, callOf(sending));
    const predicted = replay(records[i]!);
    const expected = predicted === null || predicted.kind === "passed" ? 200 : predicted.status;
    if (expected !== status) differences.push({ sending, recorded: records[i], predicted, status });
  }
  expect(differences.slice(0, 3)).toEqual([]);
});
