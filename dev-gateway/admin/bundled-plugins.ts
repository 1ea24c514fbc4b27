import { isIP } from "node:net";
import { atLeastOneOf, type EntityCheck, type Field, type Fields, onlyOneOf, type Value } from "./field.ts";

/** The schema of a plugin, bundled or custom. */
export interface PluginSchema {
  config: Fields;
  /** Fields of the plugin entity itself that this plugin narrows. */
  entity: Fields;
  checks: EntityCheck[];
  /** A rule over the whole configuration. */
  configCheck?: (config: Value) => string | undefined;
}

const HTTP = ["grpc", "grpcs", "http", "https"];
const text: Field = { type: "string" };
const flag = (preset: boolean): Field => ({ type: "boolean", required: true, default: preset });
const list = (elements: Field): Field => ({ type: "array", elements });
const positive: Field = { type: "number", gt: 0 };
const noConsumer: Field = { type: "foreign", reference: "consumers", absent: true };

const protocols: Field = {
  type: "set",
  required: true,
  default: HTTP,
  elements: { type: "string", one_of: HTTP },
};

function schema(config: Fields, checks: EntityCheck[] = [], entity: Fields = {}): PluginSchema {
  return { config, checks, entity: { protocols, ...entity } };
}

const withoutConsumer = (config: Fields, checks: EntityCheck[] = []): PluginSchema =>
  schema(config, checks, { consumer: noConsumer });

function rangeProblem(value: string): string | undefined {
  const [address, bits] = value.split("/") as [string, string | undefined];
  const most = isIP(address) === 6 ? 128 : 32;
  const isRange = isIP(address) !== 0 && (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most));
  return isRange ? undefined : `invalid ip or cidr range: '${value}'`;
}

const range: Field = { type: "string", check: rangeProblem };
const headerName: Field = {
  type: "string",
  check: (value: string) =>
    /^[\w-]+$/.test(value)
      ? undefined
      : `bad header name '${value}', allowed characters are A-Z, a-z, 0-9, '_', and '-'`,
};

const PERIODS = ["second", "minute", "hour", "day", "month", "year"];

/** A longer window must not allow less than a shorter one. */
function periodsProblem(config: Value): string | undefined {
  for (const [i, shorter] of PERIODS.entries()) {
    for (const longer of PERIODS.slice(i + 1)) {
      const [low, high] = [config[shorter], config[longer]];
      if (typeof low === "number" && typeof high === "number" && high < low) {
        return `The limit for ${longer}(${high.toFixed(1)}) cannot be lower than the limit for ${shorter}(${low.toFixed(1)})`;
      }
    }
  }
  return undefined;
}

const redis: Field = {
  type: "record",
  fields: {
    host: text,
    port: { type: "integer", default: 6379, between: [0, 65535] },
    timeout: { type: "integer", default: 2000, between: [0, 2147483646] },
    username: text,
    password: { type: "string", len_min: 0 },
    database: { type: "integer", default: 0 },
    ssl: { type: "boolean", required: false, default: false },
    ssl_verify: { type: "boolean", required: false, default: false },
    server_name: text,
  },
};

const rateLimiting: PluginSchema = {
  ...schema(
    {
      ...Object.fromEntries(PERIODS.map((period) => [period, positive])),
      limit_by: {
        type: "string",
        default: "consumer",
        one_of: ["consumer", "credential", "ip", "service", "header", "path"],
      },
      header_name: headerName,
      path: { type: "string", starts_with: "/" },
      policy: { type: "string", default: "local", len_min: 0, one_of: ["local", "cluster", "redis"] },
      fault_tolerant: flag(true),
      redis,
      hide_client_headers: flag(false),
      error_code: { type: "number", default: 429, gt: 0 },
      error_message: { type: "string", default: "API rate limit exceeded" },
      sync_rate: { type: "number", required: true, default: -1 },
    },
    [atLeastOneOf(...PERIODS.map((period) => `config.${period}`))],
  ),
  configCheck: periodsProblem,
};

/** Either a message or a body of one's own. */
function terminationProblem({ message, body, content_type }: Value): string | undefined {
  if (message && (body || content_type)) return "message cannot be used with content_type or body";
  return content_type && !body ? "content_type requires a body" : undefined;
}

const requestTermination: PluginSchema = {
  ...schema({
    status_code: { type: "integer", required: true, default: 503, between: [100, 599] },
    message: text,
    content_type: text,
    body: text,
    echo: flag(false),
    trigger: headerName,
  }),
  configCheck: terminationProblem,
};

const PHASES = ["certificate", "rewrite", "access", "header_filter", "body_filter", "log"];
const functions = withoutConsumer(
  Object.fromEntries(PHASES.map((phase) => [phase, { type: "array", required: true, default: [], elements: text }])),
  [atLeastOneOf(...PHASES.map((phase) => `config.${phase}`))],
);

const regexes: Field = { type: "array", default: [], elements: { type: "string", is_regex: true } };
const groups = list(text);

export const BUNDLED_PLUGINS: Readonly<Record<string, PluginSchema>> = {
  acl: withoutConsumer(
    { allow: groups, deny: groups, hide_groups_header: flag(false), always_use_authenticated_groups: flag(false) },
    [onlyOneOf("config.allow", "config.deny"), atLeastOneOf("config.allow", "config.deny")],
  ),
  "basic-auth": withoutConsumer({
    anonymous: text,
    hide_credentials: flag(false),
    realm: { type: "string", required: true, default: "service" },
  }),
  "bot-detection": withoutConsumer({ allow: regexes, deny: regexes }),
  "http-log": schema({
    http_endpoint: { type: "string", required: true },
    method: { type: "string", default: "POST", one_of: ["POST", "PUT", "PATCH"] },
    content_type: { type: "string", default: "application/json", one_of: ["application/json"] },
    timeout: { type: "number", default: 10000 },
  }),
  "ip-restriction": schema(
    { allow: list(range), deny: list(range), status: { type: "number" }, message: text },
    [atLeastOneOf("config.allow", "config.deny")],
    {
      protocols: {
        ...protocols,
        default: ["http", "https", "tcp", "tls", "grpc", "grpcs"],
        elements: { type: "string", one_of: [...HTTP, "tcp", "tls"] },
      },
    },
  ),
  "key-auth": withoutConsumer({
    key_names: { type: "array", required: true, elements: headerName, default: ["apikey"] },
    hide_credentials: flag(false),
    anonymous: text,
    key_in_header: flag(true),
    key_in_query: flag(true),
    key_in_body: flag(false),
    run_on_preflight: flag(true),
    realm: text,
  }),
  "post-function": functions,
  "pre-function": functions,
  "rate-limiting": rateLimiting,
  "request-size-limiting": schema({
    allowed_payload_size: { type: "integer", default: 128 },
    size_unit: { type: "string", required: true, default: "megabytes", one_of: ["megabytes", "kilobytes", "bytes"] },
    require_content_length: flag(false),
  }),
  "request-termination": requestTermination,
};
