/** The API behind the gateway: users, login, orders, search. It remembers which requests reached it: the ground truth. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Account } from "./accounts.ts";

/** Names a request for the measurement. It says nothing about what kind of request it is. */
export const REQUEST_ID = "x-request-id";

export interface Upstream {
  port: number;
  reached(id: string): boolean;
  close(): Promise<void>;
}

const GOODS = ["wetsuit", "jacket", "lamp", "flag", "primer", "puzzle", "kettle", "tent", "guitar", "notebook"];

interface Reply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

function send(response: ServerResponse, reply: Reply): void {
  const text = JSON.stringify(reply.body);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text), ...reply.headers };
  response.writeHead(reply.status, headers).end(text);
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += chunk;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function logIn(accounts: Map<string, string>, body: Record<string, unknown>): Reply {
  const user = String(body.username ?? "");
  if (accounts.get(user) !== String(body.password ?? ""))
    return { status: 401, body: { error: "wrong user or password" } };
  const session = Buffer.from(user).toString("hex").slice(0, 24);
  return { status: 200, body: { user, session }, headers: { "set-cookie": `session=${session}; HttpOnly; Path=/` } };
}

async function answer(accounts: Map<string, string>, request: IncomingMessage): Promise<Reply> {
  const body = request.method === "POST" ? await readJson(request) : {};
  const url = new URL(request.url ?? "/", "http://upstream");
  const [, area = "", rest] = url.pathname.split("/");
  if (area === "login") return logIn(accounts, body);
  if (area === "users") return { status: 200, body: { id: rest ?? "me", name: "Somebody", since: 2019 } };
  if (area === "orders" && request.method === "POST") return { status: 201, body: { order: Date.now() % 100000 } };
  if (area === "orders") return { status: 200, body: { orders: [{ id: 4711, state: "sent" }] } };
  if (area === "search") return { status: 200, body: { query: url.searchParams.get("q"), found: GOODS } };
  if (area === "echo") return { status: 200, body: { method: request.method, url: request.url } };
  if (area === "reports") return { status: 200, body: { revenue: [12, 14, 9], currency: "EUR" } };
  return { status: 404, body: { error: "not found" } };
}

export async function startUpstream(people: readonly Account[]): Promise<Upstream> {
  const accounts = new Map(people.map(({ user, password }) => [user, password]));
  const seen = new Set<string>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const id = request.headers[REQUEST_ID];
    if (typeof id === "string") seen.add(id);
    answer(accounts, request).then(
      (reply) => send(response, reply),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    reached: (id) => seen.has(id),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
