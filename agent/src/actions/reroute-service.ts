import { z } from "zod";
import { refuseHost } from "../drivers/outbound.ts";
import { ActionRefused } from "./action-kind.ts";
import { needEntity } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { editEntity } from "./restore-tag.ts";

/** Where to comes from the operator's policy alone, never from an incident or a model. */
const params = z.strictObject({
  protocol: z.enum(["http", "https"]).default("http"),
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  /** As it is where absent. */
  path: z.string().startsWith("/").max(500).optional(),
});

/**
 * Sends a service's requests to a fallback or a honeypot instead.
 *
 * Example: `{ service_id }`, `{ host: "fallback.internal", port: 8080 }`.
 */
export const rerouteService = entityAction({
  type: "reroute_service",
  risk: "service",
  params,
  ends_itself: false,
  changes: (action, configuration) => {
    const service = needEntity(configuration, "services", action.target.service_id);
    const { protocol = "http", host, port, path } = action.params;
    const refused = refuseHost(String(host));
    if (refused !== null) throw new ActionRefused(refused);
    const values: [string[], unknown][] = [
      [["protocol"], protocol],
      [["host"], host],
      [["port"], port],
    ];
    if (path !== undefined) values.push([["path"], path]);
    return editEntity(action, "services", service, values);
  },
});
