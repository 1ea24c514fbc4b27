import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { OPERATORS, VIEWERS } from "../auth/access.ts";
import { listActions } from "../store/actions.ts";
import { ACTION_STATUSES } from "../store/schema.ts";
import { pageFrom, paging } from "./paging.ts";
import type { TypedApp } from "./typed-app.ts";
import { viewAction } from "./views.ts";

const query = z.strictObject({
  status: z.enum(ACTION_STATUSES).optional(),
  incident: z.string().max(128).optional(),
  ...paging,
});

export function actionRoutes(app: TypedApp, { store: { db }, engine, wake }: AppOptions): void {
  app.get("/v1/actions", { config: { access: VIEWERS }, schema: { querystring: query } }, async ({ query }) => {
    const page = await listActions(db, query, pageFrom(query));
    return { actions: page.rows.map(viewAction), next: page.next };
  });

  const params = z.object({ id: z.string().max(128) });
  app.post("/v1/actions/:id/undo", { config: { access: OPERATORS }, schema: { params } }, async (request) => {
    const action = await engine.undo(request.params.id, request.actor);
    wake();
    return { action: viewAction(action) };
  });
}
