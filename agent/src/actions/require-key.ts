import { z } from "zod";
import { ActionRefused } from "./action-kind.ts";
import { inForceOn } from "./effective.ts";
import { configOf, needEntity } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { describe, ownId, putPlugin } from "./own-plugin.ts";

const PLUGIN = "key-auth";
const AUTHENTICATION = [
  "basic-auth",
  "hmac-auth",
  "jwt",
  "jwt-signer",
  "key-auth-enc",
  "ldap-auth",
  "ldap-auth-advanced",
  "mtls-auth",
  "oauth2",
  "oauth2-introspection",
  "openid-connect",
  "saml",
  "session",
] as const;

const params = z.strictObject({
  key_names: z
    .array(z.string().regex(/^[\w-]{1,64}$/))
    .min(1)
    .max(5)
    .default(["apikey"]),
});

/**
 * Lets only clients with an API key of one of the gateway's consumers use a route that asked for nothing.
 *
 * Example: `{ route_id }`, `{ key_names: ["apikey"] }`.
 */
export const requireKey = entityAction({
  type: "require_key",
  risk: "route",
  params,
  plugin: PLUGIN,
  ends_itself: false,
  changes: (action, configuration, gateway) => {
    const scope = { route: needEntity(configuration, "routes", action.target.route_id).id };
    for (const name of [PLUGIN, ...AUTHENTICATION]) {
      const there = inForceOn(configuration, name, scope.route);
      if (there === null || there.id === ownId(action, scope, gateway)) continue;
      const isOpen = typeof configOf(there).anonymous === "string";
      const why = isOpen ? "lets anonymous clients in, and would be hidden" : "asks these clients who they are already";
      throw new ActionRefused(`${describe(there)} ${why}`);
    }
    const config = { key_names: action.params.key_names ?? ["apikey"], hide_credentials: true };
    const merge = (ours: Record<string, unknown>) => ours;
    return putPlugin(action, configuration, gateway, { plugin: PLUGIN, scope, config, merge });
  },
});
