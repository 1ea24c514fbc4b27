import { expect, it } from "vitest";
import { someFlood } from "../../../test/support/incident.ts";
import { useResponse } from "../../../test/support/response.ts";
import { AdminApiError } from "../drivers/index.ts";
import { parsePolicy } from "../policy/index.ts";
import { respond } from "../respond.ts";
import { type Action, actionsOfIncident, updateAction } from "../store/actions.ts";
import type { Incident } from "../store/incidents.ts";
import { endAction } from "./end.ts";

const at = useResponse();

const policyOf = (on_failure = "undo") =>
  parsePolicy(`
version: 1
rules:
  - name: flood
    when: { category: api_ddos }
    plans:
      - id: both
        on_failure: ${on_failure}
        actions:
          - { action: block_source, ttl_s: 60, min_requests: 1, shared: throttle }
          - { action: throttle_route, ttl_s: 120, per_second: 5 }
          - { action: limit_body, ttl_s: 120, params: { kilobytes: 64 } }
      - { id: slower, action: throttle_clients, ttl_s: 60, params: { rps: 5 } }
`);

async function flood(on_failure?: string): Promise<Incident> {
  const policy = policyOf(on_failure);
  at.parts.policy = () => policy;
  at.admin.settings.available.push("request-size-limiting");
  return at.seen(someFlood({ sources: [{ ip: "198.51.100.1", count: 5_000 }] }));
}

const refuseBodies = () =>
  at.admin.misbehave({ on: "POST /schemas/plugins/validate", skip: 1, times: 9, how: { status: 400 } });
const statuses = async (incident: Incident) =>
  Object.fromEntries((await actionsOfIncident(at.store.db, incident.id)).map(({ type, status }) => [type, status]));
const one = async (incident: Incident, type: Action["type"]) =>
  (await actionsOfIncident(at.store.db, incident.id)).find((action) => action.type === type) as Action;

it("a plan of several parts is carried out in its order", async () => {
  const incident = await flood();
  await respond(at.parts, incident.id);
  expect(await statuses(incident)).toEqual({
    block_source: "applied",
    throttle_route: "applied",
    limit_body: "applied",
  });
  const applied = (await actionsOfIncident(at.store.db, incident.id)).sort((a, b) => a.applied_at! - b.applied_at!);
  expect(applied.map(({ type, part }) => [type, part])).toEqual([
    ["block_source", 0],
    ["throttle_route", 1],
    ["limit_body", 2],
  ]);
});

it("what is on of a plan is taken back when a part of it fails for good, and the next plan is tried", async () => {
  const incident = await flood();
  refuseBodies();
  await respond(at.parts, incident.id);
  expect(await statuses(incident)).toEqual({ block_source: "failed", throttle_route: "failed", limit_body: "failed" });
  expect((await one(incident, "throttle_route")).error).toBe("another part of its plan failed, limit_body");
  expect([await at.decisionsOn(), at.admin.plugins.size]).toEqual([[], 0]);
  expect(await at.jobs()).toContainEqual({ kind: "respond", key: incident.id });
  await respond(at.parts, incident.id);
  expect(await statuses(incident)).toMatchObject({ throttle_clients: "applied" });
});

it("the other parts stay where the policy says so", async () => {
  const incident = await flood("keep");
  refuseBodies();
  await respond(at.parts, incident.id);
  expect(await statuses(incident)).toEqual({
    block_source: "applied",
    throttle_route: "applied",
    limit_body: "failed",
  });
  const log = await at.store.db
    .selectFrom("incident_log")
    .select("text")
    .where("incident_id", "=", incident.id)
    .execute();
  expect(log.map(({ text }) => text)).toContainEqual(expect.stringContaining("the other parts of its plan stay"));
});

it("a crash between the failure and taking back is made up for by the next run", async () => {
  const incident = await flood();
  refuseBodies();
  const { driver } = at.parts;
  const apply = driver!.apply;
  at.parts.driver = {
    ...driver!,
    apply: (changes, options) => (at.admin.plugins.size > 0 ? dies() : apply(changes, options)),
  };
  const dies = async () => {
    throw new AdminApiError("unreachable", null, "the agent died");
  };
  await expect(respond(at.parts, incident.id)).rejects.toThrow("the agent died");
  at.parts.driver = driver;
  await updateAction(at.store.db, (await one(incident, "limit_body")).id, { status: "failed" });
  await respond(at.parts, incident.id);
  expect(await statuses(incident)).toMatchObject({ block_source: "failed", throttle_route: "failed" });
  expect([(await at.decisionsOn()).filter(({ kind }) => kind === "ip"), at.admin.plugins.size]).toEqual([[], 0]);
});

it("a part whose time was over before it could be done takes the others with it", async () => {
  const incident = await flood();
  await respond(at.parts, incident.id);
  const late = await one(incident, "block_source");
  await updateAction(at.store.db, late.id, { status: "planned", expires_at: 1 });
  await endAction(at.parts, late.id);
  expect(await at.jobs()).toContainEqual({ kind: "respond", key: incident.id });
  await respond(at.parts, incident.id);
  expect(await statuses(incident)).toMatchObject({ throttle_route: "failed", limit_body: "failed" });
  expect(at.admin.plugins.size).toBe(0);
});

it("what an operator ends of a plan leaves the rest", async () => {
  const incident = await flood();
  await respond(at.parts, incident.id);
  await updateAction(at.store.db, (await one(incident, "block_source")).id, { status: "undone" });
  await respond(at.parts, incident.id);
  expect(await statuses(incident)).toMatchObject({ throttle_route: "applied", limit_body: "applied" });
});
