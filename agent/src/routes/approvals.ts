import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { getApproval, listApprovals } from "../approvals/read.ts";
import { OPERATORS, VIEWERS } from "../auth/access.ts";
import { AgentError } from "../errors.ts";
import { APPROVAL_STATUSES } from "../store/schema.ts";
import { pageFrom, paging } from "./paging.ts";
import type { TypedApp } from "./typed-app.ts";
import { viewApproval } from "./views.ts";

const query = z.strictObject({
  status: z.enum(APPROVAL_STATUSES).optional(),
  incident: z.string().max(128).optional(),
  ...paging,
});
const params = z.object({ id: z.string().max(128) });
const body = z
  .strictObject({
    /** Of the plan as it was seen; with it, another plan is never agreed to by mistake. */
    plan_hash: z.string().max(64).optional(),
    comment: z.string().trim().max(500).optional(),
  })
  .nullish()
  .transform((given) => given ?? {});

export function approvalRoutes(app: TypedApp, { store: { db }, engine, wake }: AppOptions): void {
  app.get("/v1/approvals", { config: { access: VIEWERS }, schema: { querystring: query } }, async ({ query }) => {
    const page = await listApprovals(db, query, pageFrom(query));
    return { approvals: page.rows.map(viewApproval), next: page.next };
  });

  app.get("/v1/approvals/:id", { config: { access: VIEWERS }, schema: { params } }, async ({ params: { id } }) => {
    const approval = await getApproval(db, id);
    if (approval === null) throw new AgentError("NOT_FOUND");
    return { approval: viewApproval(approval) };
  });

  const decision = { config: { access: OPERATORS }, schema: { params, body } };
  app.post("/v1/approvals/:id/approve", decision, async ({ params: { id }, body, actor }) => {
    const approval = await engine.approve(id, { ...body, by: actor });
    wake();
    return { approval: viewApproval(approval) };
  });

  app.post("/v1/approvals/:id/reject", decision, async ({ params: { id }, body, actor }) => {
    return { approval: viewApproval(await engine.reject(id, { ...body, by: actor })) };
  });
}
