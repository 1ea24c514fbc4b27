import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AdminEntities, type Entity, onEntities, type Reply } from "./admin-entities.ts";
import {
  type Installation,
  onCertificates,
  onControlPlanes,
  onPluginSchemas,
  problem,
} from "./konnect-installation.ts";

interface Node {
  id: string;
  hostname: string;
  version: string;
  last_ping: number;
  config_hash: string;
}

/**
 * Konnect's control planes configuration API as far as drivers use it, from its published specification: bearer token, core
 * entities without PATCH, credentials written below their consumer and without repeating it, nodes page by page, errors as
 * problems or messages, limits by 429.
 */
export interface KonnectServer {
  url: string;
  requests: string[];
  entities: AdminEntities;
  nodes: Node[];
  settings: { clusterType: string; pageSize: number; limited: number; limitedAfter: number; retryAfter: string };
  /** Public keys of the audit log, as JSON Web Keys. */
  auditKeys: object[];
  /** Requests that Advanced Analytics knows of, and the queries that asked for them. */
  analytics: { requests: AnalyticsRequest[]; queries: Record<string, unknown>[] };
  installation: Installation;
  close: () => Promise<void>;
}

export const CONTROL_PLANE = "0f3c2a88-5b0f-4c3e-8a55-7e1f6f1f2c11";
export const KONNECT_TOKEN = "kpat_of_the_tests";

const CREDENTIALS: Record<string, string> = { "key-auth": "key-auths", "basic-auth": "basic-auths", acls: "acls" };

export interface AnalyticsRequest {
  /** Epoch milliseconds. */
  at: number;
  /** `<control plane>:<route>` */
  route: string;
  status_code: string;
}

interface AnalyticsQuery {
  datasource: string;
  metrics: string[];
  dimensions: ("route" | "status_code")[];
  filters: { field: string; value: string[] }[];
  time_range: { start: string; end: string };
}

type State = Omit<KonnectServer, "url" | "close">;

export async function startKonnectServer(): Promise<KonnectServer> {
  const state: State = {
    requests: [],
    entities: new AdminEntities(),
    nodes: [],
    settings: {
      clusterType: "CLUSTER_TYPE_CONTROL_PLANE",
      pageSize: 100,
      limited: 0,
      limitedAfter: 0,
      retryAfter: "0",
    },
    auditKeys: [],
    analytics: { requests: [], queries: [] },
    installation: { controlPlanes: new Map(), certificates: [], pluginSchemas: new Map() },
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => send(response, answer(state, request, body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

function send(response: ServerResponse, [status, body, headers = {}]: Reply): void {
  const type = status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(body === null ? "" : JSON.stringify(body));
}

function answer(state: State, request: IncomingMessage, body: string): Reply {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const method = request.method ?? "GET";
  state.requests.push(`${method} ${url.pathname}`);
  if (request.headers.authorization !== `Bearer ${KONNECT_TOKEN}`) return problem(401, "Unauthorized");
  if (state.settings.limited > 0 && state.settings.limitedAfter-- <= 0) {
    state.settings.limited--;
    return [429, { message: "API rate limit exceeded" }, { "retry-after": state.settings.retryAfter }];
  }
  if (url.pathname === "/v2/audit-log-webhook/jwks.json") return [200, { keys: state.auditKeys }];
  if (url.pathname === "/v2/metrics") return method === "POST" ? metricsOf(state, body) : problem(404, "Not Found");
  if (url.pathname === "/v2/control-planes")
    return onControlPlanes(state.installation, method, url, body, CONTROL_PLANE);
  const prefix = `/v2/control-planes/${CONTROL_PLANE}`;
  if (!url.pathname.startsWith(prefix)) return problem(404, "Not Found");
  const parts = url.pathname.slice(prefix.length).split("/").slice(1);
  if (parts.length === 0) return [200, { id: CONTROL_PLANE, config: { cluster_type: state.settings.clusterType } }];
  if (parts[0] === "nodes") return nodesOf(state, url);
  if (parts[0] === "dp-client-certificates") return onCertificates(state.installation, method, body);
  if (parts[1] === "plugin-schemas") return onPluginSchemas(state.installation, method, parts[2], body);
  if (parts[0] !== "core-entities" || method === "PATCH") return problem(404, "Not Found");
  return onCore(state, method, parts.slice(1), url, body);
}

/** Grouped counts, of the documented members of a query only. */
function metricsOf({ analytics }: State, body: string): Reply {
  const query = JSON.parse(body) as AnalyticsQuery;
  analytics.queries.push(query as unknown as Record<string, unknown>);
  const { datasource, metrics, dimensions, filters, time_range } = query;
  const isKnown =
    datasource === "api_usage" &&
    metrics.length <= 3 &&
    dimensions.length <= 2 &&
    filters[0]?.field === "control_plane" &&
    filters[0].value[0] === CONTROL_PLANE;
  if (!isKnown) return problem(400, "Bad Request", "the query is not valid");
  const counts = new Map<string, AnalyticsRequest & { count: number }>();
  for (const request of analytics.requests) {
    if (request.at < Date.parse(time_range.start) || request.at >= Date.parse(time_range.end)) continue;
    const key = dimensions.map((name) => request[name]).join(" ");
    const known = counts.get(key) ?? { ...request, count: 0 };
    known.count++;
    counts.set(key, known);
  }
  const data = [...counts.values()].map(({ count, ...request }) => ({
    timestamp: time_range.start,
    event: { ...Object.fromEntries(dimensions.map((name) => [name, request[name]])), request_count: count },
  }));
  return [200, { data, meta: { start: time_range.start, end: time_range.end, truncated: false } }];
}

function nodesOf({ nodes, settings }: State, url: URL): Reply {
  const start = Number(url.searchParams.get("page[after]") ?? 0);
  const end = start + settings.pageSize;
  const next = end < nodes.length ? { next: String(end) } : {};
  return [200, { items: nodes.slice(start, end), page: { total: nodes.length, ...next } }];
}

function onCore(state: State, method: string, parts: string[], url: URL, body: string): Reply {
  const { entities, settings } = state;
  if (parts[0] === "schemas" && parts[2] === "validate") return [200, { message: "schema validation successful" }];
  const common = { method, url, body, pageSize: settings.pageSize, readOnly: false, tagFilterFails: false };
  const nested = parts[0] === "consumers" ? CREDENTIALS[parts[2] ?? ""] : undefined;
  if (nested === undefined) {
    const isCredential = Object.values(CREDENTIALS).includes(parts[0] ?? "");
    if (isCredential && method !== "GET") return problem(404, "Not Found");
    if (method === "PUT" && parts.length === 4 && "upstream" in JSON.parse(body))
      return problem(400, "Invalid Request");
    return onEntities(entities, { ...common, parts });
  }
  if (method !== "PUT") return onEntities(entities, { ...common, parts: [nested, ...parts.slice(3)] });
  const fields = JSON.parse(body) as Entity;
  if ("consumer" in fields) return problem(400, "Invalid Request", "additional property consumer");
  return entities.put(nested, parts[3] ?? "", { ...fields, consumer: { id: parts[1] } });
}
