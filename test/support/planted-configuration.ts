import { PLANTED } from "./planted-secrets.ts";

/** One secret in a gateway's configuration, where Kong or whoever wrote the plugin keeps it. */
export interface PlantedField {
  kind: string;
  type: string;
  fields: Record<string, unknown>;
  needle: string;
}

type Row = [kind: string, plugin: string, config: (secret: string) => object];

/** What Kong's own schemas mark `encrypted` or `referenceable`. */
const OF_SCHEMAS: Row[] = [
  ["endpoint of a log", "http-log", (s) => ({ http_endpoint: `https://logs.example/${s}` })],
  ["any header of a log", "http-log", (s) => ({ headers: { "x-team": s } })],
  ["account at a certificate authority", "acme", (s) => ({ account_email: s })],
  ["binding to it", "acme", (s) => ({ eab_kid: s })],
  ["key of the binding", "acme", (s) => ({ eab_hmac_key: s })],
  ["token of Consul", "acme", (s) => ({ storage_config: { consul: { token: s } } })],
  ["password of Redis", "rate-limiting", (s) => ({ redis: { password: s } })],
  ["user of Redis", "rate-limiting", (s) => ({ redis: { username: s } })],
  ["host of Datadog", "datadog", (s) => ({ host: s })],
  ["endpoint of traces", "opentelemetry", (s) => ({ traces_endpoint: `https://otel.example/${s}` })],
  ["header of traces", "opentelemetry", (s) => ({ headers: { "x-honeycomb-team": s } })],
  ["key of AWS", "aws-lambda", (s) => ({ aws_key: s })],
  ["secret of AWS", "aws-lambda", (s) => ({ aws_secret: s })],
  ["role at AWS", "aws-lambda", (s) => ({ aws_assume_role_arn: s })],
  ["key of Azure", "azure-functions", (s) => ({ apikey: s })],
  ["client at Azure", "azure-functions", (s) => ({ clientid: s })],
  ["secret of sessions", "session", (s) => ({ secret: s })],
  ["key of Loggly", "loggly", (s) => ({ key: s })],
  ["key to provision", "oauth2", (s) => ({ provision_key: s })],
  ["webhook's secret", "standard-webhooks", (s) => ({ secret_v1: s })],
  ["header of a model", "ai-proxy", (s) => ({ auth: { header_name: "authorization", header_value: s } })],
  ["parameter of a model", "ai-proxy", (s) => ({ auth: { param_value: s } })],
  ["service account", "ai-proxy", (s) => ({ auth: { gcp_service_account_json: `{"x":"${s}"}` } })],
  ["several models", "ai-proxy-advanced", (s) => ({ targets: [{ auth: { azure_client_secret: s } }] })],
];

/** Plugins that nobody knows, with fields named or written like secrets. */
const OF_OTHERS: Row[] = [
  ["password", "ours", (s) => ({ password: s })],
  ["camel case", "ours", (s) => ({ clientSecret: s })],
  ["camel case key", "ours", (s) => ({ apiKey: s })],
  ["with a number", "ours", (s) => ({ signing_key_v2: s })],
  ["with a suffix", "ours", (s) => ({ private_key_pem: s })],
  ["token of a service", "ours", (s) => ({ github_token: s })],
  ["several, in a list", "ours", (s) => ({ api_keys: ["", s] })],
  ["in a map of credentials", "ours", (s) => ({ credentials: { alice: s } })],
  ["deep in lists and maps", "ours", (s) => ({ upstreams: [{ auth: [{ "access-token": s }] }] })],
  ["below the name", "ours", (s) => ({ secret: { current: { value: s } } })],
  ["connection string", "ours", (s) => ({ connection_string: `Server=db;Pwd=${s}` })],
  ["URL of a database", "ours", (s) => ({ database_url: `postgres://db.example/${s}` })],
  ["encryption key", "ours", (s) => ({ encryptionKey: s })],
  ["password's hash", "ours", (s) => ({ password_hash: s })],
  ["cookie", "ours", (s) => ({ forward: { cookie: s } })],
  ["header in a map", "ours", (s) => ({ extra_headers: { "X-Api-Key": s } })],
  ["header in a list", "request-transformer", (s) => ({ add: { headers: [`Authorization: Bearer ${s}`] } })],
  ["key header in a list", "request-transformer", (s) => ({ add: { headers: [`x-functions-key:${s}`] } })],
  ["password in a query", "request-transformer", (s) => ({ add: { querystring: [`api_key:${s}`] } })],
  ["user in a URL", "ours", (s) => ({ target: `https://svc:${s}@host.example/` })],
  ["user without a password", "ours", (s) => ({ target: `https://${s}@host.example/` })],
  ["query of a URL", "ours", (s) => ({ callback: `https://host.example/hook?v=1&token=${s}` })],
  ["signature in a URL", "ours", (s) => ({ bucket: `https://host.example/b?access_key=${s}` })],
  ["JSON in a text", "ours", (s) => ({ template: `{"user":"x","password":"${s}"}` })],
  ["code", "pre-function", (s) => ({ access: [`local api_key = "${s}"\nkong.log(1)`] })],
  ["private part of a key", "ours", (s) => ({ jwk: { kty: "RSA", n: "public", d: s } })],
];

/** Entities other than plugins. */
const OF_ENTITIES: [kind: string, type: string, fields: (secret: string) => Record<string, unknown>][] = [
  ["API key", "key-auths", (s) => ({ key: s, consumer: { id: "alice" } })],
  ["password of basic-auth", "basic-auths", (s) => ({ username: "alice", password: s, consumer: { id: "alice" } })],
  ["secret of hmac-auth", "hmac-auths", (s) => ({ username: "alice", secret: s, consumer: { id: "alice" } })],
  ["secret of jwt", "jwts", (s) => ({ key: "issuer", secret: s, consumer: { id: "alice" } })],
  ["key of a certificate", "certificates", (s) => ({ cert: "PUBLIC", key: `-----BEGIN PRIVATE KEY-----\n${s}` })],
  ["its other key", "certificates", (s) => ({ cert: "PUBLIC 2", key_alt: s })],
  ["token of a vault", "vaults", (s) => ({ name: "hcv", prefix: "hcv", config: { token: s } })],
];

const needleOf = (n: number) => `planted${n}Zq8wK3`;
const plugin = (config: object) => ({ name: "", config, enabled: true });

export const PLANTED_FIELDS: readonly PlantedField[] = [
  ...[...OF_SCHEMAS, ...OF_OTHERS].map(([kind, name, config], n) => ({
    kind,
    type: "plugins",
    fields: { ...plugin(config(needleOf(n))), name },
    needle: needleOf(n),
  })),
  ...OF_ENTITIES.map(([kind, type, fields], n) => ({
    kind,
    type,
    fields: fields(needleOf(900 + n)),
    needle: needleOf(900 + n),
  })),
  // Known by its look alone, in a field that says nothing.
  ...PLANTED.slice(0, 45).map(({ kind, text, needle }) => ({
    kind: `${kind} in a field that says nothing`,
    type: "plugins",
    fields: { ...plugin({ note: text }), name: "ours" },
    needle,
  })),
];
