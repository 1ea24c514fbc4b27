import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { VIEWERS } from "../auth/access.ts";
import { AgentError } from "../errors.ts";
import { redactText } from "../redaction/index.ts";
import { SHA } from "../rollback/git/repository.ts";
import { addMarker, getChange, listChanges, listMarkers } from "../store/history.ts";
import type { TypedApp } from "./typed-app.ts";

const DAY_MS = 86_400_000;
/** A marker and a change belong together when they are this close. */
const NEAR_MS = 120_000;
const query = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
const body = z.strictObject({
  /** The commit that was applied. */
  sha: z.string().regex(SHA, "has to be the commit's whole sha").optional(),
  actor: z.string().trim().min(1).max(128),
  note: z.string().trim().max(500).default(""),
});

/** The configuration's history, and what CI says about it. */
export function changeRoutes(app: TypedApp, { store: { db }, config }: AppOptions): void {
  const gateway = config.GATEWAY_NAME;
  app.get(
    "/v1/changes",
    { config: { access: VIEWERS }, schema: { querystring: query } },
    async ({ query: { limit } }) => {
      const since = Date.now() - 30 * DAY_MS;
      const changes = await listChanges(db, gateway, { since, limit });
      const markers = await listMarkers(db, gateway, since);
      return {
        changes: changes.map(({ id, applied_at, seen_at, before_hash, after_hash, by_agent, diffs }) => ({
          id,
          applied_at: new Date(applied_at).toISOString(),
          seen_at: new Date(seen_at).toISOString(),
          before_hash,
          after_hash,
          by_agent,
          entities: diffs.map(({ type, name, op, fields }) => ({ type, name, op, fields })),
          markers: markers
            .filter(({ at }) => Math.abs(at - seen_at) <= NEAR_MS)
            .map(({ sha, actor, note }) => ({ sha, actor, note })),
        })),
      };
    },
  );

  const params = z.object({ id: z.string().max(128) });
  app.get("/v1/changes/:id", { config: { access: VIEWERS }, schema: { params } }, async (request) => {
    const change = await getChange(db, request.params.id);
    if (change === null) throw new AgentError("NOT_FOUND");
    return { change };
  });

  app.post("/v1/changes", { config: { access: ["ci", "operator"] }, schema: { body } }, async (request, reply) => {
    const { sha, actor, note } = request.body;
    const marker = { gateway, at: Date.now(), sha: sha ?? null, actor: redactText(actor), note: redactText(note) };
    return reply.code(201).send({ marker: await addMarker(db, marker) });
  });
}
