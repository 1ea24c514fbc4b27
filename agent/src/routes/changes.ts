import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { VIEWERS } from "../auth/access.ts";
import { fingerprintKeyOf } from "../drivers/create-driver.ts";
import { AgentError } from "../errors.ts";
import { redactText } from "../redaction/index.ts";
import { SHA } from "../rollback/git/repository.ts";
import { importDump } from "../rollback/history/dump/import-dump.ts";
import { markersOf } from "../rollback/history/explain.ts";
import { EXPLAIN_JOB } from "../rollback/history/watch-configuration.ts";
import { MAX_FILE_BYTES } from "../rollback/state-files/parse.ts";
import { addMarkerOnce, getChange, listChanges, listMarkers, type Marker } from "../store/history.ts";
import { enqueueJob } from "../store/jobs.ts";
import type { TypedApp } from "./typed-app.ts";

const DAY_MS = 86_400_000;
/** A marker may name the commit of a change that was seen before it came. */
const NEAR_MS = 120_000;
const MAX_FILES = 50;

const query = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
const said = {
  /** The commit that was applied. */
  sha: z.string().regex(SHA, "has to be the commit's whole sha").optional(),
  actor: z.string().trim().min(1).max(128),
  note: z.string().trim().max(500).default(""),
};
const markerBody = z.strictObject(said);
const importBody = z.strictObject({
  ...said,
  /** What `deck gateway dump` wrote. */
  files: z
    .array(z.strictObject({ path: z.string().min(1).max(200), text: z.string().min(1).max(MAX_FILE_BYTES) }))
    .min(1)
    .max(MAX_FILES),
  /** When it was written; now by default. */
  at: z.iso.datetime({ offset: true }).optional(),
  /** As decK's option of that name: consumers stay as they were. */
  skip_consumers: z.boolean().default(false),
});
/** Text in JSON is longer than the file. */
const MAX_IMPORT_BYTES = 2 * MAX_FILE_BYTES;

/** The configuration's history, and what CI says about it. */
export function changeRoutes(app: TypedApp, options: AppOptions): void {
  readRoutes(app, options);
  writeRoutes(app, options);
}

function readRoutes(app: TypedApp, { store: { db }, config: { GATEWAY_NAME: gateway } }: AppOptions): void {
  app.get(
    "/v1/changes",
    { config: { access: VIEWERS }, schema: { querystring: query } },
    async ({ query: { limit } }) => {
      const since = Date.now() - 30 * DAY_MS;
      const changes = await listChanges(db, gateway, { since, limit });
      const markers = await listMarkers(db, gateway, since);
      return {
        changes: changes.map(({ applied_at, seen_at, diffs, ...change }) => ({
          id: change.id,
          applied_at: new Date(applied_at).toISOString(),
          seen_at: new Date(seen_at).toISOString(),
          before_hash: change.before_hash,
          after_hash: change.after_hash,
          by_agent: change.by_agent,
          origin: change.origin,
          commit: change.commit,
          entities: diffs.map(({ type, name, op, fields }) => ({ type, name, op, fields })),
          markers: markersOf({ ...change, applied_at, seen_at, diffs }, markers).map(told),
        })),
      };
    },
  );

  const params = z.object({ id: z.string().max(128) });
  app.get("/v1/changes/:id", { config: { access: VIEWERS }, schema: { params } }, async (request) => {
    const change = await getChange(db, request.params.id);
    if (change === null) throw new AgentError("NOT_FOUND");
    const markers = await listMarkers(db, gateway, change.applied_at - NEAR_MS, 1_000);
    return { change, markers: markersOf(change, markers).map(told) };
  });
}

const told = ({ sha, actor, note, source }: Marker) => ({ sha, actor, note, source });

function writeRoutes(app: TypedApp, options: AppOptions): void {
  const { store, config, wake } = options;
  const gateway = config.GATEWAY_NAME;
  const mark = async ({ sha, actor, note }: z.output<typeof markerBody>, at: number, source: Marker["source"]) => {
    const marker = { gateway, at, sha: sha ?? null, actor: redactText(actor), note: redactText(note), source };
    const added = await addMarkerOnce(store.db, marker);
    if (added.isNew && sha !== undefined) await explainNear(options, at);
    return added;
  };

  app.post(
    "/v1/changes",
    { config: { access: ["ci", "operator"] }, schema: { body: markerBody } },
    async (request, reply) => {
      const { marker, isNew } = await mark(request.body, Date.now(), "ci");
      return reply.code(isNew ? 201 : 200).send({ marker });
    },
  );

  app.post(
    "/v1/changes/imports",
    {
      config: { access: ["ci", "operator"] },
      schema: { body: importBody },
      bodyLimit: MAX_IMPORT_BYTES,
    },
    async (request, reply) => {
      const { files, skip_consumers, ...named } = request.body;
      const at = timeOf(named.at);
      const fingerprintKey = fingerprintKeyOf(config);
      if (fingerprintKey === null)
        throw new AgentError("INVALID_REQUEST", {
          problems: "the agent needs FEED_SECRET, for the fingerprints of secrets",
        });
      const imported = await importDump(store.db, { gateway, fingerprintKey, files, at, skip_consumers });
      await mark(named, at, "import");
      if (imported.change !== null) await enqueueJob(store.db, { kind: EXPLAIN_JOB, key: imported.change });
      wake();
      return reply.code(imported.change === null ? 200 : 201).send(imported);
    },
  );
}

function timeOf(text: string | undefined): number {
  const now = Date.now();
  const at = text === undefined ? now : Date.parse(text);
  if (at > now) throw new AgentError("INVALID_REQUEST", { problems: "at lies in the future" });
  return at;
}

/** Changes right before it that have no commit yet: now there is one to look at first. */
async function explainNear({ store: { db }, config, wake }: AppOptions, at: number): Promise<void> {
  const near = await listChanges(db, config.GATEWAY_NAME, { since: at - NEAR_MS, limit: 20 });
  for (const { id } of near.filter(({ commit, by_agent }) => commit === null && !by_agent))
    await enqueueJob(db, { kind: EXPLAIN_JOB, key: id });
  wake();
}
