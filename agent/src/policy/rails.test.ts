import { describe, expect, it } from "vitest";
import { decideContext } from "../../../test/support/decide-context.ts";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { classifyByRules } from "../classification/rules.ts";
import type { Incident } from "../store/incidents.ts";
import { decide } from "./decide.ts";
import { parsePolicy } from "./load.ts";
import type { DecideContext, Plan } from "./plan.ts";

interface Written {
  rails?: string;
  approvals?: string;
  more?: string;
  when?: string;
  plans?: string;
}

const THROTTLE = "{ id: throttle, action: throttle_route, ttl_s: 60, per_second: 5 }";
const BLOCK = "{ id: block, action: block_source, ttl_s: 60, min_requests: 1 }";

function policyOf({ rails = "{}", approvals = "{}", more = "", when = "", plans = THROTTLE }: Written) {
  return parsePolicy(`
version: 1
${more}
rails: ${rails}
approvals: ${approvals}
rules:
  - name: here
    when: { category: [api_ddos, credential_stuffing, payload_injection] ${when === "" ? "" : `, ${when}`} }
    plans: [${plans}]
`);
}

function decided(written: Written, incident: Incident, context: Partial<DecideContext> = {}) {
  return decide(incident, classifyByRules(incident), policyOf(written), decideContext(context));
}

/** What would be done, or why nothing is. */
function outcome(written: Written, incident: Incident, context: Partial<DecideContext> = {}): string | Plan {
  const { plans, refusals } = decided(written, incident, context);
  const plan = plans[0];
  if (plan !== undefined && plan.actions.length > 0) return plan;
  return refusals.map(({ reason }) => reason).join("; ") || (plan?.reason ?? "");
}

const shop = { route_id: "r-search", route_name: "search", service_id: "s-shop", service_name: "shop" };
const flood = (changes: Partial<Incident> = {}) => someFlood({ scope: shop, ...changes });
const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;

describe("where the plugin only monitors", () => {
  it("nothing is done unless the policy says so", () => {
    const monitored = flood({ mode: "monitor" });
    expect(outcome({}, monitored)).toContain("only monitors");
    expect(outcome({ rails: "{ act_on_monitor: true }" }, monitored)).toMatchObject({ id: "throttle" });
  });

  it("a dry run tells what would be done, as it carries nothing out", () => {
    expect(outcome({}, flood({ mode: "monitor" }), { dry_run: true })).toMatchObject({ id: "throttle" });
  });
});

describe("never-touch lists", () => {
  it.each([
    ["a route by name", { rails: "{ never_touch: { routes: [search] } }" }, {}, "never touches route search"],
    ["a route by id", { rails: "{ never_touch: { routes: [r-search] } }" }, {}, "never touches route r-search"],
    ["a route by pattern", { rails: '{ never_touch: { routes: ["se*ch"] } }' }, {}, "never touches route search"],
    ["a service", { rails: "{ never_touch: { services: [shop] } }" }, {}, "never touches service shop"],
    ["a tag", { rails: "{ never_touch: { tags: [payment] } }" }, { tags: ["eu", "payment"] }, "tagged payment"],
    ["what may carry the tag", { rails: "{ never_touch: { tags: [payment] } }" }, { tags: null }, "are not known"],
  ] as const)("refuse %s", (_name, written, context, reason) => {
    expect(outcome(written, flood(), context)).toContain(reason);
  });

  it.each([
    ["another route", { rails: "{ never_touch: { routes: [searches, sea, rch] } }" }, {}],
    ["another service", { rails: "{ never_touch: { services: [shop2] } }" }, {}],
    ["another tag", { rails: "{ never_touch: { tags: [payment] } }" }, { tags: ["payments"] }],
    ["a pattern with other letters", { rails: '{ never_touch: { routes: ["s.arch"] } }' }, {}],
  ] as const)("let %s pass", (_name, written, context) => {
    expect(outcome(written, flood(), context)).toMatchObject({ id: "throttle" });
  });

  it.each(["threat-response", "threat-response-status"])("refuse the agent's own route %s", (route_name) => {
    expect(outcome({}, flood({ scope: { ...shop, route_name } }))).toContain("never touches route");
  });

  it.each([
    ["health", true],
    ["api-healthz", true],
    ["shop-health-check", true],
    ["readyz", true],
    ["wealth", false],
    ["already-sold", false],
  ])("take %s for a health check: %s", (route_name, spared) => {
    const result = outcome({}, flood({ scope: { ...shop, route_name } }));
    if (spared) expect(result).toContain("looks like a health check");
    else expect(result).toMatchObject({ id: "throttle" });
  });

  it("never stand in the way of what is aimed at one address", () => {
    const spared = { rails: "{ never_touch: { routes: [login] } }", plans: BLOCK };
    expect(outcome(spared, someIncident())).toMatchObject({ id: "block" });
  });
});

describe("rules", () => {
  it.each([
    ["routes by name", "scope: { routes: [search] }", true],
    ["routes by pattern", 'scope: { routes: ["s*"] }', true],
    ["services by id", "scope: { services: [s-shop] }", true],
    ["tags", "scope: { tags: [public] }", true],
    ["other routes", "scope: { routes: [login] }", false],
    ["other services", "scope: { routes: [search], services: [bank] }", false],
    ["other tags", "scope: { tags: [internal] }", false],
    ["other subjects", "subject: ip", false],
    ["severities from", "min_severity: critical", false],
    ["severities to", "max_severity: medium", false],
    ["classes", "class: sqli", false],
  ])("apply to %s (%s): %s", (_name, when, applies) => {
    const rule = decided({ when }, flood(), { tags: ["public", "eu"] }).rule;
    expect(rule).toBe(applies ? "here" : null);
  });
});

describe("maintenance windows", () => {
  // A Wednesday, 23:30 in Berlin.
  const now = Date.parse("2026-01-14T22:30:00Z");
  const window = (given: string) =>
    `maintenance: [{ name: release, time_zone: Europe/Berlin, from: "22:00", to: "02:00" ${given} }]`;
  const incident = (changes: Partial<Incident> = {}) => flood({ last_seen_at: now - 1_000, ...changes });

  it.each([
    ["inside", "", now],
    ["after midnight, of the day on which it began", ", weekdays: wed", now + 2 * 3_600_000],
  ])("only watch %s", (_name, given, at) => {
    const given_ = { more: window(given) };
    expect(outcome(given_, incident({ last_seen_at: at }), { now: at })).toContain(
      "the maintenance window release holds",
    );
  });

  it.each([
    ["on other days", ", weekdays: [thu, fri]", now],
    ["before it begins", "", now - 2 * 3_600_000],
    ["at its end", "", now + 2.5 * 3_600_000],
    ["what is exempt", ", except_severity: high", now],
  ])("act %s", (_name, given, at) => {
    expect(outcome({ more: window(given) }, incident({ last_seen_at: at }), { now: at })).toMatchObject({
      id: "throttle",
    });
  });

  it("ask where the policy says so", () => {
    const plan = outcome({ more: window(", effect: approval") }, incident(), { now });
    expect(plan).toMatchObject({ approval: { reason: "the maintenance window release holds", persons: 1 } });
  });
});

describe("cooldowns", () => {
  const target = { route_id: "r-search" };
  const earlier = (minutes: number, changes: object = {}) => ({
    ended: [
      {
        type: "throttle_route" as const,
        target,
        status: "expired" as const,
        applied_at: minutesAgo(minutes),
        ended_at: minutesAgo(minutes - 1),
        ...changes,
      },
    ],
  });
  const rails = (given: string) => ({ rails: `{ cooldowns: [{ action: throttle_route, seconds: 600 ${given} }] }` });

  it("refuse the same action on the same target too soon, and let it pass later", () => {
    expect(outcome(rails(""), flood(), earlier(9))).toContain("less than 600 s ago");
    expect(outcome(rails(""), flood(), earlier(11))).toMatchObject({ id: "throttle" });
  });

  it("let another target pass, unless they are of the whole gateway", () => {
    const other = earlier(9, { target: { route_id: "r-other" } });
    expect(outcome(rails(""), flood(), other)).toMatchObject({ id: "throttle" });
    expect(outcome(rails(", per: gateway"), flood(), other)).toContain("on this gateway");
    expect(outcome(rails(", per: gateway"), flood(), earlier(9, { type: "block_source" }))).toMatchObject({
      id: "throttle",
    });
  });
});

describe("what was declined", () => {
  const declined = [
    { type: "throttle_route" as const, target: { route_id: "r-search" }, why: "an operator rejected it" },
  ];

  it("is not asked for again at once, anything else is", () => {
    expect(outcome({}, flood(), { declined })).toContain("an operator rejected it a short while ago");
    expect(outcome({}, flood({ scope: { ...shop, route_id: "r-2" } }), { declined })).toMatchObject({ id: "throttle" });
  });
});

describe("escalation", () => {
  const twice = Array.from({ length: 2 }, () => ({
    type: "throttle_route" as const,
    target: { route_id: "r-search" },
    status: "expired" as const,
    applied_at: 1,
    ended_at: minutesAgo(1),
  }));

  it.each([
    ["linear", 180],
    ["double", 240],
    ["none", 60],
  ])("is %s: %i s after two times", (escalation, ttl_s) => {
    const plan = outcome({ rails: `{ escalation: ${escalation} }` }, flood(), { ended: twice }) as Plan;
    expect(plan.actions[0]?.ttl_s).toBe(ttl_s);
  });
});

describe("approval rules", () => {
  const approval = (approvals: string, written: Written = {}) =>
    (outcome({ approvals, ...written }, flood()) as Plan).approval ?? null;

  it.each([
    ["by risk", "{ rules: [{ risk: route }] }", { reason: "its risk is route", persons: 1 }],
    [
      "by action",
      "{ rules: [{ action: throttle_route, persons: 2 }] }",
      { reason: "it is throttle_route", persons: 2 },
    ],
    ["by confidence", "{ rules: [{ below_confidence: 0.95 }] }", { reason: "confidence is below 0.95", persons: 1 }],
    ["by targets", "{ rules: [{ over_targets: 0 }] }", { reason: "it has more than 0 targets", persons: 1 }],
    [
      "with the most persons of several",
      "{ rules: [{ risk: route, persons: 2 }, { action: throttle_route }] }",
      { reason: "its risk is route; it is throttle_route", persons: 2 },
    ],
  ])("ask %s", (_name, approvals, expected) => {
    expect(approval(approvals)).toEqual(expected);
  });

  it.each([
    ["another risk", "{ rules: [{ risk: [service, global] }] }"],
    ["enough confidence", "{ rules: [{ below_confidence: 0.5 }] }"],
    ["few targets", "{ rules: [{ over_targets: 1 }] }"],
    ["one part of a rule only", "{ rules: [{ risk: route, below_confidence: 0.5 }] }"],
    ["the shipped rules", "{}"],
  ])("do not ask for %s", (_name, approvals) => {
    expect(approval(approvals)).toBeNull();
  });

  it("ask where the plan itself says so, and not again while it waits", () => {
    const plans = "{ id: throttle, needs_approval: true, action: throttle_route, ttl_s: 60, per_second: 5 }";
    expect(approval("{}", { plans })).toEqual({ reason: "the plan says so", persons: 1 });
    expect(outcome({ plans }, flood(), { waiting: ["throttle"] })).toContain("waits for somebody's approval");
    expect(outcome({ plans }, flood(), { waiting: ["another"] })).toMatchObject({ id: "throttle" });
  });
});

describe("a plan of several actions", () => {
  const both =
    "{ id: both, actions: [{ action: block_source, ttl_s: 60, min_requests: 1, shared: throttle }, { action: throttle_route, ttl_s: 60, per_second: 5 }] }";
  const few = flood({ sources: [{ ip: "198.51.100.1", count: 5_000 }] });

  it("is done whole", () => {
    const plan = outcome({ plans: both }, few) as Plan;
    expect(plan.actions.map(({ type }) => type)).toEqual(["block_source", "throttle_route"]);
  });

  it("or not at all: when one part is refused, or does not fit into the budget", () => {
    expect(outcome({ plans: both, rails: "{ never_touch: { routes: [search] } }" }, few)).toContain(
      "a part of it is refused",
    );
    expect(outcome({ plans: both, rails: "{ max_actions_per_hour: 1, reserved: {} }" }, few)).toContain(
      "2 actions do not fit",
    );
  });
});

describe("dry run of some", () => {
  const dry = (written: Written) =>
    (outcome(written, flood()) as Plan).actions.map((action) => action.dry_run ?? false);

  it("marks the actions of a plan, or of a kind, and no others", () => {
    expect(dry({})).toEqual([false]);
    expect(dry({ more: "dry_run_actions: [throttle_route]" })).toEqual([true]);
    expect(dry({ more: "dry_run_actions: [block_source]" })).toEqual([false]);
    expect(dry({ plans: "{ id: t, dry_run: true, action: throttle_route, ttl_s: 60, per_second: 5 }" })).toEqual([
      true,
    ]);
  });
});

describe("the kill switch", () => {
  it("refuses everything with its reason", () => {
    expect(outcome({}, flood(), { stopped: "the kill switch is on (set by alice)" })).toContain("set by alice");
  });
});
