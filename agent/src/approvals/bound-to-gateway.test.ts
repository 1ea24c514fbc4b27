import { beforeEach, describe, expect, it } from "vitest";
import { someFlood } from "../../../test/support/incident.ts";
import { THROTTLE_ID, useResponse } from "../../../test/support/response.ts";
import { createReview } from "../planning/create-review.ts";
import { parsePolicy } from "../policy/index.ts";
import { respond } from "../respond.ts";
import type { Incident } from "../store/incidents.ts";
import { approve } from "./decide-approval.ts";
import { type Approval, listApprovals } from "./read.ts";

const at = useResponse();
const policy = parsePolicy(`
version: 1
approvals:
  rules: [{ action: throttle_route, persons: 1 }]
rules:
  - name: flood
    when: { category: api_ddos }
    plans:
      - { id: throttle, action: throttle_route, ttl_s: 60, per_second: 5 }
`);

beforeEach(() => {
  at.parts.policy = () => policy;
  at.parts.review = createReview(at.parts);
});

const limitOnRoute = (minute: number) =>
  at.admin.entities.put("plugins", "theirs", {
    name: "rate-limiting",
    route: { id: "r-search" },
    enabled: true,
    config: { minute, limit_by: "ip", policy: "local" },
  });
const approvalsOf = async (incident: Incident): Promise<Approval[]> =>
  (await listApprovals(at.store.db, { incident: incident.id }, { limit: 9, after: null })).rows;
const writes = () => at.admin.requests.filter((line) => /^(PUT|PATCH|DELETE)/.test(line));

async function asked(): Promise<{ incident: Incident; approval: Approval }> {
  const incident = await at.seen(someFlood());
  await respond(at.parts, incident.id);
  const [approval] = await approvalsOf(incident);
  // The gateway's configuration is read anew by then.
  at.clock += 10_000;
  return { incident, approval: approval as Approval };
}

describe("an approval", () => {
  it("names what would be written, and is good for it on the gateway as it was seen", async () => {
    const { incident, approval } = await asked();
    expect(approval.plan.actions[0]?.writes).toMatchObject([{ op: "create", type: "plugins", id: THROTTLE_ID }]);
    at.admin.entities.put("routes", "r-new", { name: "new", paths: ["/new"] });
    await approve(at.parts, approval.id, { by: "alice" });
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({ status: "applied", error: null });
  });

  it("is void when somebody put a plugin there meanwhile, and the plan for that is asked for anew", async () => {
    const { incident, approval } = await asked();
    limitOnRoute(600);
    await expect(approve(at.parts, approval.id, { by: "alice" })).rejects.toMatchObject({
      code: "APPROVAL_CHANGED",
      message: expect.stringContaining("would not be written any more"),
    });
    expect(await at.jobs()).toContainEqual({ kind: "respond", key: incident.id });
    await respond(at.parts, incident.id);
    const [anew] = (await approvalsOf(incident)).filter(({ status }) => status === "waiting");
    expect(anew?.plan_hash).not.toBe(approval.plan_hash);
    expect(anew?.plan.actions[0]?.writes).toMatchObject([{ op: "update", type: "plugins", id: "theirs" }]);
    await approve(at.parts, anew!.id, { by: "alice" });
    await respond(at.parts, incident.id);
    expect(at.admin.plugins.get("theirs")).toMatchObject({ config: { second: 5 } });
  });

  it("is void when what it would change was edited meanwhile", async () => {
    limitOnRoute(600);
    const { approval } = await asked();
    limitOnRoute(60);
    await expect(approve(at.parts, approval.id, { by: "alice" })).rejects.toThrow("was changed on the gateway");
  });

  it("does not outlive an edit between the approval and the write", async () => {
    limitOnRoute(600);
    const { incident, approval } = await asked();
    await approve(at.parts, approval.id, { by: "alice" });
    limitOnRoute(60);
    await respond(at.parts, incident.id);
    expect(await at.onlyAction(incident)).toMatchObject({
      status: "refused",
      error: expect.stringContaining("since it was approved"),
    });
    expect(writes()).toEqual([]);
  });

  it("stays open while the gateway cannot be looked at", async () => {
    const { incident, approval } = await asked();
    at.admin.misbehave({ times: 100, how: { status: 500 } });
    await expect(approve(at.parts, approval.id, { by: "alice" })).rejects.toMatchObject({ code: "GATEWAY_UNREAD" });
    at.admin.behave();
    await approve(at.parts, approval.id, { by: "alice" });
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("applied");
  });
});

it("a gateway that cannot be read is told as that, and as nothing else", async () => {
  const incident = await at.seen(someFlood());
  at.admin.misbehave({ times: 100, how: { status: 403, body: '{"message":"not for you"}' } });
  const { refuse } = await at.parts.review!(
    {
      id: "throttle",
      costly: true,
      reason: "",
      actions: [
        {
          type: "throttle_route",
          vehicle: "admin-api",
          target: { route_id: "r-search" },
          params: { second: 5 },
          ttl_s: 60,
          idempotency_key: "k",
          reason: "",
        },
      ],
    },
    incident,
  );
  expect(refuse).toContain("cannot be read");
  expect(refuse).toContain("KONG_ADMIN_TOKEN");
});
