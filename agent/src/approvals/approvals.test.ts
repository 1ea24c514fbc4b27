import { beforeEach, describe, expect, it } from "vitest";
import { someFlood } from "../../../test/support/incident.ts";
import { THROTTLE_ID, useResponse } from "../../../test/support/response.ts";
import { deliverOutbox } from "../notification/outbox.ts";
import { parsePolicy } from "../policy/index.ts";
import { turnOn } from "../policy/kill-switch.ts";
import type { Review } from "../policy/plan.ts";
import { respond } from "../respond.ts";
import { actionsOfIncident, getAction, updateAction } from "../store/actions.ts";
import { json } from "../store/db.ts";
import { type Incident, updateIncident } from "../store/incidents.ts";
import { approve, expireApproval, reject, voidApprovals } from "./decide-approval.ts";
import { type Approval, listApprovals } from "./read.ts";

const at = useResponse();
const policyWith = (persons: number, more = "") =>
  parsePolicy(`
version: 1
${more}
approvals:
  rules: [{ action: throttle_route, persons: ${persons} }]
rules:
  - name: flood
    when: { category: api_ddos }
    plans:
      - { id: throttle, action: throttle_route, ttl_s: 60, per_second: 5 }
`);

beforeEach(() => {
  const policy = policyWith(1);
  at.parts.policy = () => policy;
});

/** A flood that was responded to, and what was asked for because of it. */
async function asked(given: Partial<Incident> = {}): Promise<{ incident: Incident; approval: Approval }> {
  const incident = await at.seen(someFlood(given));
  await respond(at.parts, incident.id);
  const { rows } = await listApprovals(at.store.db, { incident: incident.id }, { limit: 9, after: null });
  expect(rows).toHaveLength(1);
  return { incident, approval: rows[0] as Approval };
}

const onlyStatus = async (incident: Incident) => (await at.onlyAction(incident)).status;
const writes = () => at.admin.requests.filter((line) => !line.startsWith("GET"));

describe("a plan that needs approval", () => {
  it("waits, writes nothing, and is asked about with the exact commands", async () => {
    const { incident, approval } = await asked();
    expect(await at.onlyAction(incident)).toMatchObject({ status: "awaiting_approval", plan_hash: approval.plan_hash });
    expect(writes()).toEqual([]);
    expect(approval).toMatchObject({ status: "waiting", persons: 1, reason: "it is throttle_route" });
    await deliverOutbox(at.parts);
    const message = at.messages.find(({ type }) => type === "approval.wanted");
    const line = (verb: string) =>
      `curl -X POST --oauth2-bearer "$TR_TOKEN" --json '{"plan_hash":"${approval.plan_hash}"}' http://127.0.0.1:8090/v1/approvals/${approval.id}/${verb}`;
    expect(message?.data.approve).toEqual([line("approve"), line("reject")]);
    expect(message?.data.done.join()).toContain("awaiting_approval");
  });

  it("is asked about once, however often the incident grows", async () => {
    const { incident } = await asked();
    for (let i = 0; i < 3; i++) await respond(at.parts, incident.id);
    await at.onlyAction(incident);
    const { rows } = await listApprovals(at.store.db, {}, { limit: 9, after: null });
    expect(rows).toHaveLength(1);
  });

  it("is carried out by the response once somebody agrees, and its time begins then", async () => {
    const { incident, approval } = await asked();
    at.clock = 120_000;
    await updateIncident(at.store.db, incident.id, { last_seen_at: at.parts.now() });
    expect(await approve(at.parts, approval.id, { by: "alice", plan_hash: approval.plan_hash })).toMatchObject({
      status: "approved",
      decided_by: "alice",
    });
    expect(await onlyStatus(incident)).toBe("planned");
    expect(await at.jobs()).toContainEqual({ kind: "respond", key: incident.id });
    await respond(at.parts, incident.id);
    const action = await at.onlyAction(incident);
    expect(action.status).toBe("applied");
    expect(Math.round(((action.expires_at ?? 0) - at.parts.now()) / 10_000)).toBe(6);
    expect(at.admin.plugins.has(THROTTLE_ID)).toBe(true);
  });

  it("is agreed to once only", async () => {
    const { approval } = await asked();
    await approve(at.parts, approval.id, { by: "alice" });
    await expect(approve(at.parts, approval.id, { by: "bob" })).rejects.toMatchObject({ code: "APPROVAL_OVER" });
    await expect(reject(at.parts, approval.id, { by: "bob" })).rejects.toMatchObject({ code: "APPROVAL_OVER" });
    await expect(approve(at.parts, "another", { by: "bob" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("needs two different persons where the policy says so", async () => {
    const two = policyWith(2);
    at.parts.policy = () => two;
    const { incident, approval } = await asked();
    expect(await approve(at.parts, approval.id, { by: "alice" })).toMatchObject({ status: "waiting" });
    for (const by of ["alice", "alice/phone", "Alice"])
      await expect(approve(at.parts, approval.id, { by })).rejects.toMatchObject({ code: "APPROVAL_TWICE" });
    await respond(at.parts, incident.id);
    expect(writes()).toEqual([]);
    expect(await approve(at.parts, approval.id, { by: "bob" })).toMatchObject({ status: "approved" });
    expect(await onlyStatus(incident)).toBe("planned");
  });

  it("that was rejected is refused with the reason, and not asked about again for a while", async () => {
    const { incident, approval } = await asked();
    await reject(at.parts, approval.id, { by: "alice", comment: "that is our own load test" });
    const action = await at.onlyAction(incident);
    expect(action).toMatchObject({ status: "refused", error: "alice rejected it: that is our own load test" });
    await respond(at.parts, incident.id);
    await at.onlyAction(incident);
    at.clock = 3_700_000;
    await updateIncident(at.store.db, incident.id, { last_seen_at: at.parts.now() });
    await respond(at.parts, incident.id);
    expect((await actionsOfIncident(at.store.db, incident.id)).map(({ status }) => status)).toContain(
      "awaiting_approval",
    );
  });

  it("that nobody decides expires, by its job or by whoever comes too late", async () => {
    const first = await asked();
    await expireApproval(at.parts, first.approval.id);
    expect(await onlyStatus(first.incident)).toBe("awaiting_approval");
    const second = await asked({ scope: { route_id: "r-other", route_name: "other" } });
    at.clock = 1_800_001;
    await expireApproval(at.parts, first.approval.id);
    await expect(approve(at.parts, second.approval.id, { by: "alice" })).rejects.toMatchObject({
      code: "APPROVAL_OVER",
    });
    for (const { incident } of [first, second])
      expect(await at.onlyAction(incident)).toMatchObject({ status: "refused", error: "nobody approved it in time" });
    expect(await at.jobs()).toContainEqual({ kind: "approval-expire", key: first.approval.id });
  });
});

describe("an approval is void", () => {
  const refused = async (
    { incident, approval }: Awaited<ReturnType<typeof asked>>,
    why: string,
    plan_hash?: string,
  ) => {
    const attempt = approve(at.parts, approval.id, { by: "alice", plan_hash });
    await expect(attempt).rejects.toMatchObject({
      code: "APPROVAL_CHANGED",
      status: 409,
      message: expect.stringContaining(why),
    });
    expect(await onlyStatus(incident)).toBe("refused");
    await respond({ ...at.parts, policy: () => policyWith(1, "# new") }, incident.id);
    expect(writes()).toEqual([]);
  };

  it("when the policy changed meanwhile", async () => {
    const given = await asked();
    const changed = policyWith(1, "# a comment is enough");
    at.parts.policy = () => changed;
    await refused(given, "the policy changed");
  });

  it("when another plan was seen than is asked for", async () => {
    await refused(await asked(), "another one", "0".repeat(64));
  });

  it("when the recorded action is not what was asked for", async () => {
    const given = await asked();
    const { id } = await at.onlyAction(given.incident);
    await updateAction(at.store.db, id, { params: { second: 1, limit_by: "service" } });
    await refused(given, "not those that were asked for");
  });

  it("when the recorded plan was changed", async () => {
    const given = await asked();
    const plan = json({ ...given.approval.plan, id: "something_else" });
    await at.store.db.updateTable("approvals").set({ plan }).where("id", "=", given.approval.id).execute();
    await refused(given, "does not match its hash");
  });

  it("when what it would hit has changed, as a second review sees", async () => {
    const given = await asked();
    at.parts.review = async () => ({
      refuse: "it would hit 40 % of legitimate requests",
      needs_approval: null,
      preview: null,
    });
    await refused(given, "40 %");
  });

  it("when the incident is over", async () => {
    const { incident, approval } = await asked();
    await updateIncident(at.store.db, incident.id, { status: "resolved" });
    await expect(approve(at.parts, approval.id, { by: "alice" })).rejects.toThrow("the incident is over");
    const other = await asked();
    await updateIncident(at.store.db, other.incident.id, { status: "resolved" });
    await respond(at.parts, other.incident.id);
    expect(await at.onlyAction(other.incident)).toMatchObject({ status: "refused", error: "the incident is over" });
  });

  it("when another policy takes force", async () => {
    const { incident, approval } = await asked();
    await voidApprovals(at.parts, { gateway: "test", otherThan: approval.policy_hash }, "the policy changed");
    expect(await onlyStatus(incident)).toBe("awaiting_approval");
    await voidApprovals(at.parts, { gateway: "test", otherThan: "new" }, "the policy changed to new");
    expect(await at.onlyAction(incident)).toMatchObject({ status: "refused", error: "the policy changed to new" });
  });

  it("but not while the kill switch is on: then it waits", async () => {
    const { incident, approval } = await asked();
    await turnOn(at.store.db, { gateway: "test", mode: "stop", reason: "", set_by: "bob", set_at: 1 });
    await expect(approve(at.parts, approval.id, { by: "alice" })).rejects.toMatchObject({ code: "KILL_SWITCH_ON" });
    expect(await onlyStatus(incident)).toBe("awaiting_approval");
  });
});

describe("a review", () => {
  const shares =
    (share: number): Review =>
    async () => ({
      refuse: share > 0.2 ? "too many legitimate requests" : null,
      needs_approval: share > 0.02 ? `it would hit ${share * 100} % of legitimate requests` : null,
      preview: { share },
    });
  const unattended = parsePolicy(
    "version: 1\nrules: [{ name: f, when: { category: api_ddos }, plans: [{ id: t, action: throttle_route, ttl_s: 60, per_second: 5 }] }]",
  );

  it.each([
    [0.01, "applied"],
    [0.1, "awaiting_approval"],
  ] as const)("that sees a share of %s leaves the action %s", async (share, status) => {
    at.parts.policy = () => unattended;
    at.parts.review = shares(share);
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    const action = await at.onlyAction(incident);
    expect((await getAction(at.store.db, action.id))?.status).toBe(status);
    const { rows } = await listApprovals(at.store.db, {}, { limit: 9, after: null });
    expect(rows.map(({ preview }) => preview)).toEqual(status === "applied" ? [] : [{ share }]);
  });

  it("that refuses lets nothing be recorded, and its reason is told", async () => {
    at.parts.policy = () => unattended;
    at.parts.review = shares(0.5);
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await actionsOfIncident(at.store.db, incident.id)).toEqual([]);
    await deliverOutbox(at.parts);
    expect(at.messages[0]?.data.why.join()).toContain("too many legitimate requests");
  });
});
