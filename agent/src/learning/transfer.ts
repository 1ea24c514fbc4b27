import { z } from "zod";
import { HARD_SCORE, MAX_BASELINES, MAX_LEARNED, MAX_LOGINS } from "../../../contract/learning.ts";
import { appendAudit, said } from "../audit/append.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import { advanceLearned, countLearned, getLearned, learnedId, listServed, putLearned } from "../store/learned.ts";
import { listBaselines, listLogins, putBaseline, putLogin } from "../store/learned-baselines.ts";
import { baselineSchema, loginPathSchema } from "./baseline-schema.ts";
import { IMPORTED, mergeBaselines } from "./merge-baselines.ts";

/** Everything that a gateway has learned, as one document: to keep, to look at, and to begin another gateway with. */
const word = z
  .string()
  .max(128)
  .regex(/^[!-~]+$/);
const score = z
  .number()
  .int()
  .min(1)
  .max(HARD_SCORE - 1);
const threshold = z.strictObject({ kind: z.literal("threshold"), route_id: word, score });
const signature = z.strictObject({
  kind: z.literal("signature"),
  route_id: word,
  field: word,
  signature: z.string().regex(/^[0-9a-f]{8}$/),
  class: z.string().max(64).nullable(),
  score,
});

export const learnedDocument = z.strictObject({
  version: z.literal(1),
  gateway: z.string().max(128),
  exported_at: z.iso.datetime(),
  baselines: z.array(baselineSchema).max(MAX_BASELINES),
  logins: z.array(loginPathSchema).max(MAX_LOGINS),
  items: z.array(z.discriminatedUnion("kind", [threshold, signature])).max(MAX_LEARNED),
});
export type LearnedDocument = z.infer<typeof learnedDocument>;

export async function exportLearned(db: Db, gateway: string, now = Date.now()): Promise<LearnedDocument> {
  const items = await listServed(db, gateway, MAX_LEARNED);
  const reports = [...(await listBaselines(db, gateway)).values()];
  return {
    version: 1,
    gateway,
    exported_at: new Date(now).toISOString(),
    baselines: reports.map((each) => mergeBaselines(each).baseline),
    logins: await listLogins(db, gateway),
    items: items.map(({ kind, route_id, field, signature, class: of, score }) =>
      kind === "threshold" ? { kind, route_id, score } : { kind, route_id, field, signature, class: of, score },
    ),
  };
}

export interface Import {
  document: LearnedDocument;
  by: string;
  reason: string;
}

export interface Imported {
  baselines: number;
  logins: number;
  items: number;
  /** Items that an operator has decided on here before, or that there was no room for. */
  left_out: number;
}

/** Takes a document in. What is in it is from now on an operator's word; what was decided here before stands. */
export function importLearned(db: Db, gateway: string, given: Import, now = Date.now()): Promise<Imported> {
  return inTransaction(db, async (transaction) => {
    await holdLock(transaction, `learned ${gateway}`);
    const { document, by, reason } = given;
    for (const baseline of document.baselines)
      await putBaseline(transaction, { gateway, node: IMPORTED, name: baseline.name, baseline, reported_at: now });
    for (const path of document.logins) await putLogin(transaction, gateway, path, now);
    const items = await importItems(transaction, gateway, given, now);
    await advanceLearned(transaction, gateway);
    const { baselines, logins } = document;
    const counts = { baselines: baselines.length, logins: logins.length };
    const imported = { ...counts, items, left_out: document.items.length - items };
    const data = { ...imported, from: document.gateway, reason: said(reason) };
    await appendAudit(transaction, { at: now, gateway, actor: by, kind: "learned.imported", data });
    return imported;
  });
}

async function importItems(db: Db, gateway: string, given: Import, now: number): Promise<number> {
  const counts = await countLearned(db, gateway);
  let room = MAX_LEARNED - counts.candidate - counts.learned - counts.approved - counts.revoked;
  let taken = 0;
  for (const item of given.document.items) {
    const about = item.kind === "signature" ? item : { ...item, field: "", signature: "", class: null };
    const id = learnedId({ gateway, ...about });
    const before = await getLearned(db, id);
    if (before?.status === "approved" || before?.status === "revoked" || (before === null && room-- <= 0)) continue;
    const fresh = { clients: 0, created_at: now, ...before };
    const decided = { status: "approved" as const, decided_by: given.by, reason: given.reason };
    await putLearned(db, { ...fresh, ...about, ...decided, id, gateway, updated_at: now, used_at: now });
    taken += 1;
  }
  return taken;
}
