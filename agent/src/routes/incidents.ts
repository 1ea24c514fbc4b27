import { z } from "zod";
import { CATEGORIES } from "../../../contract/categories.ts";
import type { AppOptions } from "../app.ts";
import { VIEWERS } from "../auth/access.ts";
import { AgentError } from "../errors.ts";
import { actionsOfIncident } from "../store/actions.ts";
import { getIncident, incidentLog, listIncidents } from "../store/incidents.ts";
import { INCIDENT_STATUSES } from "../store/schema.ts";
import { pageFrom, paging } from "./paging.ts";
import type { TypedApp } from "./typed-app.ts";
import { viewAction, viewIncident, viewLogEntry } from "./views.ts";

const query = z.strictObject({
  status: z.enum(INCIDENT_STATUSES).optional(),
  category: z.enum(CATEGORIES).optional(),
  /** With evidence since then. */
  since: z.iso.datetime({ offset: true }).optional(),
  ...paging,
});

export function incidentRoutes(app: TypedApp, { store: { db } }: AppOptions): void {
  app.get("/v1/incidents", { config: { access: VIEWERS }, schema: { querystring: query } }, async ({ query }) => {
    const filter = { ...query, since: query.since === undefined ? undefined : Date.parse(query.since) };
    const page = await listIncidents(db, filter, pageFrom(query));
    return { incidents: page.rows.map(viewIncident), next: page.next };
  });

  const params = z.object({ id: z.string().max(128) });
  app.get("/v1/incidents/:id", { config: { access: VIEWERS }, schema: { params } }, async ({ params: { id } }) => {
    const incident = await getIncident(db, id);
    if (!incident) throw new AgentError("NOT_FOUND");
    const actions = await actionsOfIncident(db, id);
    const log = await incidentLog(db, id);
    return { incident: viewIncident(incident), actions: actions.map(viewAction), log: log.map(viewLogEntry) };
  });
}
