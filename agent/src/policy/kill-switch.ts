import { readFileSync } from "node:fs";
import { appendAudit, said } from "../audit/append.ts";
import { type Db, inTransaction } from "../store/db.ts";
import type { Database, KillSwitchMode } from "../store/schema.ts";

/** A write that begins something, or one that ends what is on. */
export type Doing = "start" | "end";

/**
 * Why the agent may not write now, or null. Asked before every single write to a gateway or its decision feed; `within` is the
 * transaction the caller is in, where it is in one.
 */
export type MayAct = (doing: Doing, within?: Db) => Promise<string | null>;

export interface KillSwitchSources {
  db: Db;
  gateway: string;
  /** KILL_SWITCH_FILE: on while the file is there; `freeze` in it freezes. */
  file?: string | undefined;
  /** KILL_SWITCH of the environment. */
  environment?: KillSwitchMode | undefined;
}

export type KillSwitch = Database["kill_switches"];

export function mayActOf(sources: KillSwitchSources): MayAct {
  return async (doing, within = sources.db) => {
    const on = await switchesOn({ ...sources, db: within });
    const hit = on.find(({ mode }) => doing === "start" || mode === "freeze");
    return hit === undefined
      ? null
      : `the kill switch is on (${hit.from}${hit.reason === "" ? "" : `: ${hit.reason}`})`;
  };
}

interface On {
  mode: KillSwitchMode;
  from: string;
  reason: string;
}

/** All that are on; the strictest decides. */
export async function switchesOn({ db, gateway, file, environment }: KillSwitchSources): Promise<On[]> {
  const on: On[] = [];
  if (environment !== undefined) on.push({ mode: environment, from: "KILL_SWITCH", reason: "" });
  const fromFile = file === undefined ? null : readSwitchFile(file);
  if (fromFile !== null) on.push(fromFile);
  const stored = await storedSwitch(db, gateway);
  if (stored !== null) on.push({ mode: stored.mode, from: `set by ${stored.set_by}`, reason: stored.reason });
  return on.sort((one, other) => Number(other.mode === "freeze") - Number(one.mode === "freeze"));
}

/** Only a file that is surely not there means off: one that cannot be read may be there. */
function readSwitchFile(file: string): On | null {
  const from = `the file ${file}`;
  try {
    const text = readFileSync(file, "utf8").trim().slice(0, 200);
    const mode = /^freeze\b/i.test(text) ? "freeze" : "stop";
    return { mode, from, reason: text.replace(/^(?:freeze|stop)\b[\s:]*/i, "") };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    return { mode: "stop", from, reason: `it cannot be read, ${code}` };
  }
}

async function storedSwitch(db: Db, gateway: string): Promise<KillSwitch | null> {
  const query = db.selectFrom("kill_switches").selectAll().where("gateway", "=", gateway);
  return (await query.executeTakeFirst()) ?? null;
}

/** Durable: it stays on over restarts and holds for every agent of the gateway. */
export function turnOn(db: Db, row: KillSwitch): Promise<void> {
  return inTransaction(db, async (transaction) => {
    await transaction
      .insertInto("kill_switches")
      .values(row)
      .onConflict((conflict) => conflict.column("gateway").doUpdateSet(row))
      .execute();
    const { gateway, mode, reason, set_by: actor, set_at: at } = row;
    await appendAudit(transaction, {
      at,
      gateway,
      actor,
      kind: "kill_switch.on",
      data: { mode, reason: said(reason) },
    });
  });
}

/** False when it was not on. Those of file and environment stay as they are. */
export function turnOff(db: Db, gateway: string, actor: string, at: number): Promise<boolean> {
  return inTransaction(db, async (transaction) => {
    const removal = transaction.deleteFrom("kill_switches").where("gateway", "=", gateway);
    const { numDeletedRows } = await removal.executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    await appendAudit(transaction, { at, gateway, actor, kind: "kill_switch.off", data: {} });
    return true;
  });
}
