import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { AnswerCount } from "../../../../contract/ingest.ts";
import { useResponse } from "../../../../test/support/response.ts";
import { rollbackRow } from "../../../../test/support/rollback.ts";
import { incidentRow } from "../../../../test/support/store-rows.ts";
import { AdminApiError } from "../../drivers/index.ts";
import { incidentLog, upsertIncident } from "../../store/incidents.ts";
import { addRollback, getRollback, type Rollback } from "../../store/rollbacks.ts";
import { addAnswers } from "../../store/traffic-answers.ts";
import { followInGit } from "../git/follow.ts";
import type { Repository } from "../git/repository.ts";
import { ErrorMonitor } from "../symptom/monitor.ts";
import { isSigned } from "./proof.ts";
import { currentSigner, listProofKeys, rotateProofKey } from "./proof-keys.ts";
import { undoByOperator } from "./undo-by-operator.ts";
import { verifyRollback } from "./verify.ts";

const at = useResponse();
afterEach(async () => {
  for (const table of ["rollbacks", "traffic_answers", "proof_keys"] as const)
    await at.store.db.deleteFrom(table).execute();
});

const parts = (repository: Repository | null = null) => ({
  response: at.parts,
  monitor: new ErrorMonitor(),
  lag: async () => 1_500,
  proofKey: undefined,
  repository,
});

/** One that was carried out so long ago, and `answers` in each slot since. */
async function carriedOut(since_s: number, answers: AnswerCount[], given: Partial<Rollback> = {}): Promise<Rollback> {
  const incident = incidentRow({ gateway: "test" });
  await upsertIncident(at.store.db, incident);
  const now = Math.floor(at.parts.now() / 5_000) * 5_000;
  const rollback = rollbackRow({ incident_id: incident.id, applied_at: now - since_s * 1000, ...given });
  await addRollback(at.store.db, rollback);
  const slots = Array.from({ length: Math.floor(since_s / 5) }, (_, i) => ({
    gateway: "test",
    route_id: "r-search",
    slot_start: now - since_s * 1000 + i * 5_000,
    answers,
    upstream_ms: [],
    total_ms: [],
  }));
  await addAnswers(at.store.db, slots);
  return rollback;
}

const answer = (status: number, count: number, source: AnswerCount["source"] = "service"): AnswerCount => ({
  source,
  status,
  count,
});
const statusOf = async ({ id }: Rollback) => (await getRollback(at.store.db, id))?.status;

describe("recovery", () => {
  it("counts what raised the alarm, and not what was refused all along", async () => {
    const rollback = await carriedOut(60, [answer(200, 10), answer(401, 10, "exit")]);
    await verifyRollback(parts(), rollback.id);
    expect(await statusOf(rollback)).toBe("recovered");
  });

  it("is seen with few requests, too", async () => {
    const rollback = await carriedOut(150, [answer(200, 1)]);
    await verifyRollback(parts(), rollback.id);
    expect(await statusOf(rollback)).toBe("recovered");
  });

  it("is proved in the incident and the audit, by a key that stays", async () => {
    for (let i = 0; i < 2; i++) {
      const rollback = await carriedOut(60, [answer(200, 20)]);
      await verifyRollback(parts(), rollback.id);
      const proof = (await getRollback(at.store.db, rollback.id))?.proof;
      if (!proof) throw new Error("no proof");
      expect(isSigned(proof)).toBe(true);
      expect(await listProofKeys(at.store.db)).toMatchObject([{ public_key: proof.public_key, retired_at: null }]);
      expect((await incidentLog(at.store.db, rollback.incident_id)).some(({ data }) => data?.proof)).toBe(true);
      const rows = await at.store.db.selectFrom("audit").select("data").where("kind", "=", "rollback.proved").execute();
      expect(rows.find(({ data }) => data.rollback === rollback.id)?.data.proof).toEqual(proof);
    }
  });

  it("is signed by another key after a rotation, and the former stays listed without its private half", async () => {
    const first = await currentSigner(at.store.db, undefined, 1);
    await rotateProofKey(at.parts, undefined, "the operator");
    const given = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const last = await currentSigner(at.store.db, given, at.parts.now() + 1);
    const keys = await at.store.db.selectFrom("proof_keys").selectAll().execute();
    expect(keys).toHaveLength(3);
    expect(keys.filter(({ retired_at }) => retired_at === null)).toMatchObject([{ public_key: last.public_key }]);
    expect(keys.map(({ private_key }) => private_key)).toEqual([null, null, null]);
    expect(keys.map(({ public_key }) => public_key)).toContain(first.public_key);
    await expect(rotateProofKey(at.parts, given, "the operator")).rejects.toMatchObject({ code: "PROOF_KEY_GIVEN" });
  });
});

describe("errors that do not fall", () => {
  it("put the change in force again, and somebody is called", async () => {
    const rollback = await carriedOut(150, [answer(503, 10)]);
    await verifyRollback(parts(), rollback.id);
    expect(await statusOf(rollback)).toBe("undone");
    const told = await at.store.db.selectFrom("outbox").select("payload").execute();
    expect(told.map(({ payload }) => payload.type)).toContain("action.undone");
  });

  it("but fell by half or more: it stays taken back", async () => {
    const rollback = await carriedOut(150, [answer(200, 8), answer(503, 2)]);
    await verifyRollback(parts(), rollback.id);
    expect(await statusOf(rollback)).toBe("verifying");
  });

  it.each([
    ["is sealed", "sealed", "failed"],
    ["does not answer", "unreachable", "verifying"],
    ["may not be written to now", "stopped", "verifying"],
  ] as const)("when the gateway %s: a human is called, or it is tried again", async (_name, code, status) => {
    const rollback = await carriedOut(150, [answer(503, 10)]);
    const driver = { ...at.parts.driver, apply: () => Promise.reject(new AdminApiError(code, null, "no")) };
    const run = verifyRollback({ ...parts(), response: { ...at.parts, driver } as typeof at.parts }, rollback.id);
    await (status === "failed" ? run : expect(run).rejects.toMatchObject({ code }));
    expect(await statusOf(rollback)).toBe(status);
  });
});

describe("an operator who undoes it", () => {
  it("is told that the gateway could not, and nothing is settled", async () => {
    const rollback = await carriedOut(10, []);
    const driver = { ...at.parts.driver, apply: () => Promise.reject(new AdminApiError("sealed", null, "no")) };
    const response = { ...at.parts, driver } as typeof at.parts;
    await expect(undoByOperator(response, rollback.id, "the operator")).rejects.toMatchObject({ code: "GATEWAY_DOWN" });
    expect(await statusOf(rollback)).toBe("verifying");
  });
});

describe("the revert in git", () => {
  const made = { branch: "b", sha: "1", number: 7, url: "https://x/7", draft: false, state: "open" as const };
  const record = {
    sha: "a".repeat(40),
    url: made.url,
    branch: "b",
    outcome: "open",
    held: true,
    made,
    told: "verifying" as const,
  };

  it("gets the proof, once, and is let go when the rollback is undone", async () => {
    const said: string[] = [];
    const repository = {
      comment: async (_proposal: unknown, text: string) => void said.push(text),
      release: async () => said.push("released") > 0,
      merge: () => Promise.reject(new Error("the policy does not merge")),
    } as unknown as Repository;
    const good = await carriedOut(60, [answer(200, 20)], { proposal: record });
    await verifyRollback(parts(), good.id);
    for (let i = 0; i < 2; i++) await followInGit(parts(repository), good.id);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("```json");
    const bad = await carriedOut(150, [answer(503, 10)], { proposal: record, routes: ["r-search"] });
    await at.store.db.updateTable("rollbacks").set({ status: "undone" }).where("id", "=", bad.id).execute();
    for (let i = 0; i < 2; i++) await followInGit(parts(repository), bad.id);
    expect(said.slice(1)).toEqual(["released", expect.stringContaining("undone")]);
  });
});
