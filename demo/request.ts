import { Agent, request as open } from "node:http";
import { REQUEST_ID } from "./upstream.ts";

/** One request of a client, as the proxy in front of the gateway passes it on. */
export interface RequestSpec {
  method: "GET" | "POST";
  /** With the query, as on the wire. */
  target: string;
  /** The client's address; it travels in X-Forwarded-For. */
  from: string;
  headers: Record<string, string>;
  body?: string;
  /** What the client gets when nobody stands in the way; of legitimate requests. */
  expect?: number;
}

/** 0 when no answer came. */
export type Status = number;

const connections = new Agent({ keepAlive: true, maxSockets: 256 });
const PATIENCE_MS = 10_000;

export function sendRequest(port: number, id: string, spec: RequestSpec): Promise<Status> {
  return new Promise((resolve) => {
    const headers = { ...spec.headers, host: "shop.example.com", "x-forwarded-for": spec.from, [REQUEST_ID]: id };
    const length = spec.body === undefined ? {} : { "content-length": String(Buffer.byteLength(spec.body)) };
    const outgoing = open(
      {
        host: "127.0.0.1",
        port,
        method: spec.method,
        path: spec.target,
        headers: { ...headers, ...length },
        agent: connections,
        timeout: PATIENCE_MS,
      },
      (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
        response.on("error", () => resolve(0));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy());
    outgoing.on("error", () => resolve(0));
    outgoing.end(spec.body);
  });
}

export function closeConnections(): void {
  connections.destroy();
}
