import { readBody, readHead } from "./http-response.ts";

/** A small HTTP/1.1 client on cosockets: one request, one answer, connections kept. For timers only, it yields. Redirects are not followed. */
export interface HttpTarget {
  isSecure: boolean;
  /** As it is connected to; IPv6 in brackets. */
  host: string;
  port: number;
  /** What precedes every path, without a slash at its end. */
  base: string;
}

export interface HttpRequest {
  method: "GET" | "POST";
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** For connecting, and for each send and read. */
  timeoutMs: number;
  /** For the whole exchange: a peer that sends a byte now and then does not hold the caller. */
  totalMs: number;
  verifyCertificate: boolean;
  maxBodyBytes: number;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case; of a repeated one the last. */
  headers: Record<string, string>;
  /** In pieces of at most 64 KiB, as it came; not joined, so that nobody has to hold it twice. */
  chunks: string[];
}

/** For a log: what the agent says is wrong is in its answer. */
export function describeAnswer(response: HttpResponse): string {
  const [start] = string.gsub(string.sub(response.chunks[0] ?? "", 1, 200), "%c", " ");
  return `status ${response.status} ${start}`;
}

const KEEP_IDLE_MS = 30_000;
const KEEP_CONNECTIONS = 4;

export function parseUrl(url: string): HttpTarget | undefined {
  const [scheme, authority, path] = string.match(url, "^(https?)://([^/?#@]+)([^?#]*)$");
  if (scheme === undefined) {
    return undefined;
  }
  const [bracketed, bracketedPort] = string.match(authority, "^(%[[%x:.]+%]):?(%d*)$");
  const [name, namePort] = string.match(authority, "^([%w._-]+):?(%d*)$");
  const host = bracketed ?? name;
  const digits = bracketedPort ?? namePort;
  if (host === undefined || digits === undefined) {
    return undefined;
  }
  const isSecure = scheme === "https";
  const standard = isSecure ? 443 : 80;
  const port = digits === "" ? standard : (tonumber(digits) as number);
  const [base] = string.gsub(path, "/+$", "");
  return port > 0 && port < 65536 ? { isSecure, host, port, base } : undefined;
}

function openConnection(
  target: HttpTarget,
  request: HttpRequest,
): LuaMultiReturn<[TcpSocket | undefined, (string | undefined)?]> {
  const socket = ngx.socket.tcp();
  socket.settimeouts(request.timeoutMs, request.timeoutMs, request.timeoutMs);
  // What was connected to without verifying is never taken for verified.
  const security = target.isSecure ? `tls:${request.verifyCertificate}` : "plain";
  const pool = `threat-response:${target.host}:${target.port}:${security}`;
  const [connected, problem] = socket.connect(target.host, target.port, { pool });
  if (connected === undefined) {
    return $multi(undefined, `cannot connect to ${target.host}:${target.port}: ${problem}`);
  }
  const [reused] = socket.getreusedtimes();
  if (target.isSecure && (reused ?? 0) === 0) {
    const [name] = string.gsub(target.host, "[%[%]]", "");
    const [session, failure] = socket.sslhandshake(false, name, request.verifyCertificate);
    if (session === undefined || session === false) {
      socket.close();
      return $multi(undefined, `TLS with ${target.host}:${target.port} failed: ${failure}`);
    }
  }
  return $multi(socket);
}

function formatRequest(target: HttpTarget, request: HttpRequest): string[] {
  const parts = [
    `${request.method} ${target.base}${request.path} HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\nConnection: keep-alive\r\n`,
  ];
  for (const [name, value] of pairs(request.headers)) {
    parts.push(`${name}: ${value}\r\n`);
  }
  if (request.body !== undefined) {
    parts.push(`Content-Length: ${request.body.length}\r\n`);
  }
  parts.push("\r\n");
  parts.push(request.body ?? "");
  return parts;
}

/** The third value says that nothing of an answer was read. */
function exchange(
  socket: TcpSocket,
  target: HttpTarget,
  request: HttpRequest,
): LuaMultiReturn<[HttpResponse | undefined, (string | undefined)?, (boolean | undefined)?]> {
  const deadline = ngx.now() + request.totalMs / 1000;
  const [sent, unsent] = socket.send(formatRequest(target, request));
  if (sent === undefined) {
    return $multi(undefined, `cannot send: ${unsent}`, true);
  }
  const [head, noHead, isEmpty] = readHead(socket);
  if (head === undefined) {
    return $multi(undefined, noHead, isEmpty);
  }
  const [chunks, noBody] = readBody(socket, head, request.maxBodyBytes, deadline);
  if (chunks === undefined) {
    return $multi(undefined, noBody, false);
  }
  if (head.keepsConnection) {
    socket.setkeepalive(KEEP_IDLE_MS, KEEP_CONNECTIONS);
  } else {
    socket.close();
  }
  return $multi({ status: head.status, headers: head.headers, chunks });
}

/**
 * Undefined with a message when there is no complete answer. A kept connection that the peer had closed meanwhile is replaced by a new
 * one, once; the peer may then see the request twice.
 */
export function request(
  target: HttpTarget,
  request: HttpRequest,
): LuaMultiReturn<[HttpResponse | undefined, (string | undefined)?]> {
  for (const attempt of $range(1, KEEP_CONNECTIONS + 1)) {
    const [socket, unconnected] = openConnection(target, request);
    if (socket === undefined) {
      return $multi(undefined, unconnected);
    }
    const [reused] = socket.getreusedtimes();
    const [response, failure, isUnanswered] = exchange(socket, target, request);
    if (response !== undefined) {
      return $multi(response);
    }
    socket.close();
    if ((reused ?? 0) === 0 || isUnanswered !== true || attempt > KEEP_CONNECTIONS) {
      return $multi(undefined, failure);
    }
  }
  return $multi(undefined, "no connection could be used");
}
