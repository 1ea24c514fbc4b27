import type { Selectable } from "kysely";
import { type Db, json } from "./db.ts";
import type { Database } from "./schema.ts";

export type GatewayNode = Selectable<Database["nodes"]>;

export async function upsertNode(db: Db, node: GatewayNode): Promise<void> {
  const row = { ...node, health: json(node.health) };
  await db
    .insertInto("nodes")
    .values(row)
    .onConflict((conflict) => conflict.columns(["gateway", "node"]).doUpdateSet(row))
    .execute();
}

/** Seen last first. */
export function listNodes(db: Db, gateway: string, limit = 200): Promise<GatewayNode[]> {
  const query = db.selectFrom("nodes").selectAll().where("gateway", "=", gateway);
  return query.orderBy("last_seen_at", "desc").limit(limit).execute();
}
