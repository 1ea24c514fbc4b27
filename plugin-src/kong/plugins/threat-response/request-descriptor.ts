import type { Instance } from "./configure.ts";
import type { RequestDescriptor } from "./contract/ingest.ts";
import { hashPresented } from "./decision-identity.ts";
import { readPresented } from "./features/credential.ts";
import { recallIdentity } from "./identities.ts";
import type { Outcome } from "./outcome.ts";
import { redactPath, redactText } from "./redact.ts";

/**
 * A request of the sample: what the client sent as it is kept until the sample is complete, and what the agent gets of it. Values stay here, but
 * for host and media type; names, too, are redacted, for a client can put anything there.
 */
export interface KeptRequest {
  /** What needs no redaction. */
  descriptor: RequestDescriptor;
  instance: Instance;
  presented: string | undefined;
  method: string;
  path: string;
  query: string;
  headers: string[];
  agent: string;
  host: string;
  contentType: string;
}

const MAX_QUERY = 20;
const MAX_HEADERS = 40;
const MAX_NAME = 64;
const MAX_LISTED = 200;
const KEPT_NAMES = 1000;
const { find, gmatch, lower, match, sub } = string;

/** Kong's own, for the service: the client has not sent them. */
const KONGS: Record<string, true> = {
  "x-consumer-id": true,
  "x-consumer-username": true,
  "x-consumer-custom-id": true,
  "x-credential-identifier": true,
  "x-anonymous-consumer": true,
};

const listHeaders = (): string[] => {
  const names: string[] = [];
  for (const [name] of pairs(ngx.req.get_headers(MAX_HEADERS * 2))) {
    const known = lower(name);
    if (names.length < MAX_HEADERS && KONGS[known] === undefined) names.push(known);
  }
  return names;
};

const findPresented = (instance: Instance): string | undefined => {
  for (const variable of instance.credentialVariables) {
    const presented = readPresented(variable);
    if (presented !== undefined) return presented;
  }
  return undefined;
};

/** Hashes cost more than all else: only what stays in the sample is hashed. */
const addIdentity = (kept: KeptRequest): void => {
  const { descriptor, instance, presented } = kept;
  if (presented === undefined) return;
  const identity = recallIdentity(presented);
  descriptor.credential = identity?.hash ?? hashPresented(instance, presented);
  const consumer = descriptor.consumer ?? identity?.consumer ?? "";
  if (consumer !== "") descriptor.consumer = consumer;
};

const addPlace = (outcome: Outcome, descriptor: RequestDescriptor): void => {
  if (outcome.route === undefined) return;
  descriptor.route_id = outcome.route.id;
  const service = kong.router.get_service();
  if (service !== undefined) descriptor.service_id = service.id;
};

const categoryOf = (outcome: Outcome): string | undefined =>
  outcome.ruling?.finding?.category ?? outcome.findings[0]?.category;

/** In `log`, as it is over. */
export const keepRequest = (instance: Instance, outcome: Outcome): KeptRequest => {
  const variables = ngx.var;
  const now = ngx.now();
  const { facts } = outcome;
  const descriptor: RequestDescriptor = {
    at: now,
    method: "",
    path: "",
    ip: outcome.source.ip,
    query: [],
    headers: [],
    body_bytes: tonumber(variables.http_content_length ?? "0") ?? 0,
    status: outcome.status,
    source: outcome.isStopped ? "own" : outcome.answeredBy,
    verdict: outcome.ruling?.verdict ?? "allow",
    latency_ms: math.floor((now - ngx.req.start_time()) * 1000 + 0.5),
  };
  const category = categoryOf(outcome);
  if (category !== undefined) descriptor.category = category;
  addPlace(outcome, descriptor);
  const consumer = kong.client.get_consumer()?.id;
  if (consumer !== undefined) descriptor.consumer = consumer;
  return {
    descriptor,
    instance,
    presented: findPresented(instance),
    method: facts?.method ?? variables.request_method ?? "",
    path: facts?.path ?? variables.uri ?? "",
    query: facts?.query ?? variables.args ?? "",
    headers: listHeaders(),
    agent: facts?.userAgent ?? variables.http_user_agent ?? "",
    host: variables.http_host ?? "",
    contentType: variables.http_content_type ?? "",
  };
};

/** Names repeat, and to redact one costs more than to look it up. */
let names = new LuaTable<string, string>();
let nameCount = 0;

const redactName = (name: string): string => {
  const known = names.get(name);
  if (known !== undefined) return known;
  if (nameCount >= KEPT_NAMES) {
    names = new LuaTable();
    nameCount = 0;
  }
  const redacted = redactText(name, MAX_NAME);
  names.set(name, redacted);
  nameCount += 1;
  return redacted;
};

/** Of arguments that have a value; without one the name may be the secret. */
const listQuery = (query: string): string[] => {
  const listed: string[] = [];
  const isListed = new LuaSet<string>();
  let looked = 0;
  for (const [name] of gmatch(query, "([^&=]+)=[^&]*")) {
    looked += 1;
    if (listed.length >= MAX_QUERY || looked > MAX_LISTED) break;
    if (!isListed.has(name)) {
      isListed.add(name);
      listed.push(redactName(name));
    }
  }
  return listed;
};

const FAMILIES = ["Edg/", "OPR/", "SamsungBrowser/", "Firefox/", "HeadlessChrome/", "Chrome/", "Safari/"];

/** Of a browser its name, of everything else the first product. */
const familyOf = (agent: string): string => {
  const [compatible] = match(agent, "compatible; ([%w_.-]+)");
  if (compatible !== undefined) return compatible;
  for (const family of FAMILIES) {
    const [at] = find(agent, family, 1, true);
    if (at !== undefined) return sub(family, 1, -2);
  }
  const [first] = match(agent, "^[%w_.-]+");
  return first ?? "";
};

/** What the agent gets. */
export const describeRequest = (kept: KeptRequest): RequestDescriptor => {
  const { descriptor } = kept;
  addIdentity(kept);
  descriptor.method = redactName(kept.method);
  descriptor.path = redactPath(kept.path);
  descriptor.query = listQuery(kept.query);
  for (const name of kept.headers) descriptor.headers.push(redactName(name));
  const family = familyOf(kept.agent);
  if (family !== "") descriptor.agent = redactName(family);
  if (kept.host !== "") descriptor.host = redactName(kept.host);
  const [mediaType] = match(kept.contentType, "^[^;]+");
  if (mediaType !== undefined) descriptor.content_type = redactName(mediaType);
  return descriptor;
};
