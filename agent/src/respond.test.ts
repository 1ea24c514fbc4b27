import { describe, expect, it } from "vitest";
import { someFlood, someIncident } from "../../test/support/incident.ts";
import { THROTTLE_ID, useResponse } from "../../test/support/response.ts";
import type { Advisor } from "./classification/advisor.ts";
import { deliverOutbox } from "./notification/outbox.ts";
import { createReview } from "./planning/create-review.ts";
import { respond } from "./respond.ts";
import { actionsOfIncident } from "./store/actions.ts";
import { feedOf } from "./store/decisions.ts";
import { getIncident, incidentLog } from "./store/incidents.ts";

const at = useResponse();

describe("a response", () => {
  it("classifies, decides, acts by decision, and leaves jobs that measure and end it", async () => {
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const action = await at.onlyAction(incident);
    expect(action).toMatchObject({ type: "block_source", status: "applied", vehicle: "decision" });
    expect(await at.decisionsOn()).toMatchObject([
      {
        value: "203.0.113.7",
        action: "block",
        params: { scope: "login" },
        action_id: action.id,
        expires_at: action.expires_at,
      },
    ]);
    expect(await at.jobs()).toEqual(
      expect.arrayContaining([
        { kind: "action-end", key: action.id },
        { kind: "action-verify", key: incident.id },
      ]),
    );
    const kept = await getIncident(at.store.db, incident.id);
    expect(kept).toMatchObject({ status: "mitigating", severity: "high", classification: { by: "rules" } });
    expect((await incidentLog(at.store.db, incident.id)).map((entry) => entry.kind)).toEqual([
      "decided",
      "action",
      "action",
    ]);
  });

  it("changes nothing when it is run again", async () => {
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const { sequence } = await feedOf(at.store.db, "test");
    const log = await incidentLog(at.store.db, incident.id);
    for (let i = 0; i < 3; i++) await respond(at.parts, incident.id);
    await at.onlyAction(incident);
    expect(await feedOf(at.store.db, "test")).toMatchObject({ sequence });
    expect(await incidentLog(at.store.db, incident.id)).toEqual(log);
  });

  it("throttles the route through the Admin API, validated first, tagged, with an id that follows from the target", async () => {
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    const action = await at.onlyAction(incident);
    expect(action).toMatchObject({ type: "throttle_route", status: "applied", entity_id: THROTTLE_ID });
    expect(at.admin.plugins.get(THROTTLE_ID)).toMatchObject({
      name: "rate-limiting",
      route: { id: "r-search" },
      config: { second: 10, limit_by: "ip", policy: "local" },
      tags: ["threat-response", `tr:incident:${incident.id}`, `tr:expires:${(action.expires_at ?? 0) / 1000}`],
    });
    const writes = at.admin.requests.filter((line) => !line.startsWith("GET"));
    expect(writes).toEqual(["POST /schemas/plugins/validate", `PUT /plugins/${THROTTLE_ID}`]);
  });

  it("records everything and touches nothing in dry run, and acts when dry run ends", async () => {
    at.parts.dryRun = true;
    const incident = await at.seen(someIncident());
    const flood = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    await respond(at.parts, flood.id);
    expect((await at.onlyAction(incident)).status).toBe("dry_run");
    expect((await at.onlyAction(flood)).status).toBe("dry_run");
    expect(await at.decisionsOn()).toEqual([]);
    expect(at.admin.requests.filter((line) => !line.startsWith("GET"))).toEqual([]);
    await deliverOutbox(at.parts);
    expect(at.messages.map((message) => message.data.done.join())).toEqual([
      expect.stringContaining("dry run"),
      expect.stringContaining("dry run"),
    ]);
    at.parts.dryRun = false;
    await respond(at.parts, incident.id);
    expect((await actionsOfIncident(at.store.db, incident.id)).map((action) => action.status).sort()).toEqual([
      "applied",
      "expired",
    ]);
    expect(await at.decisionsOn()).toHaveLength(1);
  });

  it("keeps to the part of the hour's budget that their severity has, also when many incidents come at once", async () => {
    const incidents = await Promise.all(
      Array.from({ length: 70 }, (_, i) => at.seen(someIncident({ subject_value: `203.0.113.${i + 1}` }))),
    );
    await Promise.all(incidents.map((incident) => respond(at.parts, incident.id)));
    expect(await at.decisionsOn()).toHaveLength(45);
  });

  it("does not act on what the plugin only monitors", async () => {
    const incident = await at.seen(someIncident({ mode: "monitor" }));
    await respond(at.parts, incident.id);
    expect(await actionsOfIncident(at.store.db, incident.id)).toEqual([]);
    await deliverOutbox(at.parts);
    expect(at.messages[0]?.data.decided).toContain("only monitors");
  });
});

describe("in a dry run", () => {
  it("shows what would be done where the plugin only monitors, as if it enforced already", async () => {
    const config = { mode: "monitor", agent: {} };
    at.admin.plugins.set("ours", { id: "ours", name: "threat-response", enabled: true, config });
    at.parts.dryRun = true;
    at.parts.review = createReview(at.parts);
    const incident = await at.seen(someIncident({ mode: "monitor" }));
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({ type: "block_source", status: "dry_run" });
    expect(await at.decisionsOn()).toEqual([]);
    expect(at.admin.requests.filter((line) => !line.startsWith("GET "))).toEqual([]);
  });
});

describe("a second opinion", () => {
  const advisor = (advice: Awaited<ReturnType<Advisor["advise"]>>): Advisor => ({
    model: "test",
    advise: async () => advice,
  });

  it("may veto, which is recorded", async () => {
    at.parts.advisor = advisor({ plan_id: "observe", note: "Claude chose observe.", suspicious: false });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await actionsOfIncident(at.store.db, incident.id)).toEqual([]);
    expect((await getIncident(at.store.db, incident.id))?.classification).toMatchObject({
      by: "claude",
      model_note: "Claude chose observe.",
    });
  });

  it("that is waited for leaves a job that goes on without it, and nothing is done before", async () => {
    at.parts.advisor = { model: "test", advise: async () => null };
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await actionsOfIncident(at.store.db, incident.id)).toEqual([]);
    expect(await at.jobs()).toContainEqual({ kind: "respond", key: incident.id });
    at.parts.advisor = advisor({ plan_id: "throttle_route", note: "Claude chose throttle_route.", suspicious: false });
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("applied");
  });

  it("that comes late and finds it harmless ends nothing that is on: that is left to what is measured", async () => {
    const late = { plan_id: null, note: "Claude has not answered yet", suspicious: false };
    at.parts.advisor = advisor(late);
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    const action = await at.onlyAction(incident);
    at.parts.advisor = advisor({ plan_id: "observe", note: "Claude chose observe.", suspicious: false });
    await at.seen({ ...incident, score: incident.score + 1, last_seen_at: Date.now() });
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toEqual(action);
    expect(action.status).toBe("applied");
    expect(at.admin.plugins.has(THROTTLE_ID)).toBe(true);
  });

  it("cannot name a plan that the policy did not allow", async () => {
    at.parts.advisor = advisor({ plan_id: "block_the_internet", note: "?", suspicious: false });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await actionsOfIncident(at.store.db, incident.id)).toEqual([]);
  });

  it("that was led astray changes nothing and becomes evidence", async () => {
    at.parts.advisor = advisor({ plan_id: null, note: "The rules decided: led astray.", suspicious: true });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("applied");
    expect((await getIncident(at.store.db, incident.id))?.classification).toMatchObject({
      by: "rules",
      reasons: expect.arrayContaining(["text that tries to steer the classifier"]),
    });
  });
});
