import type { Db } from "../store/db.ts";
import type { AuditRow, Head } from "./chain.ts";

export interface AuditFilter {
  kind?: string | undefined;
  /** Only rows before this one. */
  before?: number | undefined;
}

/** Newest first. */
export function listAudit(db: Db, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  let query = db.selectFrom("audit").selectAll();
  if (filter.kind !== undefined) query = query.where("kind", "=", filter.kind);
  if (filter.before !== undefined) query = query.where("sequence", "<", filter.before);
  return query.orderBy("sequence", "desc").limit(limit).execute();
}

const AT_ONCE = 500;

/** All of it from the beginning, a page at a time; ends at the newest row of the moment. Whatever the rows' numbers are. */
export async function* readAudit(db: Db): AsyncGenerator<AuditRow> {
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const query = db.selectFrom("audit").selectAll().where("sequence", ">", after);
    const rows = await query.orderBy("sequence").limit(AT_ONCE).execute();
    yield* rows;
    if (rows.length < AT_ONCE) return;
    after = rows.at(-1)?.sequence ?? after;
  }
}

export async function auditHead(db: Db): Promise<Head> {
  return db.selectFrom("audit_head").select(["sequence", "hash"]).executeTakeFirstOrThrow();
}

export async function lastOf(db: Db, gateway: string, kind: string): Promise<AuditRow | null> {
  const query = db.selectFrom("audit").selectAll().where("gateway", "=", gateway).where("kind", "=", kind);
  return (await query.orderBy("sequence", "desc").limit(1).executeTakeFirst()) ?? null;
}
