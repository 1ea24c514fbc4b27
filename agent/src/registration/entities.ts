import type { Entity, EntityType } from "../drivers/gateway.ts";
import { entityId, OWNER_TAG } from "../drivers/tags.ts";

/** How Kong lets people in at the agent's route. The agent asks for its own token as well. */
export const REGISTER_AUTHS = ["key-auth", "basic-auth", "jwt", "hmac-auth", "none"] as const;
export type RegisterAuth = (typeof REGISTER_AUTHS)[number];

export interface Registration {
  gateway: string;
  /** Path of the route, as `/threat-response`. */
  path: string;
  auth: RegisterAuth;
  /** Where the gateway reaches the agent. */
  agentUrl: string;
}

/** Beside the owner's tag: it has no expiry, so that neither `reap` nor reconciliation ever removes it. */
export const REGISTRATION_TAG = "tr:registration";

/** Beside it while nobody can be let in yet. */
export const UNREADY_TAG = "tr:registering";

export interface Wanted {
  type: EntityType;
  entity: Entity;
}

/** Always the same ids for the same gateway. */
export const registrationIds = (gateway: string) => ({
  service: entityId("registration", "service", gateway),
  route: entityId("registration", "route", gateway),
  plugin: entityId("registration", "auth", gateway),
});

const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };

/** Service, Route and (unless `none`) the plugin that authenticates, each after what it refers to. Pure. */
export function wantedEntities({ gateway, path, auth, agentUrl }: Registration): Wanted[] {
  const ids = registrationIds(gateway);
  const url = new URL(agentUrl);
  const name = `threat-response-${gateway}`;
  const tags = [OWNER_TAG, REGISTRATION_TAG];
  const service = {
    id: ids.service,
    name,
    protocol: url.protocol.slice(0, -1),
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || (DEFAULT_PORTS[url.protocol] ?? 80),
    path: url.pathname === "/" ? null : url.pathname,
    tags,
  };
  const route = {
    id: ids.route,
    name,
    paths: [path],
    protocols: ["http", "https"],
    strip_path: true,
    service: { id: ids.service },
    tags,
  };
  const wanted: Wanted[] = [
    { type: "services", entity: service },
    { type: "routes", entity: route },
  ];
  if (auth === "none") return wanted;
  // What authenticates somebody at the gateway is nothing for the agent to see.
  const config = auth === "jwt" ? {} : { hide_credentials: true };
  const plugin = { id: ids.plugin, name: auth, route: { id: ids.route }, tags, config };
  return [...wanted, { type: "plugins", entity: plugin }];
}
