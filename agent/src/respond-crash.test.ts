import { describe, expect, it } from "vitest";
import { someFlood, someIncident } from "../../test/support/incident.ts";
import { THROTTLE_ID, testPolicy, useResponse } from "../../test/support/response.ts";
import { carryOut } from "./actions/carry-out.ts";
import { endAction } from "./actions/end.ts";
import { recordPlan } from "./actions/record.ts";
import { classifyByRules } from "./classification/rules.ts";
import { deliverOutbox } from "./notification/outbox.ts";
import { gatherContext } from "./policy/context.ts";
import { decide } from "./policy/index.ts";
import { respond } from "./respond.ts";
import { getAction } from "./store/actions.ts";
import type { Incident } from "./store/incidents.ts";

const at = useResponse();

describe("a crash", () => {
  const planned = async (incident: Incident) => {
    const classification = classifyByRules(incident);
    const decision = decide(incident, classification, testPolicy, await gatherContext(at.parts, incident, false));
    await recordPlan(at.parts, incident, { classification, decision, plan_id: decision.plans[0]?.id ?? "" });
  };

  it("between planning and doing: the next run does it", async () => {
    const incident = await at.seen(someIncident());
    await planned(incident);
    expect(await at.decisionsOn()).toEqual([]);
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("applied");
    expect(await at.decisionsOn()).toHaveLength(1);
  });

  it("between doing and recording: the next run finds it done and does not write again", async () => {
    const incident = await at.seen(someFlood());
    await planned(incident);
    await carryOut(at.parts, incident);
    const { id } = await at.onlyAction(incident);
    await at.store.db
      .updateTable("actions")
      .set({ status: "planned", applied_at: null, entity_id: null })
      .where("id", "=", id)
      .execute();
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({ status: "applied", entity_id: THROTTLE_ID });
    expect(at.admin.requests.filter((line) => line.startsWith("PUT"))).toHaveLength(1);
  });

  it("between doing and recording, and then the kill switch: what was written is taken back", async () => {
    const incident = await at.seen(someFlood());
    await planned(incident);
    await carryOut(at.parts, incident);
    const { id } = await at.onlyAction(incident);
    const died = at.store.db.updateTable("actions").set({ status: "planned", applied_at: null, entity_id: null });
    await died.where("id", "=", id).execute();
    expect(at.admin.plugins.has(THROTTLE_ID)).toBe(true);
    const mayAct = async (doing: string) => (doing === "start" ? "the kill switch is on" : null);
    await carryOut({ ...at.parts, mayAct }, incident);
    expect(await at.onlyAction(incident)).toMatchObject({ status: "refused", error: "the kill switch is on" });
    expect(at.admin.plugins.has(THROTTLE_ID)).toBe(false);
  });

  it("before a planned action was done, until its time was over: nothing is applied late", async () => {
    const incident = await at.seen(someIncident());
    await planned(incident);
    at.clock = 7_200_000;
    await carryOut(at.parts, incident);
    expect((await at.onlyAction(incident)).status).toBe("failed");
    expect(await at.decisionsOn()).toEqual([]);
  });

  it("while ending: it ends once, and says so once", async () => {
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    const { id } = await at.onlyAction(incident);
    at.clock = 600_000;
    at.admin.misbehave({ on: "DELETE", times: 1, how: "answer lost" });
    for (let i = 0; i < 3; i++) await endAction(at.parts, id);
    expect((await getAction(at.store.db, id))?.status).toBe("expired");
    expect(at.admin.plugins.size).toBe(0);
    await deliverOutbox(at.parts);
    expect(at.messages.filter((message) => message.type === "incident.ended")).toHaveLength(1);
  });
});
