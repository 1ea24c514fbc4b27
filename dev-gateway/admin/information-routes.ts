import { hostname } from "node:os";
import type { FastifyInstance } from "fastify";
import { entityType } from "./entities.ts";
import { AdminError, methodNotAllowed } from "./errors.ts";
import type { Value } from "./field.ts";
import type { Gateway } from "./gateway.ts";
import { VERSION } from "./version.ts";

const SUCCESS = { message: "schema validation successful" };

async function describe(gateway: Gateway): Promise<Value> {
  const { master, workers } = await gateway.workers();
  const inUse = new Set(gateway.store.all("plugins").map(({ name }) => name));
  const available = Object.fromEntries(
    Object.entries(gateway.plugins).map(([name, { version, priority }]) => [name, { version, priority }]),
  );
  return {
    tagline: "Development stand-in for Kong; not for production",
    version: VERSION,
    edition: "community",
    hostname: hostname(),
    node_id: gateway.nodeId,
    plugins: { available_on_server: available, enabled_in_cluster: [...inUse] },
    configuration: {
      database: gateway.database ? "postgres" : "off",
      role: "traditional",
      router_flavor: "traditional_compatible",
      // Workers look for a new configuration so often, in seconds; there is no second node.
      db_update_frequency: 0,
      worker_state_update_frequency: 0.05,
    },
    pids: { master, workers },
  };
}

function describeStatus(gateway: Gateway): Value {
  const server = { connections_active: 0, connections_accepted: 0, total_requests: 0 };
  if (gateway.database) return { server, database: { reachable: true } };
  return { server, configuration_hash: gateway.configurationHash };
}

function registerSchemaRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.get<{ Params: { name: string } }>("/schemas/plugins/:name", ({ params }) => {
    const schema = gateway.rules.schemas[params.name];
    if (!schema) throw new AdminError(404, { message: `No plugin named '${params.name}'` });
    const fields = Object.entries(schema.config).map(([name, field]) => ({ [name]: field }));
    return { fields: [{ config: { type: "record", required: true, fields } }] };
  });
  app.post<{ Params: { name: string }; Body: Value }>("/schemas/:name/validate", async ({ params, body }) => {
    if (!entityType(params.name)) throw new AdminError(404, { message: `No entity named '${params.name}'` });
    await gateway.collections.get(params.name)!.validate(body ?? {});
    return SUCCESS;
  });
}

/** What a node says about itself, and schemas. */
export function registerInformationRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.get("/", () => describe(gateway));
  app.get("/status", () => describeStatus(gateway));
  app.get("/plugins/enabled", () => ({ enabled_plugins: Object.keys(gateway.plugins) }));
  registerSchemaRoutes(app, gateway);
  for (const url of ["/", "/status"]) {
    app.route({
      method: ["POST", "PUT", "PATCH", "DELETE"],
      url,
      handler: () => {
        throw methodNotAllowed();
      },
    });
  }
}
