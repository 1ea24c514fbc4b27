import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the next matching requests are answered instead of properly. */
export interface Misbehaviour {
  /** Method and path prefix, e.g. `PUT /plugins`; all requests without it. */
  on?: string;
  times: number;
  how:
    | { status: number; body?: string; headers?: Record<string, string> }
    | "hang"
    | "reset"
    | "truncate"
    | { after_ms: number }
    | "answer lost"
    | "done, then silence";
}

type Entity = Record<string, unknown> & { id: string };

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
  settings: { database: string; available: string[]; tagFilterFails: boolean; pageSize: number };
  misbehave: (misbehaviour: Misbehaviour) => void;
  close: () => Promise<void>;
}

export async function startAdminServer(): Promise<AdminServer> {
  const queue: Misbehaviour[] = [];
  const state: Omit<AdminServer, "url" | "close" | "misbehave"> = {
    requests: [],
    headers: [],
    plugins: new Map(),
    routes: new Map(),
    settings: {
      database: "postgres",
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
  return {
    ...state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    misbehave: (misbehaviour) => void queue.push(misbehaviour),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

type State = Omit<AdminServer, "url" | "close" | "misbehave">;

function answer(
  state: State,
  queue: Misbehaviour[],
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
): void {
  const line = `${request.method} ${request.url}`;
  const index = queue.findIndex((entry) => entry.times > 0 && line.startsWith(entry.on ?? ""));
  const entry = queue[index];
  if (entry === undefined) {
    send(response, ...handle(state, request, body));
    return;
  }
  entry.times--;
  const { how } = entry;
  if (how === "hang") return;
  if (how === "reset") return void request.socket.destroy();
  if (how === "done, then silence") return void handle(state, request, body);
  if (how === "answer lost") {
    handle(state, request, body);
    return void request.socket.destroy();
  }
  if (how === "truncate") {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"data":[');
    return void setTimeout(() => request.socket.destroy(), 5);
  }
  if ("after_ms" in how) return void setTimeout(() => send(response, ...handle(state, request, body)), how.after_ms);
  response.writeHead(how.status, { "content-type": "application/json", ...how.headers });
  response.end(how.body ?? JSON.stringify({ message: `answered ${how.status} on purpose` }));
}

type Reply = [status: number, body: unknown];

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === null ? "" : JSON.stringify(body));
}

function handle(state: State, request: IncomingMessage, body: string): Reply {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, collection, id] = url.pathname.split("/");
  if (url.pathname === "/") return [200, rootOf(state)];
  if (url.pathname === "/status") return [200, { database: { reachable: true } }];
  if (url.pathname === "/schemas/plugins/validate") return [200, { message: "schema validation successful" }];
  if (collection === "routes" && id !== undefined) return found(state.routes.get(decodeURIComponent(id)));
  if (collection !== "plugins") return [404, { message: "Not found" }];
  if (id === undefined) return listed(state, url);
  return onPlugin(state, request.method ?? "GET", decodeURIComponent(id), body);
}

function rootOf({ settings }: State): unknown {
  const available_on_server = Object.fromEntries(
    settings.available.map((name) => [name, { version: "3.10.0", priority: 1 }]),
  );
  return {
    version: "3.10.0",
    configuration: { database: settings.database, role: "traditional" },
    plugins: { available_on_server },
  };
}

const found = (entity: Entity | undefined): Reply =>
  entity === undefined ? [404, { message: "Not found" }] : [200, entity];

function listed({ plugins, settings }: State, url: URL): Reply {
  const tags = url.searchParams.get("tags");
  if (tags !== null && settings.tagFilterFails) return [500, { message: "An unexpected error occurred" }];
  const all = [...plugins.values()].filter(
    (entity) => tags === null || ((entity.tags as string[] | null) ?? []).includes(tags),
  );
  const start = Number(url.searchParams.get("offset") ?? 0);
  const next = start + settings.pageSize;
  return [200, { data: all.slice(start, next), ...(next < all.length ? { offset: String(next) } : {}) }];
}

function onPlugin({ plugins, settings }: State, method: string, id: string, body: string): Reply {
  if (method === "GET") return found(plugins.get(id));
  if (settings.database === "off") {
    return [
      405,
      {
        code: 12,
        name: "operation unsupported",
        message: `cannot ${method} 'plugins' entities when not using a database`,
      },
    ];
  }
  if (method === "DELETE") {
    plugins.delete(id);
    return [204, null];
  }
  const entity = {
    enabled: true,
    route: null,
    service: null,
    consumer: null,
    tags: null,
    ...(JSON.parse(body) as object),
    id,
  } as unknown as Entity;
  const scope = ({ name, route, service, consumer }: Entity) => JSON.stringify([name, route, service, consumer]);
  if ([...plugins.values()].some((other) => other.id !== id && scope(other) === scope(entity))) {
    return [409, { code: 5, name: "unique constraint violation", message: "UNIQUE violation detected on the scope" }];
  }
  plugins.set(id, entity);
  return [200, entity];
}
