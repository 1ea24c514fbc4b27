import { afterEach, beforeEach, expect, it } from "vitest";
import { someFlood } from "../../../test/support/incident.ts";
import {
  CONTROL_PLANE,
  KONNECT_TOKEN,
  type KonnectServer,
  startKonnectServer,
} from "../../../test/support/konnect-server.ts";
import { useResponse } from "../../../test/support/response.ts";
import { actionRow } from "../../../test/support/store-rows.ts";
import { createDriver } from "../drivers/index.ts";
import { createAction, getAction } from "../store/actions.ts";
import { carryOut } from "./carry-out.ts";
import { undoAction } from "./end.ts";

const at = useResponse();
let konnect: KonnectServer;

beforeEach(async () => {
  konnect = await startKonnectServer();
  const put = konnect.entities.put.bind(konnect.entities);
  put("services", "s-1", { name: "shop" });
  put("routes", "r-1", { name: "search", paths: ["/search"], service: { id: "s-1" } });
  put("consumers", "c-1", { username: "one" });
  put("key-auths", "k-1", { consumer: { id: "c-1" }, key: "hush" });
  put("plugins", "p-1", { name: "key-auth", route: { id: "r-1" }, config: { key_names: ["apikey"] } });
  put("plugins", "p-2", { name: "rate-limiting", route: { id: "r-1" }, config: { minute: 100, limit_by: "ip" } });
  put("plugins", "ours", { name: "threat-response", config: { mode: "enforce", agent: { url: "http://agent" } } });
  const node = { id: "dp-1", hostname: "dp-1", version: "3.10.0.1", last_ping: Date.now() / 1000 };
  // It has whatever was written so far.
  konnect.nodes.push({
    ...node,
    get config_hash() {
      return String(writes().length);
    },
  });
  const where = { KONNECT_CONTROL_PLANE_ID: CONTROL_PLANE, KONNECT_TOKEN, KONNECT_URL: konnect.url };
  at.parts.driver = createDriver({ GATEWAY_NAME: "test", ...where, WRITE_INTERVAL_S: 0 }, { onAlarm: () => undefined });
});
afterEach(() => konnect.close());

const writes = () => konnect.requests.filter((line) => /^(PUT|POST|PATCH|DELETE) (?!.*validate$)/.test(line));

async function overlay() {
  const incident = await at.seen(someFlood());
  const target = { kind: "ip", value: "203.0.113.7", route_id: "r-1" };
  const row = { type: "overlay_route", vehicle: "admin-api", gateway: "test", status: "planned" } as const;
  const { id } = actionRow(incident.id, {});
  await createAction(
    at.store.db,
    actionRow(incident.id, {
      ...row,
      id,
      target,
      params: { minute: 5, limit_by: "ip" },
      applied_at: null,
      changes: null,
    }),
  );
  await carryOut(at.parts, incident);
  return getAction(at.store.db, id);
}

it("an overlay route is made in Konnect with the original's plugins, used when the data plane has it, and taken back", async () => {
  const { hash } = await at.parts.driver!.read();
  const action = await overlay();
  expect(action).toMatchObject({ status: "applied", error: null });
  const made = [...konnect.entities.of("plugins").values()].filter(
    ({ route }) => (route as { id?: string } | null)?.id === action!.entity_id,
  );
  expect(made.map(({ name, config }) => [name, (config as { minute?: number }).minute])).toEqual([
    ["key-auth", undefined],
    ["rate-limiting", 5],
  ]);
  expect(writes().every((line) => line.startsWith("PUT "))).toBe(true);
  expect((await at.decisionsOn()).map(({ value }) => value)).toEqual(["203.0.113.7"]);
  await undoAction(at.parts, action!.id, "alice");
  expect(await at.decisionsOn()).toEqual([]);
  expect((await at.parts.driver!.read()).hash).toBe(hash);
});
