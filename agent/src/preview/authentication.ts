import type { PluginIndex, PluginInstance, RequestScope } from "./plugins-in-effect.ts";

/** Plugins that answer instead of the service when a request is not authenticated, by Kong's priority, highest first. */
export const AUTHENTICATION_PLUGINS: Readonly<Record<string, number>> = {
  "oauth2-introspection": 1700,
  "mtls-auth": 1600,
  jwt: 1450,
  oauth2: 1400,
  "vault-auth": 1350,
  "key-auth": 1250,
  "key-auth-enc": 1250,
  "ldap-auth": 1200,
  "ldap-auth-advanced": 1200,
  "basic-auth": 1100,
  "openid-connect": 1050,
  "hmac-auth": 1030,
  "jwt-signer": 1020,
  saml: 1010,
};

export const AUTHENTICATIONS = ["none", "key-auth", "basic-auth", "other"] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

/** With a consumer for strangers it lets everybody through. */
export const rejects = ({ config }: Pick<PluginInstance, "config">): boolean =>
  config.anonymous === undefined || config.anonymous === null || config.anonymous === "";

/** Also those that let everybody through: they tell who is known. */
export const authenticates = (index: PluginIndex, scope: RequestScope): boolean =>
  index.names.some(
    (name) => name in AUTHENTICATION_PLUGINS && index.find(name, { ...scope, consumer_id: null }) !== null,
  );

/** The authentication plugins that reject on this route, the first to run first. */
export function authenticationChain(index: PluginIndex, scope: RequestScope): PluginInstance[] {
  const names = index.names.filter((name) => name in AUTHENTICATION_PLUGINS);
  names.sort((a, b) => (AUTHENTICATION_PLUGINS[b] ?? 0) - (AUTHENTICATION_PLUGINS[a] ?? 0));
  const nobody = { ...scope, consumer_id: null };
  return names
    .map((name) => index.find(name, nobody))
    .filter((instance): instance is PluginInstance => instance !== null && rejects(instance));
}

export function authenticationOn(index: PluginIndex, scope: RequestScope): Authentication {
  const first = authenticationChain(index, scope)[0]?.name;
  if (first === undefined) return "none";
  return first === "key-auth" || first === "basic-auth" ? first : "other";
}
