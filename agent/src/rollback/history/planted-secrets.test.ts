import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { type AdminServer, startAdminServer } from "../../../../test/support/admin-server.ts";
import { bearer, openTestAgent, type TestAgent } from "../../../../test/support/agent.ts";
import { PLANTED_FIELDS } from "../../../../test/support/planted-configuration.ts";
import { incidentRow } from "../../../../test/support/store-rows.ts";
import { askAbout } from "../../classification/prompt.ts";
import { AdminApiError } from "../../drivers/admin-error.ts";
import { createAdminApiDriver, createAdminClient } from "../../drivers/index.ts";
import { createLog } from "../../log.ts";
import type { ResponseParts } from "../../response-parts.ts";
import { listChanges } from "../../store/history.ts";
import type { Commit, NewProposal, Repository } from "../git/repository.ts";
import { planRevert, proposeRevert } from "../git/revert.ts";
import { watchConfiguration } from "./watch-configuration.ts";

const REFERENCE = "{vault://env/redis-password}";
const COLLECTIONS = ["snis", "ca_certificates", "vaults", "hmac-auths", "jwts", "consumer_groups"];

let agent: TestAgent;
let admin: AdminServer;

/** Everything is put on the gateway, and everything changed once: each secret was added, and was part of a changed entity. */
async function seen(): Promise<void> {
  let clock = Date.now() - 60_000;
  const driver = createAdminApiDriver(createAdminClient({ url: admin.url }), { fingerprintKey: "a key" });
  const parts = { db: agent.store.db, gateway: "default", driver, now: () => clock } as unknown as ResponseParts;
  const watch = () => {
    clock += 2_000;
    return watchConfiguration(parts);
  };
  await watch();
  admin.entities.put("consumers", "alice", { username: "alice" });
  const put = (note: string) => {
    for (const [n, { type, fields }] of PLANTED_FIELDS.entries())
      admin.entities.of(type).set(`e-${n}`, { ...fields, id: `e-${n}`, tags: [note] });
    admin.entities.of("plugins").set("ref", { id: "ref", name: "ours", config: { password: REFERENCE }, tags: [note] });
  };
  put("one");
  await watch();
  put("two");
  await watch();
  for (const { type } of PLANTED_FIELDS) admin.entities.of(type).clear();
  await watch();
}

beforeAll(async () => {
  agent = await openTestAgent();
  admin = await startAdminServer();
  for (const name of COLLECTIONS) admin.entities.collections.set(name, new Map());
  await seen();
});
afterAll(async () => {
  await admin.close();
  await agent.close();
});

const found = (text: string): string[] =>
  PLANTED_FIELDS.filter(
    ({ needle }) => text.includes(needle) || text.includes(JSON.stringify(needle).slice(1, -1)),
  ).map(({ kind }) => kind);

describe(`${PLANTED_FIELDS.length} secrets in a gateway's configuration`, () => {
  it("are not in the database, where references to vaults are", async () => {
    const tables = ["configuration_changes", "configurations"] as const;
    const rows = await Promise.all(tables.map((table) => agent.store.db.selectFrom(table).selectAll().execute()));
    const text = JSON.stringify(rows);
    expect(rows[0]).toHaveLength(3);
    expect(found(text)).toEqual([]);
    expect(text).toContain(REFERENCE);
  });

  it("are not in what the API tells of the history", async () => {
    const list = await agent.app.inject({ url: "/v1/changes", headers: bearer("viewer") });
    const ids = (list.json().changes as { id: string }[]).map(({ id }) => id);
    expect(ids).toHaveLength(3);
    // What changed has its entities from before and after.
    const detail = await agent.app.inject({ url: `/v1/changes/${ids[1]}`, headers: bearer("viewer") });
    expect(detail.statusCode).toBe(200);
    expect(found(`${list.body}\n${detail.body}`)).toEqual([]);
  });

  it("are not in the log, what Kong says of them included", async () => {
    const lines: string[] = [];
    const log = createLog("trace", (line) => lines.push(line));
    const [change] = await listChanges(agent.store.db, "default", { since: 0, limit: 1 });
    log.info({ diffs: change?.diffs.slice(0, 20) }, "changed");
    for (const { fields, kind } of PLANTED_FIELDS.filter(({ kind: of }) => of.endsWith("says nothing")).slice(0, 15)) {
      const message = `schema violation: ${JSON.stringify(fields)}`;
      log.error({ err: new AdminApiError("invalid", 400, message) }, `${kind}: ${message}`);
    }
    expect(lines.length).toBeGreaterThan(3);
    expect(found(lines.join("\n"))).toEqual([]);
  });

  it("are not in what a pull request says, nor in the question to a model", async () => {
    const proposals: NewProposal[] = [];
    const plan = await planRevert(repositoryOf(proposals), "b".repeat(40));
    const reasons = (await listChanges(agent.store.db, "default", { since: 0, limit: 10 })).flatMap(({ diffs }) =>
      diffs.map(({ name, op, fields }) => `${name} ${op}: ${fields.join(", ")}`),
    );
    await proposeRevert(
      repositoryOf(proposals),
      plan,
      { incident: "i", evidence: reasons, blast_radius: [], publicUrl: "" },
      false,
    );
    const [{ title, body, message } = { title: "", body: "", message: "" }] = proposals;
    expect(body).toContain("plugins");
    expect(found([title, body, message].join("\n"))).toEqual([]);
    const classification = { category: "route_misconfig", class: null, severity: "high", confidence: 1 } as never;
    const { text } = askAbout(incidentRow({ reasons }), classification, { plans: [] } as never);
    expect(found(text)).toEqual([]);
  });
});

/** State files with some of the secrets; the commit changed every entity. */
function repositoryOf(proposals: NewProposal[]): Repository {
  const some = PLANTED_FIELDS.filter(({ type }, n) => type === "plugins" && n % 8 === 0);
  const plugins = some.map(({ fields }, n) => ({ ...fields, instance_name: `i-${n}` }));
  const fileOf = (tag: string) =>
    stringify({ _format_version: "3.0", plugins: plugins.map((one) => ({ ...one, tags: [tag] })) });
  const commit: Commit = {
    sha: "b".repeat(40),
    parents: ["a".repeat(40)],
    author: { name: "dev", email: "dev@example.com", login: null },
    message: "Change everything",
    at: 0,
  };
  return {
    name: "state",
    head: async () => commit.sha,
    commit: async () => commit,
    stateFiles: async (sha: string) => [{ path: "kong.yaml", text: fileOf(sha.slice(0, 1)) }],
    propose: async (proposal: NewProposal) => {
      proposals.push(proposal);
      return { branch: "", sha: "", number: 1, url: null, draft: false, state: "open" };
    },
  } as unknown as Repository;
}
