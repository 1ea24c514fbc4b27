import type { Db } from "./db.ts";

/** The message in the channel that later ones about the incident answer to, or null. */
export async function slackThread(db: Db, channel: string, incident_id: string): Promise<string | null> {
  const query = db.selectFrom("slack_threads").select("ts").where("channel", "=", channel);
  return (await query.where("incident_id", "=", incident_id).executeTakeFirst())?.ts ?? null;
}

export async function keepSlackThread(db: Db, channel: string, incident_id: string, ts: string): Promise<void> {
  await db
    .insertInto("slack_threads")
    .values({ channel, incident_id, ts, created_at: Date.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
