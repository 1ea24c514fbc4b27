import { createHash } from "node:crypto";
import { isMap, isScalar, type Node, type YAMLMap } from "yaml";
import { canonical, type ParsedFile } from "./parse.ts";

/** Where entities may stand below entities in decK's files; "" is the file itself. */
const NESTED: Record<string, readonly string[]> = {
  "": [
    "services",
    "routes",
    "consumers",
    "consumer_groups",
    "plugins",
    "upstreams",
    "certificates",
    "ca_certificates",
    "snis",
    "vaults",
    "keys",
    "key_sets",
    "rbac_roles",
    "filter_chains",
    "partials",
  ],
  services: ["routes", "plugins", "filter_chains"],
  routes: ["plugins", "filter_chains"],
  consumers: [
    "plugins",
    "acls",
    "basicauth_credentials",
    "hmacauth_credentials",
    "jwt_secrets",
    "keyauth_credentials",
    "mtls_auth_credentials",
    "oauth2_credentials",
  ],
  consumer_groups: ["plugins"],
  upstreams: ["targets"],
  certificates: ["snis"],
};

export const collectionsIn = (type: string): readonly string[] => NESTED[type] ?? [];

/** Fields that tell one entity from its siblings, the first that is there. */
const NAMES: Record<string, readonly string[]> = {
  consumers: ["username", "custom_id"],
  targets: ["target"],
  vaults: ["prefix"],
  acls: ["group"],
  basicauth_credentials: ["username"],
  hmacauth_credentials: ["username"],
};
/** The credential itself tells it from others; only its digest is ever shown. */
const SECRET_NAMES: Record<string, string> = {
  keyauth_credentials: "key",
  jwt_secrets: "key",
  oauth2_credentials: "client_id",
  certificates: "cert",
  ca_certificates: "cert",
};
const PLUGIN_SCOPES = ["service", "route", "consumer", "consumer_group"];

/** What the entity is called among its siblings: free of secrets, equal in every version of the file. */
export function nameOf(type: string, item: YAMLMap, file: ParsedFile): string {
  const text = (field: string) => fieldText(item, field);
  if (type === "plugins") return pluginName(item, text);
  for (const field of NAMES[type] ?? ["name"]) {
    const name = text(field);
    if (name !== null) return name;
  }
  const id = text("id");
  if (id !== null) return `id:${id}`;
  const secret = text(SECRET_NAMES[type] ?? "");
  return `#${digest(secret ?? canonical(item as Node, file.document))}`;
}

function pluginName(item: YAMLMap, text: (field: string) => string | null): string {
  const instance = text("instance_name");
  if (instance !== null) return `${text("name") ?? ""} ${instance}`;
  const scopes = PLUGIN_SCOPES.map((scope) => [scope, referenceText(item, scope)]).filter(
    ([, value]) => value !== null,
  );
  return [text("name") ?? "", ...scopes.map(([scope, value]) => `${scope}=${value}`)].join(" ");
}

function referenceText(item: YAMLMap, field: string): string | null {
  const value = item.get(field, true) as unknown;
  if (!isMap(value)) return fieldText(item, field);
  return fieldText(value, "id") ?? fieldText(value, "name");
}

function fieldText(item: YAMLMap, field: string): string | null {
  const value = item.get(field, true);
  return isScalar(value) && value.value !== null ? String(value.source ?? value.value) : null;
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
