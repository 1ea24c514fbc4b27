import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decideContext } from "../../../test/support/decide-context.ts";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { classifyByRules } from "../classification/rules.ts";
import type { Incident } from "../store/incidents.ts";
import { decide } from "./decide.ts";
import { parsePolicy } from "./load.ts";
import type { DecideContext } from "./plan.ts";
import { NOTHING_USED } from "./reserve.ts";

const text = readFileSync(new URL("../../policy.yaml", import.meta.url), "utf8");
const shipped = parsePolicy(text);

function decided(incident: Incident, changes: Partial<DecideContext> = {}, policy = shipped) {
  return decide(incident, classifyByRules(incident), policy, decideContext(changes));
}

/** So many of high severity in the last hour. */
const used = (high: number) => ({ hour: { ...NOTHING_USED, high }, day: NOTHING_USED });
const first = (incident: Incident, changes?: Partial<DecideContext>) => decided(incident, changes).plans[0];

describe("the shipped policy", () => {
  it("stops new logins, and only those, from an address that stuffs credentials", () => {
    const plan = first(someIncident());
    expect(plan?.id).toBe("stop_logins");
    expect(plan?.actions).toMatchObject([
      {
        type: "block_source",
        vehicle: "decision",
        target: { kind: "ip", value: "203.0.113.7" },
        params: { action: "block", scope: "login" },
      },
    ]);
  });

  it("does so also where good users share the address", () => {
    const plan = first(someIncident({ counts: { ...someIncident().counts, good: 40 } }));
    expect(plan?.actions[0]?.params).toEqual({ action: "block", scope: "login" });
  });

  it("blocks an address that floods, but slows one down that good users share", () => {
    const flood = someFlood({ subject_kind: "ip", subject_value: "198.51.100.9" });
    expect(first(flood)?.actions[0]?.params).toEqual({ action: "block" });
    const shared = someFlood({
      subject_kind: "ip",
      subject_value: "198.51.100.9",
      counts: { ...flood.counts, good: 1_500 },
    });
    expect(first(shared)?.actions[0]?.params).toEqual({ action: "throttle", rps: 5 });
  });

  it("throttles the route when single sources make up too little of a flood", () => {
    const decision = decided(someFlood());
    expect(decision.plans[0]).toMatchObject({ id: "throttle_route", costly: true });
    expect(decision.plans[0]?.actions).toMatchObject([
      { type: "throttle_route", target: { route_id: "r-search" }, params: { second: 10, limit_by: "ip" } },
    ]);
    expect(decision.refusals.some((refusal) => refusal.plan === "slow_sources")).toBe(true);
  });

  it("slows the sources of a flood when few make up most of it, unknown ones never blocked", () => {
    const sources = [1, 2, 3].map((i) => ({ ip: `198.51.100.${i}`, count: 1_900 }));
    const decision = decided(someFlood({ sources }), { behind: { "198.51.100.1": { good: 0, bad: 1_900 } } });
    expect(decision.plans[0]?.actions.map((action) => action.params.action)).toEqual(["block", "throttle", "throttle"]);
  });

  it("blocks an injection campaign, never a shared address and never after a single request", () => {
    const campaign = someIncident({
      category: "payload_injection",
      class: "sqli",
      score: 95,
      counts: { ...someIncident().counts, requests: 40, passed: 0 },
    });
    expect(first(campaign)?.actions[0]?.params).toEqual({ action: "block" });
    const shared = decided({ ...campaign, counts: { ...campaign.counts, good: 30 } });
    expect(shared.plans[0]?.actions).toEqual([]);
    const single = decided({ ...campaign, counts: { ...campaign.counts, requests: 1 } });
    expect(single.plans[0]?.actions).toEqual([]);
  });

  it.each(["abuse", "route_misconfig", "mass_error", "client_anomaly"] as const)("only watches %s", (category) => {
    expect(decided(someIncident({ category })).plans).toMatchObject([{ id: "watch", actions: [] }]);
  });
});

describe("the rails", () => {
  const soon = Date.now() + 60_000;
  const key = first(someIncident())?.actions[0];
  const target = { kind: "ip", value: "203.0.113.7" };

  it.each([
    ["the plugin only monitors", { mode: "monitor" as const }, {}, "only monitors"],
    ["the incident is over", { status: "resolved" as const }, {}, "is over"],
    ["the evidence is old", { last_seen_at: Date.now() - 3_600_000 }, {}, "s old"],
    ["the hour's budget is used up", {}, { used: used(60) }, "in the last hour"],
    ["the address is this machine", { subject_value: "127.0.0.1" }, {}, "this machine"],
    ["the address is this machine in another form", { subject_value: "::ffff:127.0.0.1" }, {}, "this machine"],
    ["the address is none", { subject_value: "203.0.113.7 block" }, {}, "not an address"],
    [
      "an operator undid it",
      {},
      {
        ended: [
          {
            type: "block_source" as const,
            target,
            status: "undone" as const,
            applied_at: 1,
            ended_at: Date.now() - 60_000,
          },
        ],
      },
      "operator undid",
    ],
    [
      "it failed a moment ago",
      {},
      {
        ended: [
          {
            type: "block_source" as const,
            target,
            status: "failed" as const,
            applied_at: null,
            ended_at: Date.now() - 5_000,
          },
        ],
      },
      "failed",
    ],
    [
      "nothing was seen since it expired",
      { last_seen_at: Date.now() - 10_000 },
      {
        ended: [
          {
            type: "block_source" as const,
            target,
            status: "expired" as const,
            applied_at: 1,
            ended_at: Date.now() - 5_000,
          },
        ],
      },
      "no new evidence",
    ],
    [
      "another incident's action is on",
      {},
      {
        active: [
          {
            id: "a",
            incident_id: "other",
            idempotency_key: "k",
            type: "block_source" as const,
            target,
            params: {},
            status: "applied" as const,
            applied_at: 1,
            expires_at: soon,
          },
        ],
      },
      "already on, for incident other",
    ],
  ])("refuse when %s, and say so", (_name, changes, contextChanges, reason) => {
    const decision = decided(someIncident(changes), contextChanges);
    expect(decision.plans.map((plan) => plan.actions)).toEqual([[]]);
    expect(decision.refusals.map((refusal) => refusal.reason).join("; ")).toContain(reason);
  });

  it("keep never-touched ranges and routes out", () => {
    const strict = parsePolicy(
      text.replace('"127.0.0.0/8", "::1/128"', '"203.0.113.0/24"').replace("routes: []", "routes: [search]"),
    );
    expect(decided(someIncident(), {}, strict).refusals[0]?.reason).toContain("203.0.113.0/24");
    expect(decided(someFlood(), {}, strict).refusals.map((refusal) => refusal.reason)).toContain(
      "the policy never touches route search",
    );
  });

  it("refuse to throttle where no route matched, and where the Admin API cannot", () => {
    const unrouted = decided(someFlood({ scope: {}, subject_value: "" }));
    expect(unrouted.refusals.map((refusal) => refusal.reason).join()).toContain("no route matched");
    const dbless = decided(someFlood(), { admin_api_refusal: "the gateway takes no entities" });
    expect(dbless.refusals.map((refusal) => refusal.reason)).toContain("the gateway takes no entities");
  });

  it("make repeated offenders stay longer, up to the cap", () => {
    const ended = (times: number) =>
      Array.from({ length: times }, () => ({
        type: "block_source" as const,
        target,
        status: "expired" as const,
        applied_at: 1,
        ended_at: Date.now() - 60_000,
      }));
    expect(key?.ttl_s).toBe(900);
    expect(first(someIncident(), { ended: ended(2) })?.actions[0]?.ttl_s).toBe(2_700);
    expect(first(someIncident(), { ended: ended(1_000) })?.actions[0]?.ttl_s).toBe(86_400);
  });

  it("cut a plan to what is left of the hour's budget", () => {
    const users = someIncident({
      subject_kind: "user",
      subject_value: "ab12",
      sources: Array.from({ length: 20 }, (_, i) => ({ ip: `198.51.100.${i}`, count: 9 })),
    });
    expect(first(users)?.actions).toHaveLength(20);
    expect(first(users, { used: used(42) })?.actions).toHaveLength(3);
  });

  it("give a plan that is on time to work before the next one is tried beside it", () => {
    const sources = [1, 2, 3].map((i) => ({ ip: `198.51.100.${i}`, count: 1_900 }));
    const flood = someFlood({ sources });
    const on = (applied_at: number) =>
      sources.map(({ ip }) => ({
        id: ip,
        incident_id: flood.id,
        idempotency_key: ip,
        type: "block_source" as const,
        target: { kind: "ip", value: ip },
        params: {},
        status: "applied" as const,
        applied_at,
        expires_at: soon,
      }));
    expect(first(flood, { active: on(flood.last_seen_at - 1_000) })).toMatchObject({
      actions: [],
      reason: "what can be done is on already",
    });
    expect(first(flood, { active: on(flood.last_seen_at - 40_000) })?.id).toBe("throttle_route");
  });

  it("let a dry run's record stand in the way of a dry run only", () => {
    const active = [
      {
        id: "a",
        incident_id: "x",
        idempotency_key: "k",
        type: "block_source" as const,
        target,
        params: {},
        status: "dry_run" as const,
        applied_at: null,
        expires_at: soon,
      },
    ];
    expect(first(someIncident(), { active, dry_run: true })?.actions).toEqual([]);
    expect(first(someIncident(), { active })?.actions).toHaveLength(1);
  });
});
