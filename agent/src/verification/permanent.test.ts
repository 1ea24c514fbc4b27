import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { someFlood } from "../../../test/support/incident.ts";
import { useResponse } from "../../../test/support/response.ts";
import { actionRow } from "../../../test/support/store-rows.ts";
import { deliverOutbox } from "../notification/outbox.ts";
import { respond } from "../respond.ts";
import { createAction } from "../store/actions.ts";
import { incidentLog } from "../store/incidents.ts";
import { fragmentFor } from "./permanent.ts";

const at = useResponse();

describe("a mitigation that is needed again and again within a day", () => {
  const again = async (times: number) => {
    const incident = await at.seen(someFlood());
    for (let i = 0; i < times; i++) {
      const applied_at = Date.now() - (i + 1) * 3_600_000;
      const ended = { status: "expired", applied_at, ended_at: applied_at + 300_000, created_at: applied_at } as const;
      const same = { type: "throttle_route", vehicle: "admin-api", target: { route_id: "r-search" } } as const;
      await createAction(at.store.db, actionRow(incident.id, { ...same, ...ended, gateway: "test" }));
    }
    await respond(at.parts, incident.id);
    await deliverOutbox(at.parts);
    return (await incidentLog(at.store.db, incident.id)).filter((entry) => entry.kind === "proposal");
  };

  it("is proposed as a permanent change, with the configuration that does it", async () => {
    const [proposal, ...more] = await again(2);
    expect(more).toEqual([]);
    const fragment = String(proposal?.data?.fragment);
    expect(parse(fragment)).toMatchObject({
      plugins: [{ name: "rate-limiting", route: "r-search", config: { second: 10, limit_by: "ip" } }],
    });
    expect(fragment).not.toMatch(/tr:|threat-response|created_at/);
    const told = at.messages.filter((message) => message.type === "action.recurring");
    expect(told.map((message) => message.data.proposal)).toEqual([fragment]);
  });

  it("is not while it is rare", async () => expect(await again(1)).toEqual([]));
});

describe("what is proposed", () => {
  it("for an address that is blocked whole is an entry of the deny list, and nothing for less", () => {
    const action = actionRow("i", { target: { kind: "ip", value: "203.0.113.7" }, params: { action: "block" } });
    expect(parse(fragmentFor(action) ?? "")).toEqual({
      plugins: [{ name: "threat-response", config: { deny: { cidrs: ["203.0.113.7"] } } }],
    });
    expect(fragmentFor({ ...action, params: { action: "block", scope: "login" } })).toBeNull();
    expect(fragmentFor({ ...action, params: { action: "throttle", rps: 2 } })).toBeNull();
  });
});
