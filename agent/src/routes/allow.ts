import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { OPERATORS, VIEWERS } from "../auth/access.ts";
import { AgentError } from "../errors.ts";
import { canonicalTarget } from "../feed/address.ts";
import { allowTarget, listAllows, withdrawAllow } from "../feed/allow.ts";
import type { TypedApp } from "./typed-app.ts";
import { viewAction, viewDecision } from "./views.ts";

const body = z.strictObject({
  value: z.string().transform((text, context) => {
    const target = canonicalTarget(text);
    if (target !== null) return target;
    context.addIssue({
      code: "custom",
      message: "has to be an address, or a range no wider than /24 (IPv4) or /48 (IPv6)",
    });
    return z.NEVER;
  }),
  minutes: z.number().int().min(1).max(43_200),
  reason: z.string().trim().min(1).max(500),
});

/** An operator's override: beats every other verdict within one poll of the gateways. */
export function allowRoutes(app: TypedApp, options: AppOptions): void {
  const { db } = options.store;
  app.post("/v1/allow", { config: { access: OPERATORS }, schema: { body } }, async (request, reply) => {
    const by = request.actor;
    const result = await allowTarget(db, { ...request.body, gateway: options.config.GATEWAY_NAME, by });
    const undone = [];
    // The block is overridden already; ending its action tidies up and must not undo the override when it fails.
    for (const id of result.actions) {
      const action = await options.engine
        .undo(id, by)
        .catch((err) => options.log.warn({ err, action: id }, "Not undone."));
      if (action) undone.push(viewAction(action));
    }
    options.wake();
    return reply.code(201).send({ allow: viewDecision(result.allow), ended: result.ended.map(viewDecision), undone });
  });

  app.get("/v1/allow", { config: { access: VIEWERS } }, async () => {
    const allows = await listAllows(db, options.config.GATEWAY_NAME);
    return { allows: allows.map(viewDecision) };
  });

  const params = z.object({ id: z.string().max(128) });
  app.delete("/v1/allow/:id", { config: { access: OPERATORS }, schema: { params } }, async (request, reply) => {
    if (!(await withdrawAllow(db, request.params.id, request.actor))) throw new AgentError("NOT_FOUND");
    return reply.code(204).send();
  });
}
