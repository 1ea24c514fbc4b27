import { describe, expect, it } from "vitest";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { testPolicy, useResponse } from "../../../test/support/response.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import { deliverOutbox } from "../notification/outbox.ts";
import type { Policy } from "../policy/index.ts";
import { respond } from "../respond.ts";
import { type Action, getAction } from "../store/actions.ts";
import { getDecision } from "../store/decisions.ts";
import { type Incident, incidentLog, updateIncident } from "../store/incidents.ts";
import { addDecisionHits, addTraffic } from "../store/traffic.ts";
import { verifyIncident } from "./verify.ts";

const at = useResponse();

type Numbers = Partial<Record<"suspicious" | "stopped" | "clean_ok" | "clean_denied" | "errors_service", number>>;

/** So many requests in each of the seconds from `from` on. */
async function traffic(incident: Incident, from: number, seconds: number, each: Numbers): Promise<void> {
  for (let i = 0; i < seconds; i++)
    await addTraffic(at.store.db, {
      gateway: "test",
      route_id: incident.scope.route_id ?? "",
      window_start: from + i * 1_000,
      window_ms: 1_000,
      requests: Object.values(each).reduce((sum, count) => sum + count, 0),
      suspicious: 0,
      stopped: 0,
      clean: 0,
      clean_ok: 0,
      clean_denied: 0,
      errors_service: 0,
      errors_gateway: 0,
      ...each,
    });
}

const hits = (action: Action, from: number, seconds: number, each: number) =>
  addDecisionHits(at.store.db, {
    decision_id: action.entity_id ?? "",
    window_start: from,
    window_ms: 1_000,
    hits: seconds * each,
  });

const withCanary = (): Policy => ({
  ...testPolicy,
  document: { ...testPolicy.document, rails: { ...testPolicy.document.rails, canary: { skip_at: "critical" } } },
});
const withoutCanary = (): Policy => ({
  ...testPolicy,
  document: { ...testPolicy.document, rails: { ...testPolicy.document.rails, canary: undefined } },
});

interface Begun {
  incident: Incident;
  action: Action;
  appliedAt: number;
}

/** Applied, with what was usual and what the attack did before. */
async function begin(
  incident: Incident,
  before: Numbers,
  usual: Numbers = { clean_ok: 20 },
  policy = withoutCanary,
): Promise<Begun> {
  at.parts = { ...at.parts, policy };
  await at.seen(incident);
  await respond(at.parts, incident.id);
  const action = await at.onlyAction(incident);
  const appliedAt = action.applied_at ?? 0;
  await traffic(incident, incident.first_seen_at - 40_000, 30, usual);
  await traffic(incident, appliedAt - 20_000, 20, before);
  return { incident, action, appliedAt };
}

/** The agent's clock so many milliseconds after the action was applied, and what it then does. */
async function verifyAt({ incident, action, appliedAt }: Begun, ms: number): Promise<Action> {
  at.parts = { ...at.parts, now: () => appliedAt + ms };
  await verifyIncident(at.parts, incident.id);
  return (await getAction(at.store.db, action.id)) as Action;
}

const waits = async (kind: string) => (await at.jobs()).some((job) => job.kind === kind);

describe("an action that does not help", () => {
  it("is undone within two windows, marked, told, left alone, and the next plan is due", async () => {
    const begun = await begin(someFlood(), { suspicious: 200, clean_ok: 20 });
    await traffic(begun.incident, begun.appliedAt + 2_000, 24, { suspicious: 200, clean_ok: 20 });
    expect(await verifyAt(begun, 13_000)).toMatchObject({ status: "applied", outcome: "useless" });
    expect(await verifyAt(begun, 25_000)).toMatchObject({ status: "undone", outcome: "useless" });
    expect(at.admin.plugins.size).toBe(0);
    expect(await waits("respond")).toBe(true);
    await updateIncident(at.store.db, begun.incident.id, { last_seen_at: at.parts.now() });
    await respond(at.parts, begun.incident.id);
    expect(at.admin.plugins.size).toBe(0);
    const log = await incidentLog(at.store.db, begun.incident.id);
    expect(JSON.stringify(log)).toContain("it did not help a short while ago");
    await deliverOutbox(at.parts);
    const told = at.messages.filter((message) => message.type === "action.undone");
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain("did not help in 2 windows");
  });

  it("stays while it stops its own target, though others go on", async () => {
    const begun = await begin(someIncident(), { suspicious: 40, clean_ok: 20 });
    await traffic(begun.incident, begun.appliedAt + 2_000, 24, { suspicious: 38, stopped: 4, clean_ok: 20 });
    await hits(begun.action, begun.appliedAt + 3_000, 20, 4);
    await verifyAt(begun, 13_000);
    expect(await verifyAt(begun, 25_000)).toMatchObject({ status: "applied", outcome: "in_part" });
  });

  it("is not judged without traffic", async () => {
    const begun = await begin(someIncident(), { suspicious: 40, clean_ok: 20 });
    for (const ms of [13_000, 25_000, 60_000])
      expect(await verifyAt(begun, ms)).toMatchObject({ status: "applied", outcome: "unknown" });
  });
});

describe("an action that harms", () => {
  const harmed = async () => {
    const begun = await begin(someFlood(), { suspicious: 200, clean_ok: 20 });
    await traffic(begun.incident, begun.appliedAt + 2_000, 11, { suspicious: 5, clean_ok: 8, clean_denied: 12 });
    return begun;
  };

  it("is undone at once, and not done again", async () => {
    const begun = await harmed();
    const ended = await verifyAt(begun, 13_000);
    expect(ended).toMatchObject({ status: "undone", outcome: "harmful" });
    expect(ended.error).toMatch(/132 of 220 legitimate requests were denied/);
    expect(at.admin.plugins.size).toBe(0);
    await updateIncident(at.store.db, begun.incident.id, { last_seen_at: at.parts.now() });
    await respond(at.parts, begun.incident.id);
    expect(at.admin.plugins.size).toBe(0);
  });

  it("is undone by the next run when the first one died, and said once", async () => {
    const begun = await harmed();
    await ACTION_KINDS.throttle_route.undo(begun.action, at.parts);
    expect(await verifyAt(begun, 13_000)).toMatchObject({ status: "undone", outcome: "harmful" });
    await verifyAt(begun, 14_000);
    const log = await incidentLog(at.store.db, begun.incident.id);
    expect(log.filter((entry) => entry.text.includes("ended by the agent"))).toHaveLength(1);
  });

  it("stays on while the Admin API is down, and is undone when it answers", async () => {
    const begun = await harmed();
    at.admin.misbehave({ on: "DELETE", times: 3, how: { status: 503 } });
    await expect(verifyAt(begun, 13_000)).rejects.toThrow();
    expect(await waits("action-verify")).toBe(true);
    expect(await verifyAt(begun, 26_000)).toMatchObject({ status: "undone", outcome: "harmful" });
  });

  it("is left where the kill switch freezes everything", async () => {
    const begun = await harmed();
    at.parts = { ...at.parts, mayAct: async () => "the kill switch is on" };
    await expect(verifyAt(begun, 13_000)).rejects.toThrow("kill switch");
    expect(at.admin.plugins.size).toBe(1);
  });
});

describe("the canary", () => {
  const decision = async (action: Action) => getDecision(at.store.db, action.entity_id ?? "");
  const started = () => begin(someIncident(), { suspicious: 40, clean_ok: 20 }, { clean_ok: 20 }, withCanary);

  it("begins with counting, and stops when what it counted is the attack", async () => {
    const begun = await started();
    expect(begun.action.stage).toBe("log_only");
    expect((await decision(begun.action))?.params).toMatchObject({ log: 1 });
    await traffic(begun.incident, begun.appliedAt + 2_000, 11, { suspicious: 40, clean_ok: 20 });
    await hits(begun.action, begun.appliedAt + 3_000, 10, 38);
    expect(await verifyAt(begun, 13_000)).toMatchObject({ status: "applied", stage: "full" });
    expect((await decision(begun.action))?.params).not.toHaveProperty("log");
  });

  it("waits as long as the attack does not come back, and stops nothing", async () => {
    const begun = await started();
    await traffic(begun.incident, begun.appliedAt + 2_000, 24, { clean_ok: 20 });
    await verifyAt(begun, 13_000);
    expect(await verifyAt(begun, 25_000)).toMatchObject({ status: "applied", stage: "log_only" });
  });

  it("ends it without ever stopping anything when it would hit legitimate requests", async () => {
    const begun = await started();
    await traffic(begun.incident, begun.appliedAt + 2_000, 11, { suspicious: 2, clean_ok: 58 });
    await hits(begun.action, begun.appliedAt + 3_000, 10, 50);
    expect(await verifyAt(begun, 13_000)).toMatchObject({ status: "undone", outcome: "harmful" });
    expect((await decision(begun.action))?.ended_at).not.toBeNull();
  });

  it("is skipped where the policy says so", async () => {
    const begun = await begin(someIncident({ severity: "critical" }), {}, {}, () => {
      const policy = withCanary();
      const [rule] = policy.document.rules;
      expect(rule).toBeDefined();
      return {
        ...policy,
        document: { ...policy.document, rails: { ...policy.document.rails, canary: { skip_at: "low" } } },
      };
    });
    expect(begun.action.stage).toBe("full");
  });
});

describe("lifting", () => {
  const helping = async () => {
    const begun = await begin(someIncident(), { suspicious: 40, clean_ok: 20 });
    await traffic(begun.incident, begun.appliedAt + 2_000, 453, { stopped: 40, clean_ok: 20 });
    await hits(begun.action, begun.appliedAt + 440_000, 10, 40);
    await verifyAt(begun, 13_000);
    await verifyAt(begun, 25_000);
    const probed = await verifyAt(begun, 455_000);
    expect(probed).toMatchObject({ status: "applied", outcome: "helped", probed_at: begun.appliedAt + 455_000 });
    expect(await getDecision(at.store.db, begun.action.entity_id ?? "")).toMatchObject({
      action: "throttle",
      params: { scope: "login", rps: 1 },
    });
    return begun;
  };

  it("lets a little through after half of its time, and ends early when the attack does not come back", async () => {
    const begun = await helping();
    await traffic(begun.incident, begun.appliedAt + 470_000, 24, { clean_ok: 20 });
    expect(await verifyAt(begun, 470_000)).toMatchObject({ status: "applied" });
    expect(await verifyAt(begun, 482_000)).toMatchObject({ status: "expired" });
    expect(await at.decisionsOn()).toEqual([]);
  });

  it("stops everything again when the attack comes back", async () => {
    const begun = await helping();
    await traffic(begun.incident, begun.appliedAt + 470_000, 4, { suspicious: 10, stopped: 30, clean_ok: 20 });
    await updateIncident(at.store.db, begun.incident.id, { last_seen_at: begun.appliedAt + 470_000 });
    expect(await verifyAt(begun, 475_000)).toMatchObject({ status: "applied", probed_at: null, stage: "full" });
    const [decision] = await at.decisionsOn();
    expect(decision).toMatchObject({ action: "block", params: { scope: "login" } });
    expect(decision?.params).not.toHaveProperty("rps");
  });

  it("never takes silence for the end of the attack", async () => {
    const begun = await helping();
    for (const ms of [470_000, 482_000, 494_000, 506_000]) await verifyAt(begun, ms);
    expect(await getAction(at.store.db, begun.action.id)).toMatchObject({ status: "applied", probed_at: null });
  });
});
