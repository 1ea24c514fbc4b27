import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AdminDocument } from "./admin-document.ts";
import { AdminEntities, type Entity, onEntities, type Reply } from "./admin-entities.ts";

/** How the next matching requests are answered instead of properly. */
export interface Misbehaviour {
  /** Method and path prefix, e.g. `PUT /plugins`; all requests without it. */
  on?: string;
  /** Matching requests that are answered properly before. */
  skip?: number;
  /** Once it has begun, only requests of the same method and path count. */
  sameLine?: boolean;
  times: number;
  how:
    | { status: number; body?: string; headers?: Record<string, string> }
    | "hang"
    | "reset"
    | "truncate"
    | { after_ms: number }
    | { after: Promise<unknown> }
    | "answer lost"
    | "done, then silence";
}

/** All that may happen to a call, by what it is called in tests. */
export const FAULTS: Record<string, Misbehaviour["how"]> = {
  "an error": { status: 500 },
  overload: { status: 429, headers: { "retry-after": "0" } },
  "a conflict": { status: 409 },
  "a refusal": { status: 400 },
  silence: "hang",
  "a cut connection": "reset",
  "half an answer": "truncate",
  "a lost answer": "answer lost",
  "silence after doing it": "done, then silence",
};

/**
 * A small Admin API on 127.0.0.1 that answers like Kong where the driver asks, and misbehaves on request. It serves what no
 * healthy gateway shows: errors, silence, lost answers.
 */
export interface AdminServer {
  url: string;
  /** `METHOD /path?query`, in order of arrival. */
  requests: string[];
  headers: IncomingMessage["headers"][];
  plugins: Map<string, Entity>;
  routes: Map<string, Entity>;
  /** All of them, the two above included. */
  entities: AdminEntities;
  /** What it is configured by when it has no database. */
  document: AdminDocument;
  /** As a control plane lists them. */
  dataPlanes: { id: string; hostname: string; last_seen: number; config_hash: string }[];
  settings: {
    database: string;
    role: string;
    available: string[];
    tagFilterFails: boolean;
    pageSize: number;
    /** How often nodes look into the database. */
    update_s: number;
  };
  /** What is wrong with an entity of that type, or null. */
  validate: (type: string, entity: Entity) => string | null;
  /** Called with `METHOD /path?query` before a request is handled: somebody else at work. */
  meanwhile: (line: string) => void;
  misbehave: (misbehaviour: Misbehaviour) => void;
  /** Forgets what it was told to do wrong. */
  behave: () => void;
  close: () => Promise<void>;
}

export async function startAdminServer(): Promise<AdminServer> {
  const queue: Misbehaviour[] = [];
  const entities = new AdminEntities();
  const state: State = {
    requests: [],
    headers: [],
    plugins: entities.of("plugins"),
    routes: entities.of("routes"),
    entities,
    document: new AdminDocument(entities),
    dataPlanes: [],
    meanwhile: () => undefined,
    validate: () => null,
    settings: {
      database: "postgres",
      role: "traditional",
      update_s: 0,
      available: ["rate-limiting", "threat-response"],
      tagFilterFails: false,
      pageSize: 100,
    },
  };
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      state.requests.push(`${request.method} ${request.url}`);
      state.headers.push(request.headers);
      answer(state, queue, request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    misbehave: (misbehaviour: Misbehaviour) => void queue.push(misbehaviour),
    behave: () => void queue.splice(0),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

type State = Omit<AdminServer, "url" | "close" | "misbehave" | "behave">;

function answer(
  state: State,
  queue: Misbehaviour[],
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): void {
  const line = `${request.method} ${request.url}`;
  state.meanwhile(line);
  const entry = queue.find((candidate) => candidate.times > 0 && line.startsWith(candidate.on ?? ""));
  if (entry?.skip) entry.skip--;
  else if (entry) {
    misbehave(entry, line, () => handle(state, request, body), request, response);
    return;
  }
  send(response, ...handle(state, request, body));
}

function misbehave(
  entry: Misbehaviour,
  line: string,
  answerProperly: () => Reply,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  entry.times--;
  if (entry.sameLine) entry.on = line;
  const { how } = entry;
  if (how === "hang") return;
  if (how === "reset") return void request.socket.destroy();
  if (how === "done, then silence") return void answerProperly();
  if (how === "answer lost") {
    answerProperly();
    return void request.socket.destroy();
  }
  if (how === "truncate") {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"data":[');
    return void setTimeout(() => request.socket.destroy(), 5);
  }
  if ("after" in how) return void how.after.then(() => send(response, ...answerProperly()));
  if ("after_ms" in how) return void setTimeout(() => send(response, ...answerProperly()), how.after_ms);
  response.writeHead(how.status, { "content-type": "application/json", ...how.headers });
  response.end(how.body ?? JSON.stringify({ message: `answered ${how.status} on purpose` }));
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body === null ? "" : JSON.stringify(body));
}

function handle(state: State, request: IncomingMessage, body: string): Reply {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const { settings } = state;
  if (url.pathname === "/") return [200, rootOf(state)];
  const isDbless = settings.database === "off";
  if (url.pathname === "/status") {
    return [200, isDbless ? { configuration_hash: state.document.hash } : { database: { reachable: true } }];
  }
  if (url.pathname === "/config" && isDbless) {
    if (request.method === "GET") return [200, { config: state.document.text() }];
    return state.document.post((JSON.parse(body) as { config: string }).config);
  }
  if (url.pathname === "/clustering/data-planes") return [200, { data: state.dataPlanes }];
  const schema = /^\/schemas\/(\w+)\/validate$/.exec(url.pathname)?.[1];
  if (schema !== undefined) {
    const problem = state.validate(schema, JSON.parse(body) as Entity);
    return problem ? [400, { code: 2, message: problem }] : [200, { message: "schema validation successful" }];
  }
  return onEntities(state.entities, {
    method: request.method ?? "GET",
    parts: url.pathname.split("/").slice(1),
    url,
    body,
    pageSize: settings.pageSize,
    readOnly: settings.database === "off",
    tagFilterFails: settings.tagFilterFails,
  });
}

function rootOf({ settings }: State): unknown {
  const available_on_server = Object.fromEntries(
    settings.available.map((name) => [name, { version: "3.10.0", priority: 1 }]),
  );
  const { database, role } = settings;
  return {
    version: "3.10.0",
    configuration: {
      database,
      role,
      router_flavor: "traditional_compatible",
      db_update_frequency: settings.update_s,
      worker_state_update_frequency: 0,
    },
    plugins: { available_on_server },
  };
}
