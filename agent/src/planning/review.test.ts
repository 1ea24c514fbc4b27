import { describe, expect, it } from "vitest";
import type { Configuration, Entity } from "../drivers/gateway.ts";
import type { PlannedAction } from "../policy/plan.ts";
import type { RecordedRequest } from "../preview/recorded-request.ts";
import { totalsOf } from "../preview/totals.ts";
import type { Incident } from "../store/incidents.ts";
import { type ReviewInput, reviewPlan } from "./review.ts";

const ROUTE = "0b6f0000-0000-4000-8000-000000000001";
const plugin = (name: string, over: object = {}): Entity => ({ id: name, name, enabled: true, config: {}, ...over });
const OURS = plugin("threat-response", { config: { mode: "enforce" } });

const configurationOf = (...plugins: Entity[]): Configuration => ({
  entities: {
    services: [{ id: "s", name: "shop", host: "upstream" }],
    routes: [{ id: ROUTE, name: "shop", paths: ["/"], service: { id: "s" } }],
    plugins,
  },
  hash: "h",
});

const incident = (over: Partial<Incident> = {}): Incident =>
  ({
    id: "i-1",
    category: "api_ddos",
    scope: { route_id: ROUTE, service_id: "s" },
    subject_kind: "route",
    subject_value: ROUTE,
    counts: { requests: 100, passed: 100, stopped: 0, failures: 0, distinct_users: 0, distinct_ips: 9, good: 0 },
    ...over,
  }) as Incident;

const record = (over: Partial<RecordedRequest>): RecordedRequest => ({
  at: 1_000_000,
  method: "GET",
  path: "/shop",
  route_id: ROUTE,
  service_id: "s",
  ip: "192.0.2.1",
  consumer: null,
  credential: null,
  header_names: [],
  size: 0,
  status: 200,
  source: "service",
  attack: false,
  weight: 1,
  ...over,
});
/** So many legitimate requests from addresses of their own, and as many attacks from one. */
const traffic = (count: number) =>
  Array.from({ length: count }, (_, i) => [
    record({ ip: `192.0.${i >> 8}.${i & 255}` }),
    record({ ip: "203.0.113.9", attack: true }),
  ]).flat();

const action = (over: Partial<PlannedAction>): PlannedAction => ({
  type: "block_source",
  vehicle: "decision",
  target: { kind: "ip", value: "203.0.113.9" },
  params: { action: "block" },
  ttl_s: 60,
  idempotency_key: "k",
  reason: "a test",
  ...over,
});
const THROTTLE = action({
  type: "throttle_route",
  vehicle: "admin-api",
  target: { route_id: ROUTE },
  params: { second: 5, limit_by: "ip" },
});

function review(actions: PlannedAction[], over: Partial<ReviewInput> = {}) {
  const records = over.records ?? traffic(150);
  return reviewPlan({
    plan: { id: "p", costly: false, actions, reason: "" },
    incident: incident(),
    configuration: configurationOf(OURS),
    mode: "traditional",
    records,
    totals: totalsOf(records),
    gateway: "default",
    now: 2_000_000,
    limits: { max_legit_share: 0.02, over_legit_share: "approval", refuse_legit_share: 0.2 },
    ...over,
  });
}

describe("the review of a plan", () => {
  it("has nothing against one that stops the attack and hardly anybody else, and keeps what it saw", () => {
    const { refuse, needs_approval, preview } = review([action({})]);
    expect({ refuse, needs_approval }).toEqual({ refuse: null, needs_approval: null });
    expect(preview).toMatchObject({ confidence: "good", attack: { share: 1 }, legitimate: { hit: 0 } });
  });

  it("refuses what cannot work where it is meant to, and says why", () => {
    const guarded = configurationOf(OURS, plugin("basic-auth", { route: { id: ROUTE } }));
    const { refuse } = review([THROTTLE], { configuration: guarded });
    expect(refuse).toContain("basic-auth answers these requests before rate-limiting runs");
    expect(review([action({})], { configuration: guarded }).refuse).toBeNull();
  });

  it("lets what runs after authentication be used against those whom it lets in", () => {
    const records = traffic(150).map((one) => (one.attack ? { ...one, consumer: "mallory" } : one));
    const guarded = configurationOf(OURS, plugin("key-auth", { route: { id: ROUTE } }));
    expect(review([THROTTLE], { configuration: guarded, records }).refuse).toBeNull();
  });

  it("refuses decisions where the plugin only monitors or is somewhere else", () => {
    const monitor = configurationOf(plugin("threat-response", { config: { mode: "monitor" } }));
    const elsewhere = configurationOf(
      plugin("threat-response", { route: { id: "r-other" }, config: { mode: "enforce" } }),
    );
    for (const configuration of [monitor, elsewhere])
      expect(review([action({})], { configuration }).refuse).toContain("does not enforce here");
  });

  it("does not doubt a plugin that reports, because this Admin API does not list it", () => {
    expect(review([action({})], { configuration: configurationOf() }).refuse).toBeNull();
  });

  it("asks for approval beyond the share of legitimate requests, and refuses far beyond it or when told to", () => {
    const hits = (count: number) => [
      ...traffic(150),
      ...Array.from({ length: count }, () => record({ ip: "203.0.113.9" })),
    ];
    const limits = { max_legit_share: 0.02, refuse_legit_share: 0.2 };
    expect(review([action({})], { records: hits(3) }).needs_approval).toBeNull();
    expect(review([action({})], { records: hits(10) }).needs_approval).toContain("6.3 % of the legitimate requests");
    expect(review([action({})], { records: hits(60) }).refuse).toContain("28.6 %");
    const strict = review([action({})], { records: hits(10), limits: { ...limits, over_legit_share: "refuse" } });
    expect(strict.refuse).toContain("6.3 %");
  });

  it("says what would end by itself in place of what has to be removed", () => {
    expect(review([THROTTLE]).preview?.notes).toContain(
      "rate-limiting stays until it is removed; a decision works here too, and ends by itself",
    );
    expect(review([action({})]).preview?.notes).toEqual([]);
  });

  it("says when too little was recorded, and lets narrow plans pass all the same", () => {
    const { refuse, needs_approval, preview } = review([action({})], { records: [] });
    expect({ refuse, needs_approval }).toEqual({ refuse: null, needs_approval: null });
    expect(preview?.notes.join()).toContain("not enough recorded traffic");
  });
});
