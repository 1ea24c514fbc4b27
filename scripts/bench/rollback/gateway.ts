import { configurationOf } from "../../../agent/src/drivers/canonical.ts";
import type { Configuration, Entity } from "../../../agent/src/drivers/gateway.ts";
import type { Random } from "../../../demo/random.ts";

/** A simulated gateway's configuration, of a few services with a few routes each. */
export interface SimulatedRoute {
  id: string;
  service: string;
  /** Requests a minute. */
  rate: number;
}

export interface SimulatedGateway {
  configuration: Configuration;
  routes: SimulatedRoute[];
}

const RATES = [12, 30, 60, 150, 600];

export function someGateway(random: Random): SimulatedGateway {
  const services: Entity[] = [];
  const routes: Entity[] = [];
  const simulated: SimulatedRoute[] = [];
  for (let s = 0; s < random.between(2, 5); s++) {
    const service = `service-${s}`;
    services.push({
      id: service,
      name: service,
      host: `${service}.internal`,
      port: 8080,
      protocol: "http",
      path: null,
      read_timeout: 60_000,
      enabled: true,
      tags: null,
    });
    for (let r = 0; r < random.between(1, 4); r++) {
      const id = `${service}-route-${r}`;
      routes.push({
        id,
        name: id,
        paths: [`/${id}`],
        methods: null,
        service: { id: service },
        strip_path: true,
        tags: null,
      });
      simulated.push({ id, service, rate: random.pick(RATES) });
    }
  }
  const plugins: Entity[] = [{ id: "global-cors", name: "correlation-id", config: {}, enabled: true, tags: null }];
  return { configuration: configurationOf({ services, routes, plugins }), routes: simulated };
}

/** The configuration with one entity set, added, or (null) removed. */
export function edited(
  configuration: Configuration,
  type: "services" | "routes" | "plugins",
  id: string,
  fields: Record<string, unknown> | null,
): Configuration {
  const list = configuration.entities[type] ?? [];
  const there = list.find((entity) => entity.id === id);
  const others = list.filter((entity) => entity.id !== id);
  const now = fields === null ? others : [...others, { ...there, ...fields, id }];
  return configurationOf({ ...configuration.entities, [type]: now });
}
