/**
 * The same requests on two gateways, as things are and with a plan carried out: who is stopped there is exactly whom the preview named from
 * what was recorded before. No clock is involved: windows are a year long.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Change, Entity } from "../../../agent/src/drivers/gateway.ts";
import { type Condition, compile } from "../../../agent/src/hot-patch/index.ts";
import { applyChanges } from "../../../agent/src/preview/apply-changes.ts";
import type { PlannedDecision } from "../../../agent/src/preview/decisions.ts";
import { patchMatches } from "../../../agent/src/preview/patch-match.ts";
import { indexPlugins } from "../../../agent/src/preview/plugins-in-effect.ts";
import type { RecordedRequest } from "../../../agent/src/preview/recorded-request.ts";
import { createReplay, type PlannedPatch } from "../../../agent/src/preview/replay.ts";
import { createRouter } from "../../../agent/src/preview/router.ts";
import { type Random, seeded } from "../../../demo/random.ts";
import { type EchoServer, startEchoServer } from "../../support/echo-server.ts";
import { eventually } from "../../support/eventually.ts";
import { type FeedServer, feedOf, now, startFeedServer } from "../../support/feed-server.ts";
import { type Answer, call } from "../../support/http.ts";
import { pluginConfig } from "../entities.ts";
import { type RunningGateway, startGateway } from "../gateway/gateway.ts";

const BAD = "203.0.113.9";
const ADDRESSES = [BAD, "203.0.113.10", "192.0.2.1", "192.0.2.2", "2001:db8::7"];
const AGENTS = ["Mozilla/5.0 Firefox/144.0", "sqlmap/1.7", "SQLMap/2", "reader/3.0"];
const TREE: Condition = {
  all: [
    { field: "method", equals: "POST" },
    { field: "client", in: ["203.0.113.0/24"] },
  ],
};
const SERVICE = "0a000000-0000-4000-8000-000000000001";
const CONSUMERS = { alice: "0c000000-0000-4000-8000-000000000001", mallory: "0c000000-0000-4000-8000-000000000002" };
const OURS: Entity = {
  id: "0d000000-0000-4000-8000-000000000000",
  name: "threat-response",
  config: { mode: "enforce" },
};

interface Case {
  name: string;
  /** On the route already. */
  has?: { name: string; config?: object }[];
  adds?: { name: string; config: object };
  sets?: Record<string, unknown>;
  decision?: Omit<PlannedDecision, "route">;
  patch?: Condition;
}

const YEARLY = { year: 3, policy: "local" };
const CASES: Case[] = [
  { name: "ip-restriction", adds: { name: "ip-restriction", config: { deny: ["203.0.113.0/24", "2001:db8::/32"] } } },
  { name: "ip-restriction-allow", adds: { name: "ip-restriction", config: { allow: ["192.0.2.0/24"] } } },
  {
    name: "ip-restriction-behind-auth",
    has: [{ name: "key-auth" }],
    adds: { name: "ip-restriction", config: { deny: [BAD] } },
  },
  { name: "rate-limiting-ip", adds: { name: "rate-limiting", config: { ...YEARLY, limit_by: "ip" } } },
  {
    name: "rate-limiting-consumer",
    has: [{ name: "key-auth" }],
    adds: { name: "rate-limiting", config: { ...YEARLY, limit_by: "consumer" } },
  },
  { name: "rate-limiting-service", adds: { name: "rate-limiting", config: { ...YEARLY, limit_by: "service" } } },
  { name: "acl-deny", has: [{ name: "key-auth" }], adds: { name: "acl", config: { deny: ["blocked"] } } },
  { name: "acl-allow", has: [{ name: "key-auth" }], adds: { name: "acl", config: { allow: ["blocked"] } } },
  { name: "bot-detection", adds: { name: "bot-detection", config: { deny: ["(?i)sqlmap"], allow: ["sqlmap/1"] } } },
  { name: "size", adds: { name: "request-size-limiting", config: { allowed_payload_size: 10, size_unit: "bytes" } } },
  { name: "termination", adds: { name: "request-termination", config: { status_code: 503 } } },
  {
    name: "termination-trigger",
    adds: { name: "request-termination", config: { status_code: 503, trigger: "apikey" } },
  },
  { name: "key-auth-new", adds: { name: "key-auth", config: { key_names: ["apikey"] } } },
  { name: "basic-auth-anonymous", adds: { name: "basic-auth", config: { anonymous: CONSUMERS.alice } } },
  { name: "methods", sets: { methods: ["GET"] } },
  { name: "decision", decision: { action: "block", kind: "ip", value: BAD } },
  {
    name: "decision-range",
    has: [{ name: "key-auth" }],
    decision: { action: "block", kind: "ip", value: "203.0.113.0/24" },
  },
  { name: "hot-patch", has: [{ name: "key-auth" }], patch: TREE },
  { name: "nothing", has: [{ name: "key-auth" }] },
];

const idOf = (kind: string, i: number) => `${kind}000000-0000-4000-8000-${String(i + 1).padStart(12, "0")}`;
const routeId = (i: number) => idOf("0b", i);
const onRoute = (i: number) => ({ route: { id: routeId(i) } });

const before: Entity[] = CASES.flatMap(({ has = [] }, i) =>
  has.map((plugin, k) => ({ id: idOf(`0${k + 2}`, i), config: {}, ...plugin, ...onRoute(i) })),
);
const routes: Entity[] = CASES.map(({ name }, i) => ({
  id: routeId(i),
  name,
  paths: [`/${name}`],
  service: { id: SERVICE },
}));
const changes: Change[] = CASES.flatMap(({ adds, sets }, i): Change[] => {
  if (sets) return [{ op: "update", type: "routes", id: routeId(i), expect: routes[i]!, set: sets }];
  return adds ? [{ op: "create", type: "plugins", entity: { id: idOf("0e", i), ...adds, ...onRoute(i) } }] : [];
});
const patches: Entity[] = CASES.flatMap(({ patch }, i) => {
  if (!patch) return [];
  const code = compile({ id: `p${i}`, when: patch, expires_at: now() + 3_600, status: 451, share: 1 });
  return [{ id: idOf("0f", i), name: "pre-function", config: { access: [code] }, ...onRoute(i) }];
});
const decisions: PlannedDecision[] = CASES.flatMap(({ decision }, i) =>
  decision ? [{ ...decision, route: routeId(i) }] : [],
);
const plannedPatches: PlannedPatch[] = CASES.flatMap(({ patch }, i) =>
  patch
    ? [
        {
          route_id: routeId(i),
          service_id: null,
          matches: (one: RecordedRequest) => patchMatches(patch, one),
          status: 451,
        },
      ]
    : [],
);
const CONFIGURED = {
  entities: {
    services: [{ id: SERVICE, name: "shop" }],
    routes,
    plugins: [OURS, ...before],
    acls: [{ id: idOf("0a", 9), group: "blocked", consumer: { id: CONSUMERS.mallory } }],
  },
};

/** As Kong takes it in one document. */
function documentOf(plugins: readonly Entity[], theRoutes: readonly Entity[], upstream: string, feed: string): object {
  const references = (plugin: Entity) => ({
    ...plugin,
    ...(plugin.route ? { route: (plugin.route as Entity).id } : {}),
  });
  const quiet = Object.fromEntries(
    ["payload", "known", "login", "flood", "client", "abuse", "errors"].map((name) => [name, { enabled: false }]),
  );
  return {
    _format_version: "3.0",
    services: [{ id: SERVICE, name: "shop", url: upstream }],
    routes: theRoutes.map((route) => ({ ...route, service: SERVICE })),
    consumers: Object.entries(CONSUMERS).map(([username, id]) => ({
      id,
      username,
      keyauth_credentials: [{ key: `${username}-key` }],
      ...(username === "mallory" ? { acls: [{ group: "blocked" }] } : {}),
    })),
    plugins: [{ ...OURS, config: pluginConfig(feed, quiet) }, ...plugins.map(references)],
  };
}

interface Sending {
  route: number;
  from: string;
  method: "GET" | "POST";
  agent: string;
  key: string | null;
  size: number;
}

const sendingOf = (random: Random): Sending => ({
  route: random.between(0, CASES.length - 1),
  from: random.pick(ADDRESSES),
  method: random.pick(["GET", "POST"] as const),
  agent: random.pick(AGENTS),
  key: random.pick(["alice-key", "mallory-key", "guess", null]),
  size: random.pick([0, 5, 10, 11, 50]),
});

function send(gateway: RunningGateway, { route, from, method, agent, key, size }: Sending): Promise<Answer> {
  const headers = { "x-forwarded-for": from, "user-agent": agent, ...(key === null ? {} : { apikey: key }) };
  const body = method === "POST" ? { body: "b".repeat(size) } : {};
  return call(`${gateway.proxyUrl}/${CASES[route]!.name}/page`, { method, headers, ...body });
}

const reached = (answer: Answer) => answer.status === 200;

function recordOf(sending: Sending, answer: Answer, at: number): RecordedRequest {
  const { route, from, method, agent, key, size } = sending;
  return {
    at,
    method,
    path: `/${CASES[route]!.name}/page`,
    route_id: routeId(route),
    service_id: SERVICE,
    ip: from,
    consumer: answer.json?.headers?.["x-consumer-id"] ?? null,
    credential: key,
    header_names: ["host", "x-forwarded-for", "user-agent", ...(key === null ? [] : ["apikey"])],
    user_agent: agent,
    size: method === "POST" ? size : 0,
    status: answer.status,
    source: reached(answer) ? "service" : "exit",
    attack: from === BAD,
    weight: 1,
  };
}

describe("the preview", () => {
  let upstream: EchoServer;
  let feeds: FeedServer[];
  let asIs: RunningGateway;
  let asPlanned: RunningGateway;

  beforeAll(async () => {
    upstream = await startEchoServer();
    feeds = [await startFeedServer(), await startFeedServer()];
    const after = applyChanges(CONFIGURED, changes).entities;
    const start = (plugins: readonly Entity[], theRoutes: readonly Entity[], feed: FeedServer) => {
      const entities = documentOf(plugins, theRoutes, upstream.url, feed.url);
      return startGateway({ database: false, trustedIps: ["127.0.0.1/32"], entities });
    };
    asIs = await start(before, routes, feeds[0]!);
    asPlanned = await start([...after.plugins!.slice(1), ...patches], after.routes!, feeds[1]!);
    const lines = decisions.map(({ value, route }, i) => `block ip ${value} ${now() + 600} d-${i} - route=${route}`);
    feeds[1]!.answer(() => feedOf({ sequence: 200, lines }));
    const blocked = {
      route: CASES.findIndex(({ name }) => name === "decision"),
      from: BAD,
      method: "GET",
      agent: "a",
      key: null,
      size: 0,
    } as const;
    for (let round = 0; round < 5; round++)
      await eventually(async () => {
        const answers = await Promise.all(Array.from({ length: 16 }, () => send(asPlanned, blocked)));
        if (answers.some(({ status }) => status !== 403)) throw new Error("the decision is not in force everywhere");
      }, 30_000);
  });
  afterAll(async () => {
    await asIs?.stop();
    await asPlanned?.stop();
    for (const feed of feeds ?? []) await feed.close();
    await upstream?.stop();
  });

  // Counts on, as the gateway does.
  const replay = createReplay({
    configuration: applyChanges(CONFIGURED, changes),
    recorded: indexPlugins(CONFIGURED),
    router: createRouter(CONFIGURED, applyChanges(CONFIGURED, changes)),
    decisions,
    patches: plannedPatches,
  });

  test.each([1, 2])("names exactly those who are stopped (seed %i)", async (seed) => {
    const random = seeded(seed);
    const differences: object[] = [];
    let compared = 0;
    for (let i = 0; i < 600; i++) {
      const sending = sendingOf(random);
      const record = recordOf(sending, await send(asIs, sending), i);
      const predicted = replay(record);
      const answer = await send(asPlanned, sending);
      if (predicted?.unsure) continue;
      compared++;
      const isStopped = predicted !== null && predicted.kind !== "passed";
      if (isStopped === reached(answer))
        differences.push({ case: CASES[sending.route]!.name, sending, predicted, answered: answer.status });
    }
    expect(differences.slice(0, 5)).toEqual([]);
    expect(compared).toBeGreaterThan(550);
  });
});
