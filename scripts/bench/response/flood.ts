import { incidentRecord } from "../../../test/support/gateway-node.ts";

/** As a node reports a route that is flooded by many. */
export function floodOf(route_name: string, route_id: string, over: object = {}): ReturnType<typeof incidentRecord> {
  const subject = { kind: "route", value: route_id } as const;
  const scope = { route_id, route_name };
  const flood = { category: "api_ddos", detector: "flood.route", subject, scope, requests: 5_000, distinct_ips: 400 };
  return incidentRecord({ ...flood, ...over });
}
