import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { OPERATORS, VIEWERS } from "../auth/access.ts";
import { AgentError } from "../errors.ts";
import { listProofKeys } from "../rollback/live/proof-keys.ts";
import { getRollback, listRollbacks } from "../store/rollbacks.ts";
import type { TypedApp } from "./typed-app.ts";

const query = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });

export function rollbackRoutes(app: TypedApp, { store: { db }, config, engine, wake }: AppOptions): void {
  app.get(
    "/v1/rollbacks",
    { config: { access: VIEWERS }, schema: { querystring: query } },
    async ({ query: { limit } }) => {
      const rollbacks = await listRollbacks(db, config.GATEWAY_NAME, { limit });
      return {
        rollbacks: rollbacks.map(({ verdict, ...shown }) => ({
          ...shown,
          suspects: verdict.suspects.slice(0, 5),
          doubts: verdict.reasons,
        })),
      };
    },
  );

  const params = z.object({ id: z.string().max(128) });
  app.get("/v1/rollbacks/:id", { config: { access: VIEWERS }, schema: { params } }, async (request) => {
    const rollback = await getRollback(db, request.params.id);
    if (rollback === null) throw new AgentError("NOT_FOUND");
    return { rollback };
  });

  app.post("/v1/rollbacks/:id/undo", { config: { access: OPERATORS }, schema: { params } }, async (request) => {
    const rollback = await engine.undoRollback(request.params.id, request.actor);
    wake();
    return { rollback };
  });

  app.get("/v1/proofs/keys", { config: { access: VIEWERS } }, async () => ({ keys: await listProofKeys(db) }));

  app.post("/v1/proofs/keys/rotate", { config: { access: OPERATORS } }, async (request) => ({
    keys: await engine.rotateProofKey(request.actor),
  }));
}
