import { isIP } from "node:net";
import { atLeastOneOf, type EntityCheck, type Field, type Fields, type Value } from "./field.ts";

/** An entity type: its fields and how the Admin API names it. */
export interface EntityType {
  name: string;
  /** A unique field that may stand for the id in a path. */
  endpointKey?: string;
  /** The name in nested paths, where it is another one. */
  nestedName?: string;
  apiName?: string;
  /** Found below its parent only. */
  nestedOnly?: boolean;
  /** Together unique. */
  cacheKey?: string[];
  fields: Fields;
  checks?: EntityCheck[];
  /** Applied to input before anything else. */
  expand?: (input: Value) => Value;
}

const text: Field = { type: "string" };
const id: Field = { type: "string", uuid: true, auto: true };
const timestamp: Field = { type: "integer", timestamp: true, auto: true };

const nameField: Field = {
  type: "string",
  unique: true,
  check: (value: string) =>
    /^[\w.\-~\u0080-\uffff]+$/.test(value)
      ? undefined
      : `invalid value '${value}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`,
};

const tags: Field = {
  type: "set",
  elements: {
    type: "string",
    check: (value: string) =>
      /^[^,/\p{Cc}]+$/u.test(value)
        ? undefined
        : `invalid tag '${value}': expected printable ascii (except \`,\` and \`/\`) or valid utf-8 sequences`,
  },
};

const path: Field = {
  type: "string",
  starts_with: "/",
  check: (value: string) => (value.includes("//") ? "must not have empty segments" : undefined),
};

const hostField: Field = {
  type: "string",
  required: true,
  check: (value: string) =>
    isIP(value) || /^[\w.-]+$/.test(value)
      ? undefined
      : /^[\w.-]+:\d+$/.test(value)
        ? "must not have a port"
        : `invalid value: ${value}`,
};

const protocol: Field = {
  type: "string",
  one_of: ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"],
};

const timeout: Field = { type: "integer", default: 60000, between: [1, 2147483646] };

function expandUrl(input: Value): Value {
  if (typeof input.url !== "string") return input;
  const { url, ...rest } = input;
  const match = /^(?:([a-z]+):\/\/)?([^/:]+)(?::(\d+))?(\/[^?#]*)?/.exec(url as string);
  if (!match) return rest;
  const scheme = match[1] ?? "http";
  const port = match[3] === undefined ? (scheme === "https" ? 443 : 80) : Number(match[3]);
  return { ...rest, protocol: scheme, host: match[2], port, path: match[4] ?? null };
}

const services: EntityType = {
  name: "services",
  endpointKey: "name",
  expand: expandUrl,
  fields: {
    id,
    created_at: timestamp,
    updated_at: timestamp,
    name: nameField,
    retries: { type: "integer", default: 5, between: [0, 32767] },
    protocol: { ...protocol, required: true, default: "http" },
    host: hostField,
    port: { type: "integer", required: true, default: 80, between: [0, 65535] },
    path,
    connect_timeout: timeout,
    write_timeout: timeout,
    read_timeout: timeout,
    tags,
    client_certificate: { type: "foreign", reference: "certificates" },
    tls_verify: { type: "boolean" },
    tls_verify_depth: { type: "integer", between: [0, 64] },
    ca_certificates: { type: "array", elements: { type: "string", uuid: true } },
    enabled: { type: "boolean", required: true, default: true },
  },
};

const routePath: Field = {
  type: "string",
  check: (value: string) =>
    value.startsWith("/") || value.startsWith("~/")
      ? undefined
      : "should start with: / (fixed path) or ~/ (regex path)",
};

const notOnHttp = (name: string): string => `cannot set '${name}' when 'protocols' is 'http' or 'https'`;

const httpRouteCheck: EntityCheck = (route) => {
  const protocols = route.protocols as string[];
  const https = protocols.includes("https");
  const names = ["methods", "hosts", "headers", "paths", ...(https ? ["snis"] : [])];
  const isMissing = atLeastOneOf(...names)(route) !== undefined;
  const listed = names.map((name) => `'${name}'`).join(", ");
  return isMissing ? `must set one of ${listed} when 'protocols' is '${https ? "https" : "http"}'` : undefined;
};

const routes: EntityType = {
  name: "routes",
  endpointKey: "name",
  fields: {
    id,
    created_at: timestamp,
    updated_at: timestamp,
    name: nameField,
    protocols: { type: "set", required: true, len_min: 1, elements: protocol, default: ["http", "https"] },
    https_redirect_status_code: { type: "integer", required: true, default: 426, one_of: [426, 301, 302, 307, 308] },
    strip_path: { type: "boolean", required: true, default: true },
    preserve_host: { type: "boolean", required: true, default: false },
    request_buffering: { type: "boolean", required: true, default: true },
    response_buffering: { type: "boolean", required: true, default: true },
    tags,
    service: { type: "foreign", reference: "services" },
    snis: { type: "set", elements: text },
    sources: { type: "set", absent: true, err: notOnHttp("sources") },
    destinations: { type: "set", absent: true, err: notOnHttp("destinations") },
    methods: {
      type: "set",
      elements: {
        type: "string",
        check: (value: string) => (/^[A-Z]+$/.test(value) ? undefined : `invalid value: ${value}`),
      },
    },
    hosts: { type: "array", elements: text },
    paths: { type: "array", elements: routePath },
    headers: { type: "map", keys: text, values: { type: "array", elements: text } },
    regex_priority: { type: "integer", default: 0 },
    path_handling: { type: "string", default: "v0", one_of: ["v0", "v1"] },
  },
  checks: [httpRouteCheck],
};

const consumers: EntityType = {
  name: "consumers",
  endpointKey: "username",
  fields: {
    id,
    created_at: timestamp,
    updated_at: timestamp,
    username: { type: "string", unique: true },
    custom_id: { type: "string", unique: true },
    tags,
  },
  checks: [atLeastOneOf("custom_id", "username")],
};

const plugins: EntityType = {
  name: "plugins",
  endpointKey: "instance_name",
  cacheKey: ["name", "route", "service", "consumer"],
  fields: {
    id,
    name: { type: "string", required: true },
    instance_name: nameField,
    created_at: timestamp,
    updated_at: timestamp,
    route: { type: "foreign", reference: "routes", on_delete: "cascade" },
    service: { type: "foreign", reference: "services", on_delete: "cascade" },
    consumer: { type: "foreign", reference: "consumers", on_delete: "cascade" },
    config: { type: "record", fields: {} },
    protocols: { type: "set", required: true, elements: protocol, default: ["grpc", "grpcs", "http", "https"] },
    enabled: { type: "boolean", required: true, default: true },
    tags,
  },
};

const consumer: Field = { type: "foreign", reference: "consumers", required: true, on_delete: "cascade" };

const keyauthCredentials: EntityType = {
  name: "keyauth_credentials",
  endpointKey: "key",
  apiName: "key-auths",
  nestedName: "key-auth",
  fields: { id, created_at: timestamp, consumer, key: { type: "string", unique: true, auto: true }, tags },
};

const basicauthCredentials: EntityType = {
  name: "basicauth_credentials",
  endpointKey: "username",
  apiName: "basic-auths",
  nestedName: "basic-auth",
  fields: {
    id,
    created_at: timestamp,
    consumer,
    username: { type: "string", required: true, unique: true },
    password: { type: "string", required: true },
    tags,
  },
};

const acls: EntityType = {
  name: "acls",
  cacheKey: ["consumer", "group"],
  fields: { id, created_at: timestamp, consumer, group: { type: "string", required: true }, tags },
};

/** Their names may be services' hosts; what balances otherwise than by weight is not there. */
const upstreams: EntityType = {
  name: "upstreams",
  endpointKey: "name",
  fields: {
    id,
    created_at: timestamp,
    updated_at: timestamp,
    name: { ...nameField, required: true },
    algorithm: { type: "string", default: "round-robin", one_of: ["round-robin"] },
    slots: { type: "integer", default: 10000, between: [10, 65536] },
    tags,
  },
};

const targets: EntityType = {
  name: "targets",
  nestedOnly: true,
  endpointKey: "target",
  cacheKey: ["upstream", "target"],
  fields: {
    id,
    created_at: timestamp,
    updated_at: timestamp,
    upstream: { type: "foreign", reference: "upstreams", required: true, on_delete: "cascade" },
    target: {
      type: "string",
      required: true,
      check: (value: string) =>
        /^[\w.-]+:\d+$/.test(value) ? undefined : `Invalid target ('${value}'); not a valid hostname or ip address`,
    },
    weight: { type: "integer", default: 100, between: [0, 65535] },
    tags,
  },
};

/** Parents before what refers to them. */
export const ENTITY_TYPES: readonly EntityType[] = [
  upstreams,
  targets,
  services,
  routes,
  consumers,
  plugins,
  keyauthCredentials,
  basicauthCredentials,
  acls,
];

export const entityType = (name: string): EntityType | undefined => ENTITY_TYPES.find((type) => type.name === name);
