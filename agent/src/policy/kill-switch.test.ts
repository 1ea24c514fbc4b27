import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { useResponse } from "../../../test/support/response.ts";
import { endAction, undoAction } from "../actions/end.ts";
import { listAudit } from "../audit/read.ts";
import { respond } from "../respond.ts";
import { actionsOfIncident } from "../store/actions.ts";
import { updateIncident } from "../store/incidents.ts";
import { type MayAct, mayActOf, turnOff, turnOn } from "./kill-switch.ts";
import { parsePolicy } from "./load.ts";

const at = useResponse();
const directory = mkdtempSync(join(tmpdir(), "tr-kill-"));
const file = join(directory, "stop");
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => rmSync(file, { force: true }));

const on = (mode: "stop" | "freeze" = "stop") =>
  turnOn(at.store.db, { gateway: "test", mode, reason: "release day", set_by: "alice", set_at: 1 });
const both = async (mayAct: MayAct) => [(await mayAct("start")) !== null, (await mayAct("end")) !== null];

describe("the kill switch", () => {
  it("is off when nothing sets it", async () => {
    expect(await both(mayActOf({ db: at.store.db, gateway: "test", file }))).toEqual([false, false]);
  });

  it.each([
    ["", [true, false]],
    ["stop: we are moving house", [true, false]],
    ["freeze", [true, true]],
    ["FREEZE until tomorrow", [true, true]],
    ["freezer", [true, false]],
  ])("is on while its file is there (%j), from one write to the next", async (content, expected) => {
    const mayAct = mayActOf({ db: at.store.db, gateway: "test", file });
    writeFileSync(file, content);
    expect(await both(mayAct)).toEqual(expected);
    expect(await mayAct("start")).toContain(file);
    rmSync(file);
    expect(await both(mayAct)).toEqual([false, false]);
  });

  it("is on when its file cannot be told from one that is there", async () => {
    // A directory cannot be read as a file, whoever reads it.
    const mayAct = mayActOf({ db: at.store.db, gateway: "test", file: directory });
    expect(await mayAct("start")).toContain("cannot be read");
    writeFileSync(file, "");
    chmodSync(file, 0o000);
    expect((await mayActOf({ db: at.store.db, gateway: "test", file })("start")) !== null).toBe(true);
  });

  it("is on by the environment, and by the store for this gateway alone", async () => {
    const { db } = at.store;
    expect(await both(mayActOf({ db, gateway: "test", environment: "stop" }))).toEqual([true, false]);
    expect(await both(mayActOf({ db, gateway: "test", environment: "freeze" }))).toEqual([true, true]);
    await on();
    expect(await mayActOf({ db, gateway: "test" })("start")).toBe("the kill switch is on (set by alice: release day)");
    expect(await both(mayActOf({ db, gateway: "another" }))).toEqual([false, false]);
    await on("freeze");
    expect(await both(mayActOf({ db, gateway: "test" }))).toEqual([true, true]);
    expect(await turnOff(db, "test", "bob", 2)).toBe(true);
    expect(await turnOff(db, "test", "bob", 2)).toBe(false);
    expect(await both(mayActOf({ db, gateway: "test" }))).toEqual([false, false]);
    const [off, first] = await listAudit(db, {}, 3);
    expect(off).toMatchObject({ kind: "kill_switch.off", actor: "bob" });
    expect(first).toMatchObject({
      kind: "kill_switch.on",
      actor: "alice",
      data: { mode: "freeze", reason: "release day" },
    });
  });

  it("keeps new incidents from being acted on, and lets them be once it is lifted", async () => {
    const incident = await at.seen(someIncident());
    await on();
    await respond(at.parts, incident.id);
    expect(await actionsOfIncident(at.store.db, incident.id)).toEqual([]);
    await turnOff(at.store.db, "test", "alice", 2);
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("applied");
  });

  it("is asked before each write: set between two of one plan, the second is not done, and the first is taken back", async () => {
    const policy = parsePolicy(`
version: 1
rules:
  - name: flood
    when: { category: api_ddos }
    plans:
      - id: both
        actions:
          - { action: block_source, ttl_s: 60, min_requests: 1, shared: throttle }
          - { action: throttle_route, ttl_s: 60, per_second: 5 }
`);
    at.parts.policy = () => policy;
    const flip = at.parts.mayAct;
    at.parts.mayAct = async (doing, within) => {
      // Within the transaction that records the plan it is asked, too; no write is near then.
      const done = at.store.db.selectFrom("actions").select("id").where("status", "=", "applied");
      if (within === undefined && (await done.executeTakeFirst()) !== undefined) await on();
      return flip(doing, within);
    };
    const incident = await at.seen(someFlood({ sources: [{ ip: "198.51.100.1", count: 5_000 }] }));
    await respond(at.parts, incident.id);
    const actions = await actionsOfIncident(at.store.db, incident.id);
    expect(actions.map(({ status }) => status).sort()).toEqual(["failed", "refused"]);
    expect(actions.find(({ status }) => status === "refused")?.error).toContain("the kill switch is on (set by alice");
    expect((await at.decisionsOn()).length + at.admin.plugins.size).toBe(0);
  });

  it("that stops lets what is on end; one that freezes does not, until it is lifted", async () => {
    const incident = await at.seen(someIncident());
    await respond(at.parts, incident.id);
    const { id } = await at.onlyAction(incident);
    await on("freeze");
    await expect(undoAction(at.parts, id, "alice")).rejects.toMatchObject({ code: "KILL_SWITCH_ON", status: 409 });
    await expect(endAction(at.parts, id)).rejects.toThrow("the kill switch is on");
    expect(await at.decisionsOn()).toHaveLength(1);
    await on("stop");
    expect(await undoAction(at.parts, id, "alice")).toMatchObject({ status: "undone" });
    expect(await at.decisionsOn()).toEqual([]);
  });

  it("leaves no cooldown behind", async () => {
    const incident = await at.seen(someIncident());
    const asked = at.parts.mayAct;
    let times = 0;
    at.parts.mayAct = async (doing, within) =>
      within === undefined && ++times === 1 ? "the kill switch is on" : asked(doing, within);
    await respond(at.parts, incident.id);
    expect((await at.onlyAction(incident)).status).toBe("refused");
    at.parts.mayAct = asked;
    await updateIncident(at.store.db, incident.id, { last_seen_at: Date.now() });
    await respond(at.parts, incident.id);
    expect((await actionsOfIncident(at.store.db, incident.id)).map(({ status }) => status).sort()).toEqual([
      "applied",
      "refused",
    ]);
  });
});
