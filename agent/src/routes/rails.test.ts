import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TOKENS, testEnvironment } from "../../../test/support/agent.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { someIncident } from "../../../test/support/incident.ts";
import { type Agent, startAgent } from "../agent.ts";
import { verifyFile } from "../audit/verify.ts";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { actionsOfIncident } from "../store/actions.ts";
import { countDecisionsOn } from "../store/decisions.ts";
import { upsertIncident } from "../store/incidents.ts";
import { enqueueJob } from "../store/jobs.ts";

const directory = mkdtempSync(join(tmpdir(), "tr-rails-"));
const policyFile = join(directory, "policy.yaml");
const killFile = join(directory, "stop");
const POLICY = `
version: 1
approvals: { rules: [{ risk: source }] }
rules:
  - name: stuffing
    when: { category: credential_stuffing }
    plans: [{ id: block, action: block_source, scope: login, ttl_s: 600, min_requests: 1 }]
`;

/** A whole agent with its jobs, on a database that outlives it. */
async function start(): Promise<Agent> {
  const given = {
    DATA_DIR: join(directory, "data"),
    POLICY_FILE: policyFile,
    KILL_SWITCH_FILE: killFile,
    DRY_RUN: "false",
  };
  const config = readConfig(testEnvironment(given));
  return startAgent(config, createLog("silent"));
}

describe("an agent with approvals, kill switch and audit", () => {
  let agent: Agent;
  beforeAll(async () => {
    writeFileSync(policyFile, POLICY);
    agent = await start();
  });
  afterAll(async () => {
    await agent?.close();
    rmSync(directory, { recursive: true });
  });

  async function call(method: string, path: string, body?: object, who: "operator" | "viewer" = "operator") {
    const headers: Record<string, string> = { authorization: `Bearer ${TOKENS[who]}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const reply = await fetch(`${agent.url}${path}`, init);
    return { status: reply.status, json: JSON.parse(await reply.text()) };
  }

  async function attack() {
    const incident = someIncident({ gateway: "default", subject_value: `203.0.113.${Math.ceil(Math.random() * 250)}` });
    await upsertIncident(agent.store.db, incident);
    await enqueueJob(agent.store.db, { kind: "respond", key: incident.id });
    return incident;
  }
  const waiting = async () => (await call("GET", "/v1/approvals?status=waiting", undefined, "viewer")).json.approvals;
  const statusOf = async (id: string) => (await actionsOfIncident(agent.store.db, id))[0]?.status;

  test("asks, survives a restart, and acts once an operator agrees", async () => {
    const incident = await attack();
    const [approval] = await eventually(async () => {
      const found = await waiting();
      expect(found).toHaveLength(1);
      return found;
    });
    await agent.close();
    agent = await start();
    expect((await call("GET", `/v1/approvals/${approval.id}`)).json.approval).toMatchObject({
      status: "waiting",
      persons: 1,
    });
    expect((await call("POST", `/v1/approvals/${approval.id}/approve`, undefined, "viewer")).status).toBe(403);
    const wrong = { nonsense: 1 };
    expect((await call("POST", `/v1/approvals/${approval.id}/approve`, wrong)).status).toBe(400);
    const given = { plan_hash: approval.plan_hash, comment: "go on" };
    const { status, json } = await call("POST", `/v1/approvals/${approval.id}/approve`, given);
    expect([status, json.approval.status, json.approval.decided_by]).toEqual([200, "approved", "the operator"]);
    await eventually(async () => expect(await statusOf(incident.id)).toBe("applied"));
    expect(await countDecisionsOn(agent.store.db, "default", Date.now())).toBe(1);
    const again = await call("POST", `/v1/approvals/${approval.id}/approve`, given);
    expect([again.status, again.json.error.code]).toEqual([409, "APPROVAL_OVER"]);
  });

  test("refuses what was asked for under a policy that is no more, and keeps each policy in the audit", async () => {
    const incident = await attack();
    const [approval] = await eventually(async () => {
      const found = await waiting();
      expect(found).toHaveLength(1);
      return found;
    });
    writeFileSync(policyFile, "version: 1\nrules: nonsense\n");
    writeFileSync(policyFile, `${POLICY}# edited\n`);
    await eventually(async () => expect(await statusOf(incident.id)).toBe("refused"));
    const late = await call("POST", `/v1/approvals/${approval.id}/approve`, undefined);
    expect([late.status, late.json.error.message]).toEqual([409, "This approval is void already."]);
    const { audit } = (await call("GET", "/v1/audit?kind=policy.in_force")).json;
    expect(audit.map((row: { data: { text: string } }) => row.data.text)).toEqual([`${POLICY}# edited\n`, POLICY]);
  });

  test("stops and goes on by request and by file, and shows it", async () => {
    expect((await call("DELETE", "/v1/kill-switch")).status).toBe(404);
    expect((await call("POST", "/v1/kill-switch", { mode: "off" })).status).toBe(400);
    const set = await call("POST", "/v1/kill-switch", { mode: "freeze", reason: "migration" });
    expect([set.status, set.json.kill_switch]).toEqual([
      201,
      [{ mode: "freeze", from: "set by the operator", reason: "migration" }],
    ]);
    writeFileSync(killFile, "we are moving house");
    await agent.close();
    agent = await start();
    expect((await call("GET", "/v1/status")).json.kill_switch).toHaveLength(2);
    expect((await call("DELETE", "/v1/kill-switch")).json.kill_switch).toMatchObject([
      { reason: "we are moving house" },
    ]);
    rmSync(killFile);
    expect((await call("GET", "/v1/kill-switch", undefined, "viewer")).json).toEqual({ kill_switch: [] });
  });

  test("lets an operator allow an address, and take that back, while nothing else may be written", async () => {
    const { actions } = (await call("GET", "/v1/actions?status=applied")).json;
    const [blocked] = actions as { target: { value: string } }[];
    await call("POST", "/v1/kill-switch", { mode: "freeze", reason: "migration" });
    const body = { value: blocked?.target.value, minutes: 5, reason: "our scanner" };
    const given = await call("POST", "/v1/allow", body);
    expect([given.status, given.json.allow.value, given.json.ended.length]).toEqual([201, body.value, 1]);
    expect(await countDecisionsOn(agent.store.db, "default", Date.now())).toBe(1);
    const withdrawal = { method: "DELETE", headers: { authorization: `Bearer ${TOKENS.operator}` } };
    expect((await fetch(`${agent.url}/v1/allow/${given.json.allow.id}`, withdrawal)).status).toBe(204);
    expect(await countDecisionsOn(agent.store.db, "default", Date.now())).toBe(0);
    await call("DELETE", "/v1/kill-switch");
  });

  test("gives its audit away in pages and whole, and what it gives verifies", async () => {
    const first = (await call("GET", "/v1/audit?limit=2", undefined, "viewer")).json;
    expect(first.audit).toHaveLength(2);
    expect(first.head.sequence).toBe(first.audit[0].sequence);
    const second = (await call("GET", `/v1/audit?limit=2&before=${first.next}`)).json;
    expect(second.audit[0].sequence).toBe(first.audit[1].sequence - 1);
    const reply = await fetch(`${agent.url}/v1/audit/export`, {
      headers: { authorization: `Bearer ${TOKENS.viewer}` },
    });
    const file = join(directory, "audit.jsonl");
    writeFileSync(file, await reply.text());
    expect(await verifyFile(file, first.head.hash)).toMatchObject({ holds: true });
  });
});
