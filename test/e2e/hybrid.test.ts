/** Where the gateway that takes writes is not the one that serves. Only a real Kong has both roles; elsewhere nothing of this runs. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDriver } from "../../agent/src/drivers/index.ts";
import { registrationIds } from "../../agent/src/registration/entities.ts";
import { register } from "../../agent/src/registration/register.ts";
import { type EchoServer, startEchoServer } from "../support/echo-server.ts";
import { eventually } from "../support/eventually.ts";
import { openMemoryStore } from "../support/store.ts";
import { ActionWorld } from "./action-world.ts";
import { Fixture } from "./conformance/fixture.ts";
import { currentTarget } from "./gateway/gateway.ts";
import { type HybridGateway, startHybrid } from "./gateway/native-hybrid.ts";

describe.skipIf(currentTarget() !== "native")("behind a control plane", () => {
  let gateway: HybridGateway;
  let upstream: EchoServer;
  let at: ActionWorld;
  let route_id: string;
  const alarms: string[] = [];
  const driver = () => at.parts.driver!;

  beforeAll(async () => {
    [gateway, upstream] = await Promise.all([startHybrid(), startEchoServer()]);
    at = new ActionWorld(new Fixture(gateway, upstream), await openMemoryStore());
    const config = { GATEWAY_NAME: at.parts.gateway, KONG_ADMIN_URL: gateway.adminUrl, WRITE_INTERVAL_S: 0 };
    at.parts.driver = createDriver(config, { onAlarm: (detail) => void alarms.push(detail) });
    ({ route: route_id } = await at.kong.addRoute("shop"));
    await eventually(async () => expect(await status()).toBe(200), 20_000);
  }, 90_000);
  afterAll(async () => {
    gateway?.thaw();
    await at?.stop();
  }, 60_000);

  const status = async (path = "/shop") => (await at.kong.proxy(path)).status;
  const hashes = async () => ((await driver().dataPlanes?.()) ?? []).map(({ hash }) => hash);

  it("an action counts as applied when the data plane has it, and not before", async () => {
    expect(await driver().probe()).toMatchObject({ kind: "control-plane", writable: true });
    const before = await hashes();
    const action = await at.act({ type: "terminate_route", target: { route_id }, params: { status: 451 } });
    // Asked once, right after it counts as applied.
    expect(await status()).toBe(451);
    expect(action).toMatchObject({ status: "applied", error: null });
    expect(await hashes()).not.toEqual(before);
    await at.undo(action);
    expect(await driver().awaitPropagation()).toMatchObject({ reached: true, detail: "1 data planes have it" });
    expect(await status()).toBe(200);
    expect(alarms).toEqual([]);
  });

  it("a data plane that does not follow raises the alarm, and counts when it has caught up", async () => {
    const config = { status_code: 451 };
    const entity = { id: "5a5e1b8f-6f6f-4b1f-9a53-0d6f4e9e0b01", name: "request-termination", config };
    gateway.freeze();
    await driver().apply([{ op: "create", type: "plugins", entity: { ...entity, route: { id: route_id } } }]);
    expect(await driver().awaitPropagation({ deadline_ms: 2_000 })).toMatchObject({
      reached: false,
      detail: expect.stringContaining("1 of 1 data planes still run on the former configuration"),
    });
    expect(alarms[0]).toContain("former configuration");
    gateway.thaw();
    expect(await driver().awaitPropagation({ deadline_ms: 20_000 })).toMatchObject({ reached: true });
    expect(await status()).toBe(451);
  });

  it("the agent's own route is let in in one go, behind its authentication", async () => {
    const registration = { gateway: "hybrid", path: "/ops", auth: "key-auth", agentUrl: upstream.url } as const;
    expect(await register(driver(), registration)).toBe(4);
    expect(await driver().get("services", registrationIds("hybrid").service)).toMatchObject({ enabled: true });
    await eventually(async () => expect(await status("/ops")).toBe(401), 10_000);
    expect(await register(driver(), registration)).toBe(0);
  });
});
