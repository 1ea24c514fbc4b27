import { describe, expect, it } from "vitest";
import { someFlood, someIncident } from "../../test/support/incident.ts";
import { THROTTLE_ID, useResponse } from "../../test/support/response.ts";
import { deliverOutbox } from "./notification/outbox.ts";
import { respond } from "./respond.ts";
import { actionsOfIncident } from "./store/actions.ts";
import { incidentLog } from "./store/incidents.ts";

const at = useResponse();

describe("an Admin API", () => {
  it.each([
    ["answers 503 twice", { status: 503 }],
    ["closes the connection", "reset" as const],
    ["breaks off its answer", "truncate" as const],
    ["loses its answer after doing it", "answer lost" as const],
  ])("that %s is asked again, and the action is applied once", async (_name, how) => {
    at.admin.misbehave({ on: "PUT", times: 2, how });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("applied");
    expect(at.admin.plugins.size).toBe(1);
  });

  it.each([
    ["never answers", "hang" as const, "no answer in time"],
    ["answers too slowly", { after_ms: 2_000 }, "no answer in time"],
    ["keeps failing", { status: 500 }, "answered 500"],
  ])("that %s leaves the action planned with the error, and the job to run again", async (_name, how, error) => {
    at.admin.misbehave({ on: "PUT", times: 3, how });
    const incident = await at.seen(someFlood());
    await expect(respond(at.parts, incident.id)).rejects.toThrow(error);
    expect(await at.onlyAction(incident)).toMatchObject({ status: "planned", error: expect.stringContaining(error) });
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("applied");
  });

  it.each([
    ["400", { status: 400, body: '{"message":"schema violation (config.second)"}' }, "schema violation"],
    ["401", { status: 401 }, "KONG_ADMIN_TOKEN"],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:1/elsewhere" } }, "answered 302"],
    ["no JSON", { status: 200, body: "<html>" }, "not JSON"],
  ])("that answers %s fails the action at once, with what to do", async (_name, how, error) => {
    at.admin.misbehave({ on: "PUT", times: 3, how });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({ status: "failed", error: expect.stringContaining(error) });
    await deliverOutbox(at.parts);
    expect(at.messages.map((message) => message.type)).toContain("action.failed");
  });

  it("that is gone leaves decisions working", async () => {
    await at.admin.close();
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    expect(await at.decisionsOn()).toHaveLength(1);
  });

  it("without a database is not asked to write", async () => {
    at.admin.settings.database = "off";
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await actionsOfIncident(at.store.db, incident.id)).toEqual([]);
    const decided = (await incidentLog(at.store.db, incident.id)).find((entry) => entry.kind === "decided");
    expect(decided?.text).toContain("takes no entities");
  });
});

describe("an existing limit", () => {
  const limit = (changes: Record<string, unknown>) =>
    at.admin.plugins.set("p-1", { id: "p-1", name: "rate-limiting", enabled: true, tags: null, ...changes } as never);

  it.each([
    [
      "on the route itself, of another kind,",
      { route: { id: "r-search" }, config: { minute: 5, limit_by: "consumer", policy: "local" } },
      "limits by consumer",
    ],
    [
      "of the service by something else",
      { service: { id: "s-shop" }, config: { minute: 5, limit_by: "consumer", policy: "local" } },
      "limits by consumer",
    ],
    ["of the gateway over all nodes", { config: { minute: 5, limit_by: "ip", policy: "redis" } }, "over all nodes"],
  ])("%s is never hidden: the action is refused", async (_name, changes, reason) => {
    limit(changes);
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({ status: "refused", error: expect.stringContaining(reason) });
    expect(at.admin.plugins.size).toBe(1);
  });

  it("of the same kind is never loosened: the tighter of each holds", async () => {
    limit({ service: { id: "s-shop" }, config: { second: 3, hour: 500, limit_by: "ip", policy: "local" } });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(at.admin.plugins.get(THROTTLE_ID)?.config).toMatchObject({ second: 3, hour: 500 });
  });

  it("on the route itself is tightened, and said to be somebody else's", async () => {
    limit({ route: { id: "r-search" }, config: { minute: 5, limit_by: "ip", policy: "local" } });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({ status: "applied", entity_id: "p-1" });
    const there = at.admin.plugins.get("p-1");
    expect(there?.config).toMatchObject({ second: 5, minute: 5 });
    expect(there?.tags).not.toContain("threat-response");
  });

  it("put there while ours was on its way is not replaced", async () => {
    at.admin.misbehave({ on: "PUT", times: 3, how: { status: 409, body: '{"code":5,"message":"UNIQUE violation"}' } });
    const incident = await at.seen(someFlood());
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({
      status: "refused",
      error: expect.stringContaining("meanwhile"),
    });
  });
});
