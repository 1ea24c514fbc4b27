import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bearer, openTestAgent, type TestAgent } from "../../../test/support/agent.ts";
import { GatewayNode, incidentRecord } from "../../../test/support/gateway-node.ts";
import { HOSTILE_STRINGS } from "../../../test/support/hostile-strings.ts";
import { emptyStore } from "../../../test/support/store.ts";
import { actionRow, incidentRow } from "../../../test/support/store-rows.ts";
import { createAction } from "../store/actions.ts";
import { appendIncidentLog, upsertIncident } from "../store/incidents.ts";

const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

describe("what operators see", () => {
  let agent: TestAgent;
  beforeAll(async () => {
    agent = await openTestAgent();
  });
  beforeEach(() => emptyStore(agent.store));
  afterAll(() => agent.close());

  const get = (url: string) => agent.app.inject({ method: "GET", url, headers: bearer("operator") });

  test("incidents in pages, filtered, with times as ISO 8601", async () => {
    const now = Date.now();
    for (let index = 0; index < 3; index++)
      await upsertIncident(agent.store.db, incidentRow({ last_seen_at: now - index }));
    await upsertIncident(agent.store.db, incidentRow({ status: "quiet", category: "abuse", last_seen_at: now - 3 }));
    const first = (await get("/v1/incidents?limit=3")).json();
    expect(first.incidents).toHaveLength(3);
    expect(first.incidents[0].last_seen_at).toMatch(ISO);
    const rest = (await get(`/v1/incidents?limit=3&cursor=${first.next}`)).json();
    expect(rest).toMatchObject({ incidents: [{ status: "quiet", category: "abuse" }], next: null });
    expect((await get("/v1/incidents?status=quiet&category=abuse")).json().incidents).toHaveLength(1);
    const since = new Date(now - 1).toISOString();
    expect((await get(`/v1/incidents?since=${since}`)).json().incidents).toHaveLength(2);
  });

  test.each(["status=gone", "category=weather", "limit=0", "limit=201", "cursor=x", "since=yesterday", "order=desc"])(
    "refuses ?%s with what is wrong",
    async (search) => {
      const reply = await get(`/v1/incidents?${search}`);
      expect([reply.statusCode, reply.json().error.code]).toEqual([400, "INVALID_REQUEST"]);
      expect(reply.json().error.message).toContain(search.split("=")[0]);
    },
  );

  test("one incident with its log and actions", async () => {
    const incident = incidentRow();
    await upsertIncident(agent.store.db, incident);
    await createAction(agent.store.db, actionRow(incident.id, { before_image: { secret: "of the gateway" } }));
    await appendIncidentLog(agent.store.db, {
      incident_id: incident.id,
      at: 0,
      kind: "opened",
      text: "seen",
      data: null,
    });
    const reply = await get(`/v1/incidents/${incident.id}`);
    expect(reply.json()).toMatchObject({
      incident: { id: incident.id },
      actions: [{ status: "applied", incident_id: incident.id }],
      log: [{ at: "1970-01-01T00:00:00.000Z", kind: "opened", text: "seen" }],
    });
    expect(reply.body).not.toMatch(/of the gateway|fingerprint|idempotency/);
    expect((await get("/v1/incidents/none")).statusCode).toBe(404);
    expect((await get(`/v1/actions?incident=${incident.id}&status=applied`)).json().actions).toHaveLength(1);
    expect((await get("/v1/actions?status=undone")).json().actions).toEqual([]);
  });

  test("the state of everything at one look", async () => {
    const node = new GatewayNode();
    const { body, ...request } = node.ingest(node.batchOf([incidentRecord()]));
    await agent.app.inject({ ...request, payload: body! });
    const before = (await get("/v1/status")).json();
    expect(before).toMatchObject({
      gateway: "default",
      dry_run: true,
      store: "pglite",
      driver: { name: "none" },
      claude: { enabled: false },
      incidents_open: 0,
      waiting: { events: 1, jobs: { correlate: 1 }, notifications: 0 },
      nodes: [{ node: "node-1", health: { plugin_version: "0.1.0" } }],
    });
    await agent.correlate();
    expect((await get("/v1/status")).json()).toMatchObject({
      incidents_open: 1,
      waiting: { events: 0, jobs: { respond: 1 } },
    });
    const metrics = (await get("/metrics")).body;
    expect(metrics).toMatch(/^tr_incidents_open 1$/m);
    expect(metrics).toMatch(/^tr_ingest_records_total\{type="incident"\} 1$/m);
  });

  test("the description of the API", async () => {
    const { paths } = (await get("/v1/openapi.json")).json();
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/v1/incidents", "/v1/incidents/{id}", "/v1/allow"]));
  });

  test("every answer says that it is no page", async () => {
    for (const url of ["/healthz", "/v1/status", "/none"]) {
      const { headers } = await get(url);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["cache-control"]).toBe("no-store");
    }
  });

  test.each(Object.entries(HOSTILE_STRINGS))(
    "%s stays text in JSON and metrics, from end to end",
    async (_name, text) => {
      const node = new GatewayNode();
      const sample = {
        at: 1,
        ip: "203.0.113.7",
        method: text,
        path: text,
        user_agent: text,
        status: 200,
        score: 1,
        field: text,
        window: text,
      };
      const record = incidentRecord({
        detector: text.slice(0, 64),
        reasons: [text],
        samples: [sample],
        scope: { route_id: text.slice(0, 100), route_name: text.slice(0, 100) },
        subject: { kind: "user", value: text.slice(0, 100) },
      });
      const { body, ...request } = node.ingest(node.batchOf([record]));
      expect((await agent.app.inject({ ...request, payload: body! })).statusCode).toBe(202);
      await agent.correlate();
      const [{ id }] = (await get("/v1/incidents")).json().incidents;
      for (const url of ["/v1/incidents", `/v1/incidents/${id}`, "/v1/status", "/metrics"]) {
        const reply = await get(url);
        expect(reply.body.replaceAll("\n", "")).not.toMatch(/[^\x20-\x7e]/);
        if (url === "/metrics") expect(reply.body).not.toMatch(/evil|alert\(|cmd\|/);
        else {
          expect(reply.body).not.toMatch(/[<>&\n]/);
          expect(() => JSON.parse(reply.body)).not.toThrow();
        }
      }
    },
  );
});
