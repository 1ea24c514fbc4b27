import { setTimeout as pause } from "node:timers/promises";
import { AdminApiError, leavesOpen } from "./admin-error.ts";
import { checkOutboundUrl, refuseUrl } from "./outbound.ts";
import { remedyOfAnswer, remedyOfFailure, type WayIn } from "./way-in.ts";

export interface AdminClientOptions {
  /** From configuration only; nothing else decides where requests go. */
  url: string;
  /** Of that configuration, for messages. */
  name?: string;
  token?: string | undefined;
  tokenHeader?: string;
  timeout_ms?: number;
  /** Of a declarative configuration, which takes a gateway long where it is large. */
  document_timeout_ms?: number;
  /** After the first try. */
  retries?: number;
  backoff_ms?: number;
  sleep?: Sleep;
  /** Called in the moment in which a write leaves; what it throws keeps it back. */
  fence?: () => void;
}

export type Sleep = (ms: number) => Promise<unknown>;

export type AdminMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface AdminClient {
  /** `retries` instead of the client's, for callers that look at what is there before they write again. */
  request: (method: AdminMethod, path: string, body?: unknown, retries?: number) => Promise<unknown>;
}

const TIMEOUT_MS = 5_000;
const DOCUMENT_TIMEOUT_MS = 60_000;
const MAX_ANSWER = 64 * 1024 * 1024;
const LONGEST_PAUSE_MS = 10_000;

/** A client that only sends what may safely be sent twice, so that whatever got no clear answer is tried again. */
export function createAdminClient(options: AdminClientOptions): AdminClient {
  const base = checkOutboundUrl(options.url, options.name ?? "KONG_ADMIN_URL");
  const { backoff_ms = 200, sleep = pause } = options;
  const request: AdminClient["request"] = async (method, path, body, retries = options.retries ?? 2) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await requestOnce(base, options, method, path, body);
      } catch (error) {
        if (!leavesOpen(error) || !error.retryable || attempt >= retries) throw error;
        // The gateway goes on making the document that nobody waits for any more: asking again at once only adds to that.
        if (path === "/config" && error.code === "timeout") throw error;
        const usual_ms = backoff_ms * 2 ** attempt * (0.75 + Math.random() / 2);
        await sleep(Math.min(Math.max(usual_ms, error.retry_after_ms ?? 0), LONGEST_PAUSE_MS));
      }
    }
  };
  return { request };
}

async function requestOnce(
  base: URL,
  options: AdminClientOptions,
  method: AdminMethod,
  path: string,
  body: unknown,
): Promise<unknown> {
  const url = new URL(base.pathname.replace(/\/$/, "") + path, base);
  const refused = await refuseUrl(url);
  if (refused !== null) throw new AdminApiError("unreachable", null, `${method} ${path} is not sent: ${refused}`);
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.token !== undefined) headers[options.tokenHeader ?? "kong-admin-token"] = options.token;
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = {
    method,
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutOf(options, path)),
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (isWrite(method, path)) options.fence?.();
  let status: number;
  let text: string;
  let waits: string | null;
  try {
    const response = await fetch(url, init);
    status = response.status;
    waits = response.headers.get("retry-after");
    text = await readBounded(response);
  } catch (cause) {
    throw fromFailure(cause, method, path, wayIn(options));
  }
  if (status >= 200 && status < 300) return text === "" ? null : parseJson(text, status, method, path);
  throw fromStatus(status, text, waits, `${method} ${path}`, remedyOfAnswer(status, text, wayIn(options)));
}

function wayIn({ name = "KONG_ADMIN_URL", token }: AdminClientOptions): WayIn {
  return { url: name, token: name.replace(/URL$/, "TOKEN"), hasToken: token !== undefined };
}

function timeoutOf({ timeout_ms, document_timeout_ms }: AdminClientOptions, path: string): number {
  if (path !== "/config") return timeout_ms ?? TIMEOUT_MS;
  return document_timeout_ms ?? timeout_ms ?? DOCUMENT_TIMEOUT_MS;
}

const isWrite = (method: AdminMethod, path: string): boolean =>
  method !== "GET" && !/\/schemas\/\w+\/validate$/.test(path);

/** Throws when it is longer than any answer should be. */
export async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new AdminApiError("unexpected", response.status, "the answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string, status: number, method: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AdminApiError("unexpected", status, `${method} ${path} was answered with something that is not JSON`);
  }
}

function fromFailure(cause: unknown, method: string, path: string, way: WayIn): AdminApiError {
  if (cause instanceof AdminApiError) return cause;
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return new AdminApiError("timeout", null, `${method} ${path} got no answer in time`);
  }
  const inner: Error & { code?: unknown } =
    cause instanceof Error && cause.cause instanceof Error ? cause.cause : new Error(String(cause));
  const remedy = remedyOfFailure(inner.code, way);
  return new AdminApiError("unreachable", null, `${method} ${path} failed: ${inner.message}`, remedy ? { remedy } : {});
}

function fromStatus(
  status: number,
  text: string,
  waits: string | null,
  line: string,
  remedy: string | undefined,
): AdminApiError {
  const message = `${line} was answered ${status}${said(text)}`;
  const details = remedy === undefined ? {} : { remedy };
  const seconds = Number(waits ?? Number.NaN);
  if (status === 429) {
    return new AdminApiError("busy", status, message, {
      retry_after_ms: Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : null,
    });
  }
  if (status >= 500) return new AdminApiError("broken", status, message);
  if (status === 401 || status === 403) return new AdminApiError("unauthorized", status, message, details);
  if (status === 404) return new AdminApiError("not_found", status, message);
  if (status === 405) return new AdminApiError("read_only", status, message);
  if (status === 409) return new AdminApiError("conflict", status, message);
  if (status === 400) return new AdminApiError("invalid", status, message, details);
  return new AdminApiError("unexpected", status, message);
}

/** Kong says what is wrong in `message`, Konnect also in `detail`; nothing longer than a line is passed on. */
function said(text: string): string {
  try {
    const { message, detail } = JSON.parse(text) as { message?: unknown; detail?: unknown };
    const words = message ?? detail;
    return typeof words === "string" ? `: ${words.slice(0, 300)}` : "";
  } catch {
    return "";
  }
}
