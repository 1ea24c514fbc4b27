import { z } from "zod";
import type { AdminClient } from "../../../drivers/admin-client.ts";
import { AdminApiError } from "../../../drivers/admin-error.ts";
import type { Counted } from "./kong-metrics.ts";

const answer = z.looseObject({
  data: z.array(z.looseObject({ event: z.looseObject({}) })).max(50_000),
  meta: z.looseObject({ truncated: z.boolean().optional() }).optional(),
});

/** Konnect knows requests only some time after they were answered. */
export const KNOWN_AFTER_MS = 45_000;

/**
 * One grouped query of Konnect's Advanced Analytics for a window: requests by route and status. It may be asked ten times a minute; 429
 * becomes a `busy` with the time to wait.
 */
export async function askAnalytics(
  client: AdminClient,
  controlPlane: string,
  { from, to }: { from: number; to: number },
): Promise<{ counted: Counted; count: number }[]> {
  const iso = (at: number) => new Date(at).toISOString();
  const query = {
    datasource: "api_usage",
    metrics: ["request_count"],
    dimensions: ["route", "status_code"],
    filters: [{ field: "control_plane", operator: "in", value: [controlPlane] }],
    time_range: { type: "absolute", start: iso(from), end: iso(to), tz: "UTC" },
  };
  const parsed = answer.safeParse(await client.request("POST", "/v2/metrics", query, 0));
  if (!parsed.success)
    throw new AdminApiError(
      "unexpected",
      null,
      `the analytics' answer is not understood: ${parsed.error.issues[0]?.message}`,
    );
  return parsed.data.data.flatMap(({ event }) => {
    const count = Number(event.request_count);
    const status = Number(event.status_code);
    if (!Number.isFinite(count) || !Number.isInteger(status)) return [];
    return [{ counted: { what: "answers" as const, route: routeIn(event.route), source: "", status }, count }];
  });
}

/** `<control plane>:<route>`; requests without a route have none. */
function routeIn(value: unknown): string {
  const text = typeof value === "string" ? value : "";
  if (text === "" || text === "empty") return "";
  return text.slice(text.indexOf(":") + 1);
}
