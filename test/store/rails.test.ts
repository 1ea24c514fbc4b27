import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { approve, expireApproval, reject } from "../../agent/src/approvals/decide-approval.ts";
import { type Approval, listApprovals } from "../../agent/src/approvals/read.ts";
import { listAudit } from "../../agent/src/audit/read.ts";
import { verifyStore } from "../../agent/src/audit/verify.ts";
import { mayActOf, parsePolicy } from "../../agent/src/policy/index.ts";
import { turnOn } from "../../agent/src/policy/kill-switch.ts";
import { respond } from "../../agent/src/respond.ts";
import type { ResponseParts } from "../../agent/src/response-parts.ts";
import { actionsOfIncident } from "../../agent/src/store/actions.ts";
import { countDecisionsOn } from "../../agent/src/store/decisions.ts";
import { upsertIncident } from "../../agent/src/store/incidents.ts";
import type { Store } from "../../agent/src/store/open.ts";
import { someIncident } from "../support/incident.ts";
import { emptyStore, STORE_KINDS, type StoreHome, storeHome } from "../support/store.ts";

const policyWith = (persons: number, needs = true) =>
  parsePolicy(`
version: 1
rails: { max_actions_per_hour: 20 }
approvals: { rules: [${needs ? `{ risk: source, persons: ${persons} }` : ""}] }
rules:
  - name: stuffing
    when: { category: credential_stuffing }
    plans: [{ id: block, action: block_source, scope: login, ttl_s: 600, min_requests: 1 }]
`);

function agentOn(store: Store, policy: ReturnType<typeof parsePolicy>): ResponseParts {
  return {
    db: store.db,
    gateway: "test",
    dryRun: false,
    policy: () => policy,
    mayAct: mayActOf({ db: store.db, gateway: "test" }),
    driver: null,
    advisor: null,
    channels: [],
    publicUrl: "http://127.0.0.1:1",
    log: { info: () => undefined, warn: () => undefined },
    wake: () => undefined,
    now: Date.now,
  };
}

describe.each(STORE_KINDS)("the rails of two agents on %s", (kind) => {
  let home: StoreHome;
  let store: Store;
  /** A second one where the store takes several. */
  let other: Store;
  beforeAll(async () => {
    home = await storeHome(kind);
    store = await home.open();
    other = kind === "postgres" ? await home.open() : store;
  });
  beforeEach(() => emptyStore(store));
  afterAll(async () => {
    if (other !== store) await other?.close();
    await store?.close();
    await home?.remove();
  });

  async function asked(policy: ReturnType<typeof parsePolicy>) {
    const incident = someIncident();
    await upsertIncident(store.db, incident);
    const agents = [agentOn(store, policy), agentOn(other, policy)] as const;
    await Promise.all(agents.map((agent) => respond(agent, incident.id)));
    const { rows } = await listApprovals(store.db, {}, { limit: 9, after: null });
    expect(rows).toHaveLength(1);
    return { incident, agents, approval: rows[0] as Approval };
  }
  const outcomes = (results: PromiseSettledResult<unknown>[]) =>
    results.map((result) => (result.status === "fulfilled" ? "done" : (result.reason as { code: string }).code)).sort();

  test("one plan is asked about once, and agreed to once, by whoever is first", async () => {
    const { incident, agents, approval } = await asked(policyWith(1));
    const results = await Promise.allSettled(
      ["alice", "bob", "carol", "dave"].map((by, index) => approve(agents[index % 2]!, approval.id, { by })),
    );
    expect(outcomes(results)).toEqual(["APPROVAL_OVER", "APPROVAL_OVER", "APPROVAL_OVER", "done"]);
    expect((await actionsOfIncident(store.db, incident.id)).map(({ status }) => status)).toEqual(["planned"]);
    await Promise.all(agents.map((agent) => respond(agent, incident.id)));
    expect((await actionsOfIncident(store.db, incident.id)).map(({ status }) => status)).toEqual(["applied"]);
    expect(await countDecisionsOn(store.db, "test", Date.now())).toBe(1);
    expect(await listAudit(store.db, { kind: "approval.given" }, 2)).toMatchObject([
      { data: { approval: approval.id } },
    ]);
  });

  test("the same person at both agents is one person", async () => {
    const { agents, approval } = await asked(policyWith(2));
    const twice = await Promise.allSettled(agents.map((agent) => approve(agent, approval.id, { by: "alice" })));
    expect(outcomes(twice)).toEqual(["APPROVAL_TWICE", "done"]);
    expect(await approve(agents[1], approval.id, { by: "bob" })).toMatchObject({ status: "approved" });
  });

  test("of yes, no and too late at once, one holds", async () => {
    const { incident, agents, approval } = await asked(policyWith(1));
    const late = { ...agents[1], now: () => approval.expires_at + 1 };
    const results = await Promise.allSettled([
      approve(agents[0], approval.id, { by: "alice" }),
      reject(agents[1], approval.id, { by: "bob" }),
      expireApproval(late, approval.id),
    ]);
    expect(outcomes(results.slice(0, 2)).filter((outcome) => outcome === "done").length).toBeLessThanOrEqual(1);
    const { rows } = await listApprovals(store.db, {}, { limit: 9, after: null });
    const [action] = await actionsOfIncident(store.db, incident.id);
    expect(action?.status).toBe(rows[0]?.status === "approved" ? "planned" : "refused");
    const ends = await listAudit(store.db, {}, 200);
    const told = ends.filter(
      ({ kind, data }) => kind.startsWith("approval.") && kind !== "approval.wanted" && data.approval === approval.id,
    );
    expect(told).toHaveLength(1);
  });

  test("an approval outlives the agent that asked for it", async () => {
    const { incident, approval } = await asked(policyWith(1));
    const another = agentOn(other, policyWith(1));
    await approve(another, approval.id, { by: "alice" });
    await respond(another, incident.id);
    expect((await actionsOfIncident(store.db, incident.id)).map(({ status }) => status)).toEqual(["applied"]);
  });

  test("the budget is one for both, whoever comes first", async () => {
    const policy = policyWith(1, false);
    const agents = [agentOn(store, policy), agentOn(other, policy)] as const;
    const incidents = Array.from({ length: 40 }, (_, i) => someIncident({ subject_value: `203.0.113.${i + 1}` }));
    for (const incident of incidents) await upsertIncident(store.db, incident);
    await Promise.all(incidents.map((incident, index) => respond(agents[index % 2]!, incident.id)));
    // 20, of which 5 are kept for critical ones.
    expect(await countDecisionsOn(store.db, "test", Date.now())).toBe(15);
    expect(await verifyStore(store.db)).toMatchObject({ holds: true });
  });

  test("a kill switch set at one stops the other", async () => {
    const policy = policyWith(1, false);
    await turnOn(store.db, { gateway: "test", mode: "stop", reason: "", set_by: "alice", set_at: 1 });
    const incident = someIncident();
    await upsertIncident(store.db, incident);
    await respond(agentOn(other, policy), incident.id);
    expect(await actionsOfIncident(store.db, incident.id)).toEqual([]);
  });
});
