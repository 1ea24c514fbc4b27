import type { Selectable } from "kysely";
import type { NodeHealth } from "../../../contract/ingest.ts";
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

/** It asked for decisions, so it is there; what it says about itself comes with its first report. */
export async function noteSeen(db: Db, node: Omit<GatewayNode, "health">): Promise<void> {
  await db
    .insertInto("nodes")
    .values({ ...node, health: json({} as NodeHealth) })
    .onConflict((conflict) =>
      conflict.columns(["gateway", "node"]).doUpdateSet({ last_seen_at: node.last_seen_at, key_id: node.key_id }),
    )
    .execute();
}

/** Seen last first. */
export function listNodes(db: Db, gateway: string, limit = 200): Promise<GatewayNode[]> {
  const query = db.selectFrom("nodes").selectAll().where("gateway", "=", gateway);
  return query.orderBy("last_seen_at", "desc").limit(limit).execute();
}

export type NodeConfigure = Selectable<Database["node_configures"]>;

/** What a node says about when it was configured; the same again changes nothing. */
export async function noteConfigure(db: Db, configure: NodeConfigure): Promise<void> {
  await db
    .insertInto("node_configures")
    .values(configure)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * When nodes applied configurations, in `[from, to)` epoch milliseconds, oldest first. Workers of a node do so a moment after another, so one
 * change may be there more than once. Kong tells the plugin of changes of plugins, and without a database or in a data plane of all changes.
 */
export function configuresOf(db: Db, gateway: string, from: number, to: number): Promise<NodeConfigure[]> {
  const query = db.selectFrom("node_configures").selectAll().where("gateway", "=", gateway);
  return query.where("at", ">=", from).where("at", "<", to).orderBy("at").orderBy("node").limit(1_000).execute();
}
