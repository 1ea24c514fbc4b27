import { z } from "zod";
import { MAX_BATCH_BYTES } from "../../../contract/ingest.ts";
import { HARD_SCORE } from "../../../contract/learning.ts";
import type { AppOptions } from "../app.ts";
import { OPERATORS, VIEWERS } from "../auth/access.ts";
import type { TypedApp } from "../routes/typed-app.ts";
import { type LearnedItem, listLearned, listRouteScores, type RouteScores } from "../store/learned.ts";
import { LEARNED_STATUSES } from "../store/schema.ts";
import { decideLearned, type LearnedDecision } from "./decide-learned.ts";
import { exportLearned, importLearned, learnedDocument } from "./transfer.ts";

const query = z.strictObject({
  status: z.enum(LEARNED_STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(2_000).default(200),
});
const id = z.string().min(1).max(128);
const reason = z.string().trim().min(1).max(500);
const score = z
  .number()
  .int()
  .min(1)
  .max(HARD_SCORE - 1)
  .optional();

/** What was learned in monitor mode, and an operator's word on it. */
export function learnedRoutes(app: TypedApp, { config, store: { db }, log }: AppOptions): void {
  const gateway = config.GATEWAY_NAME;
  const decide = async (decision: LearnedDecision) => {
    const item = await decideLearned(db, gateway, decision);
    const { kind, route_id, field, signature, status } = item;
    log.info(
      { actor: decision.by, learned: item.id, kind, route_id, field, signature, status },
      "Learned item decided.",
    );
    return { item: viewLearned(item) };
  };

  app.get("/v1/learned", { config: { access: VIEWERS }, schema: { querystring: query } }, async ({ query }) => {
    const items = await listLearned(db, gateway, query, query.limit);
    const routes = await listRouteScores(db, gateway);
    return { items: items.map(viewLearned), routes: routes.map(viewScores) };
  });

  const approval = z.strictObject({ id, score, reason });
  app.post("/v1/learned/approve", { config: { access: OPERATORS }, schema: { body: approval } }, (request) =>
    decide({ ...request.body, status: "approved", by: request.actor }),
  );

  app.get("/v1/learned/export", { config: { access: VIEWERS } }, () => exportLearned(db, gateway));

  const transfer = z.strictObject({ document: learnedDocument, reason });
  const ofImport = { config: { access: OPERATORS }, bodyLimit: MAX_BATCH_BYTES, schema: { body: transfer } };
  app.post("/v1/learned/import", ofImport, async ({ body, actor }) => {
    const imported = await importLearned(db, gateway, { ...body, by: actor });
    log.info({ actor, ...imported }, "Learned document imported.");
    return { imported };
  });

  const revocation = z.strictObject({ id, reason });
  app.post("/v1/learned/revoke", { config: { access: OPERATORS }, schema: { body: revocation } }, (request) =>
    decide({ ...request.body, status: "revoked", by: request.actor }),
  );
}

function viewLearned({ gateway: _, created_at, updated_at, used_at, ...shown }: LearnedItem) {
  const iso = (ms: number) => new Date(ms).toISOString();
  return { ...shown, created_at: iso(created_at), updated_at: iso(updated_at), used_at: iso(used_at) };
}

/** `scores[i]` counts requests with a payload score from 5·i on. */
function viewScores({ route_id, requests, buckets, limits }: RouteScores) {
  return { route_id, requests, scores: buckets, limits };
}
