import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON, or undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  json: any;
}

export interface Call {
  method?: string;
  /** A list repeats the header. */
  headers?: Record<string, string | string[]>;
  body?: string | object;
  /** Where the connection comes from, e.g. 127.0.0.2. */
  localAddress?: string;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One request on a connection of its own; the target of the URL goes out as it is written. */
export function call(url: string, { method, headers = {}, body, localAddress }: Call = {}): Promise<Answer> {
  const [, origin, target] = /^(https?:\/\/[^/]+)(.*)$/.exec(url)!;
  const isObject = typeof body === "object";
  const text = isObject ? JSON.stringify(body) : body;
  const typed = isObject ? { "content-type": "application/json", ...headers } : headers;
  const sized = text === undefined ? typed : { "content-length": String(Buffer.byteLength(text)), ...typed };
  const options = {
    method: method ?? (text === undefined ? "GET" : "POST"),
    path: target || "/",
    headers: sized,
    agent: false,
    localAddress,
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(origin!, options as object, (response) => {
      let received = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        received += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode!, headers: response.headers, text: received, json: parseJson(received) }),
      );
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(text);
  });
}

/** Writes bytes to a port and returns all that comes back until the other side closes. */
export function callRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes, "latin1"));
    let received = "";
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
}
