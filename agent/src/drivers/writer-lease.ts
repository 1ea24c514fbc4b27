import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import type { Db } from "../store/db.ts";
import { AdminApiError } from "./admin-error.ts";

/**
 * The right to write to one gateway's configuration: one agent at a time, by the database's clock. A holder that dies or stands
 * still loses it after `ttl_ms`; the next one gets a higher token, by which the former sees that it has lost.
 */
export interface WriterLease {
  /** Waits until it is this agent's turn. Throws `busy` after `patience_ms`. */
  acquire: (patience_ms?: number) => Promise<number>;
  /** For `ApplyOptions.keepTurn`: prolongs it. Throws `overtaken` when another agent has it. */
  keep: () => Promise<void>;
  /**
   * In the moment in which a write leaves, without asking anybody: throws `overtaken` when the last time it was prolonged is so long ago
   * that the write could arrive in somebody else's turn, as after this process stood still.
   */
  check: () => void;
  /** Leaves it to whoever asks next, from `keep_ms` on. */
  release: (keep_ms?: number) => Promise<void>;
}

export interface WriterLeaseOptions {
  db: Db;
  gateway: string;
  /** Names this process. */
  holder?: string;
  /** Below 10 s, so that another one takes over within that time. */
  ttl_ms?: number;
  look_every_ms?: number;
  /** A write is over or given up within this time; it leaves only so long before the lease ends. */
  write_ms?: number;
  /** Epoch ms, and ms of a clock that nobody sets. */
  clocks?: () => readonly [number, number];
}

const OVERTAKEN = "another agent has taken over writing to this gateway";
const PATIENCE_MS = 12_000;
const NOW = sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`;

export function createWriterLease(options: WriterLeaseOptions): WriterLease {
  const { db, gateway, holder = randomUUID(), ttl_ms = 7_000, look_every_ms = 200, write_ms = 5_000 } = options;
  const { clocks = () => [Date.now(), performance.now()] } = options;
  let token: number | null = null;
  let kept_at: readonly [number, number] = [0, 0];
  return {
    acquire: async (patience_ms = PATIENCE_MS) => {
      for (let waited = 0; ; waited += look_every_ms) {
        token = await take(db, gateway, holder, ttl_ms);
        if (token !== null) return token;
        if (waited >= patience_ms) throw new AdminApiError("busy", null, "another agent is writing to this gateway");
        await sleep(look_every_ms);
      }
    },
    keep: async () => {
      const asked_at = clocks();
      if (token === null || !(await prolong(db, gateway, holder, token, ttl_ms))) throw overtaken(OVERTAKEN);
      kept_at = asked_at;
    },
    check: () => {
      const isLate = clocks().some((now, i) => now - (kept_at[i] ?? 0) > ttl_ms - write_ms);
      if (isLate) throw overtaken("this agent stood still for so long that another may have taken over writing");
    },
    release: async (keep_ms = 0) => {
      if (token === null) return;
      const query = db.updateTable("writer_leases").set({ expires_at: sql`${NOW} + ${keep_ms}::bigint` });
      await query.where("gateway", "=", gateway).where("holder", "=", holder).where("token", "=", token).execute();
    },
  };
}

const overtaken = (why: string) => new AdminApiError("overtaken", null, why);

/** One statement, so that of two agents one gets it. Its own holder may always go on; that is no new turn. */
async function take(db: Db, gateway: string, holder: string, ttl_ms: number): Promise<number | null> {
  const taken = await db
    .insertInto("writer_leases")
    .values({ gateway, holder, token: 1, expires_at: sql`${NOW} + ${ttl_ms}::bigint` })
    .onConflict((conflict) =>
      conflict
        .column("gateway")
        .doUpdateSet({
          holder,
          token: sql`case when writer_leases.holder = ${holder} then writer_leases.token else writer_leases.token + 1 end`,
          expires_at: sql`${NOW} + ${ttl_ms}::bigint`,
        })
        .where((is) => is.or([is("writer_leases.holder", "=", holder), is("writer_leases.expires_at", "<=", NOW)])),
    )
    .returning("token")
    .executeTakeFirst();
  return taken === undefined ? null : Number(taken.token);
}

/** A lease that ran out is good as long as nobody else has taken it. */
async function prolong(db: Db, gateway: string, holder: string, token: number, ttl_ms: number): Promise<boolean> {
  const query = db.updateTable("writer_leases").set({ expires_at: sql`${NOW} + ${ttl_ms}::bigint` });
  const result = await query
    .where("gateway", "=", gateway)
    .where("holder", "=", holder)
    .where("token", "=", token)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
