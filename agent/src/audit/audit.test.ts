import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, describe, expect, it } from "vitest";
import { someIncident } from "../../../test/support/incident.ts";
import { useResponse } from "../../../test/support/response.ts";
import { undoAction } from "../actions/end.ts";
import { allowTarget, withdrawAllow } from "../feed/allow.ts";
import { parsePolicy, recordPolicy } from "../policy/index.ts";
import { respond } from "../respond.ts";
import { json } from "../store/db.ts";
import { appendAudit } from "./append.ts";
import { auditLines } from "./export.ts";
import { auditHead, listAudit } from "./read.ts";
import { verifyFile, verifyStore } from "./verify.ts";

const at = useResponse();
const directory = mkdtempSync(join(tmpdir(), "tr-audit-"));
const file = join(directory, "audit.jsonl");
afterAll(() => rmSync(directory, { recursive: true }));

const note = (number: number) =>
  appendAudit(at.store.db, {
    at: 1_700_000_000_000 + number,
    gateway: "test",
    actor: "alice",
    kind: "kill_switch.on",
    data: { number, share: 0.1, deep: { list: [1, "é🙂", null, { b: 1, a: "x\u0000\ud800" }] }, gone: undefined },
  });

async function exported(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of auditLines(at.store.db)) lines.push(line.trimEnd());
  return lines;
}

const verdictOn = (lines: readonly string[], head?: string) => {
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return verifyFile(file, head);
};

describe("the audit", () => {
  it("tells what was done from decision to end, in the order it was done, and holds", async () => {
    const before = (await auditHead(at.store.db)).sequence;
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const { id, plan_hash } = await at.onlyAction(incident);
    await undoAction(at.parts, id, "alice");
    const { allow } = await allowTarget(at.store.db, {
      gateway: "test",
      value: "203.0.113.7",
      minutes: 5,
      reason: "ours; password=hunter2hunter2",
      by: "bob",
    });
    await withdrawAllow(at.store.db, allow.id, "carol");
    const rows = (await listAudit(at.store.db, {}, 50)).reverse().filter(({ sequence }) => sequence > before);
    expect(rows.map(({ kind, actor }) => `${kind} ${actor}`).filter((line) => !line.startsWith("policy"))).toEqual([
      "plan.decided agent",
      "action.settled agent",
      "action.ended alice",
      "allow.given bob",
      "allow.withdrawn carol",
    ]);
    expect(rows.find(({ kind }) => kind === "plan.decided")?.data).toMatchObject({ incident: incident.id, plan_hash });
    expect(rows.find(({ kind }) => kind === "action.ended")?.data).toMatchObject({ action: id, status: "undone" });
    expect(JSON.stringify(rows)).not.toContain("hunter2");
    expect(await verifyStore(at.store.db)).toMatchObject({ holds: true });
  });

  it("keeps the text of each policy that took force, once", async () => {
    const first = parsePolicy("version: 1 # one\nrules: []\n");
    const second = parsePolicy("version: 1 # two\nrules: []\n");
    const { db } = at.store;
    expect(await recordPolicy(db, "test", first, 1)).toBe(true);
    expect(await recordPolicy(db, "test", first, 2)).toBe(false);
    expect(await recordPolicy(db, "test", second, 3)).toBe(true);
    expect(await recordPolicy(db, "test", first, 4)).toBe(true);
    const rows = await listAudit(db, { kind: "policy.in_force" }, 3);
    expect(rows.map(({ data }) => data.text)).toEqual([first.text, second.text, first.text]);
  });

  it("is written with what it tells of, or not at all", async () => {
    const head = await auditHead(at.store.db);
    const attempt = at.store.db.transaction().execute(async (transaction) => {
      await appendAudit(transaction, { at: 1, gateway: "test", actor: "a", kind: "kill_switch.off", data: {} });
      throw new Error("crashed");
    });
    await expect(attempt).rejects.toThrow("crashed");
    expect(await auditHead(at.store.db)).toEqual(head);
  });

  it("has no gaps when many write at once", async () => {
    const before = (await auditHead(at.store.db)).sequence;
    await Promise.all(Array.from({ length: 30 }, (_, number) => note(number)));
    expect((await auditHead(at.store.db)).sequence).toBe(before + 30);
    expect(await verifyStore(at.store.db)).toMatchObject({ holds: true });
  });

  it("refuses to have a row changed or removed", async () => {
    await note(1);
    const { db } = at.store;
    await expect(db.updateTable("audit").set({ actor: "mallory" }).execute()).rejects.toThrow("never changed");
    await expect(db.deleteFrom("audit").execute()).rejects.toThrow("never changed");
    await expect(sql`truncate audit`.execute(db)).rejects.toThrow("never changed");
  });
});

describe("whoever gets around that", () => {
  const rows = 6;
  /** With the rows' guard off, as the database's owner can. The test's store is put right again. */
  async function tampered(tamper: () => Promise<unknown>): Promise<string> {
    const { db } = at.store;
    for (let number = 0; number < rows; number++) await note(number);
    const kept = await db.selectFrom("audit").selectAll().orderBy("sequence").execute();
    await sql`alter table audit disable trigger user`.execute(db);
    await tamper();
    const { holds, text } = await verifyStore(db);
    await sql`truncate audit`.execute(db);
    for (const row of kept)
      await db
        .insertInto("audit")
        .values({ ...row, data: json(row.data) })
        .execute();
    await sql`alter table audit enable trigger user`.execute(db);
    expect(await verifyStore(db)).toMatchObject({ holds: true });
    expect(holds).toBe(false);
    return text;
  }
  const rowAt = async (fromEnd: number) => (await auditHead(at.store.db)).sequence - fromEnd;

  it("changes a row, is found", async () => {
    const text = await tampered(async () =>
      at.store.db
        .updateTable("audit")
        .set({ actor: "mallory" })
        .where("sequence", "=", await rowAt(2))
        .execute(),
    );
    expect(text).toContain("was changed");
  });

  it("changes something deep inside, is found", async () => {
    const text = await tampered(async () =>
      sql`update audit set data = jsonb_set(data, '{deep,list,3,b}', '2') where sequence = ${await rowAt(2)}`.execute(
        at.store.db,
      ),
    );
    expect(text).toContain("was changed");
  });

  it("removes a row, is found", async () => {
    const text = await tampered(async () =>
      at.store.db
        .deleteFrom("audit")
        .where("sequence", "=", await rowAt(2))
        .execute(),
    );
    expect(text).toContain("removed, added or reordered");
  });

  it("removes the last rows, is found", async () => {
    const text = await tampered(async () =>
      at.store.db
        .deleteFrom("audit")
        .where("sequence", ">", await rowAt(2))
        .execute(),
    );
    expect(text).toContain("are missing at the end");
  });

  it("swaps two rows, is found", async () => {
    const text = await tampered(async () => {
      const { db } = at.store;
      const [one, other] = [await rowAt(3), await rowAt(2)];
      await db.updateTable("audit").set({ sequence: -1 }).where("sequence", "=", one).execute();
      await db.updateTable("audit").set({ sequence: one }).where("sequence", "=", other).execute();
      await db.updateTable("audit").set({ sequence: other }).where("sequence", "=", -1).execute();
    });
    expect(text).toMatch(/changed|reordered/);
  });
});

describe("an exported file", () => {
  it("is verified with nothing else at hand", async () => {
    for (let number = 0; number < 4; number++) await note(number);
    const lines = await exported();
    const { hash } = await auditHead(at.store.db);
    expect(await verdictOn(lines)).toMatchObject({ holds: true });
    expect(await verdictOn(lines, hash)).toMatchObject({ holds: true });
    expect(readFileSync(file, "utf8")).not.toMatch(/[^\n -~]/);
  });

  it.each([
    ["a line is changed", (lines: string[]) => lines.with(1, lines[1]!.replace('"actor":"', '"actor":"not '))],
    ["a line is removed", (lines: string[]) => lines.toSpliced(1, 1)],
    ["a line is there twice", (lines: string[]) => lines.toSpliced(1, 0, lines[1]!)],
    ["two lines are swapped", (lines: string[]) => lines.with(1, lines[2]!).with(2, lines[1]!)],
    ["the last rows are cut off", (lines: string[]) => lines.toSpliced(-3, 2)],
    ["the end is cut off", (lines: string[]) => lines.slice(0, -1)],
    ["the first row is cut off", (lines: string[]) => lines.slice(1)],
    ["a line is no JSON", (lines: string[]) => lines.with(1, "{")],
    ["rows follow the end", (lines: string[]) => [...lines, lines[0]!]],
  ])("does not hold when %s", async (_name, change) => {
    for (let number = 0; number < 4; number++) await note(number);
    // Of the last rows, whoever else wrote before.
    const lines = await exported();
    const changed = change([...lines]);
    expect(changed).not.toEqual(lines);
    expect(await verdictOn(changed)).toMatchObject({ holds: false });
  });

  it("written anew from some row on holds in itself, but not against a head that was kept", async () => {
    await note(1);
    const { hash } = await auditHead(at.store.db);
    await note(2);
    expect(await verdictOn(await exported(), hash)).toMatchObject({ holds: false });
  });
});
