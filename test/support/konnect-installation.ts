import type { Reply } from "./admin-entities.ts";

/** What setting up a control plane leaves in Konnect. */
export interface Installation {
  /** By name. */
  controlPlanes: Map<string, object>;
  /** Of data planes. */
  certificates: string[];
  /** Of custom plugins, as Lua. */
  pluginSchemas: Map<string, string>;
}

export const problem = (status: number, title: string, detail = title): Reply => [
  status,
  { status, title, instance: "kong:trace:1234567890", detail },
];

export function onControlPlanes(
  { controlPlanes }: Installation,
  method: string,
  url: URL,
  body: string,
  id: string,
): Reply {
  const wanted = url.searchParams.get("filter[name][eq]");
  if (method === "GET") {
    const data = [...controlPlanes].flatMap(([name, plane]) => (wanted === null || name === wanted ? [plane] : []));
    return [200, { data, meta: { page: { number: 1, size: 10, total: data.length } } }];
  }
  const { name, ...given } = JSON.parse(body) as { name: string };
  if (controlPlanes.has(name)) return problem(409, "Conflict", "name must be unique");
  const config = {
    control_plane_endpoint: "https://abc123.us.cp0.konghq.test",
    telemetry_endpoint: "https://abc123.us.tp0.konghq.test",
  };
  const plane = { id, name, ...given, config };
  controlPlanes.set(name, plane);
  return [201, plane];
}

export function onCertificates({ certificates }: Installation, method: string, body: string): Reply {
  if (method === "GET") return [200, { items: certificates.map((cert, i) => ({ id: String(i), cert })) }];
  const { cert } = JSON.parse(body) as { cert: string };
  if (!cert.startsWith("-----BEGIN CERTIFICATE-----")) return problem(400, "Invalid Request");
  // It gives certificates back without the last line's end.
  return [201, { item: { id: String(certificates.push(cert.trim())), cert } }];
}

export function onPluginSchemas(
  { pluginSchemas }: Installation,
  method: string,
  name: string | undefined,
  body: string,
): Reply {
  if (method === "GET") {
    const known = pluginSchemas.get(name ?? "");
    return known === undefined ? problem(404, "Not Found") : [200, { item: { name, lua_schema: known } }];
  }
  const { lua_schema } = JSON.parse(body) as { lua_schema: string };
  const isThere = pluginSchemas.has("threat-response");
  if (method === "POST" && isThere) return problem(409, "Conflict");
  if (method === "PUT" && (name === undefined || !isThere)) return problem(404, "Not Found");
  pluginSchemas.set("threat-response", lua_schema);
  return [method === "POST" ? 201 : 200, { item: { name: "threat-response", lua_schema } }];
}
