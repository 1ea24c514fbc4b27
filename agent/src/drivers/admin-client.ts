import { setTimeout as sleep } from "node:timers/promises";

export type AdminErrorCode =
  | "unreachable"
  | "timeout"
  | "broken"
  | "unauthorized"
  | "invalid"
  | "not_found"
  | "read_only"
  | "conflict"
  | "unexpected";

const REMEDIES: Record<AdminErrorCode, string> = {
  unreachable: "Check KONG_ADMIN_URL and that the Admin API listens there.",
  timeout: "The Admin API is too slow or does not answer; look at the gateway's load and its database.",
  broken: "The Admin API fails itself; its error log says why.",
  unauthorized: "Check KONG_ADMIN_TOKEN and what it may do.",
  invalid: "The gateway refuses the entity; its plugin may be of another version.",
  not_found: "The entity is gone; the configuration was changed meanwhile.",
  read_only: "A DB-less gateway takes no entities; decisions from the feed still work.",
  conflict: "Another instance of the plugin is on that scope; change that one.",
  unexpected: "The answer is not what Kong's Admin API gives; check KONG_ADMIN_URL.",
};

/** An answer of the Admin API that is not a success, or none. `retryable` ones were tried again already. */
export class AdminApiError extends Error {
  override name = "AdminApiError";
  readonly code: AdminErrorCode;
  readonly status: number | null;
  readonly remedy: string;
  readonly retryable: boolean;

  constructor(code: AdminErrorCode, status: number | null, message: string) {
    super(message);
    this.code = code;
    this.status = status;
    this.remedy = REMEDIES[code];
    this.retryable = code === "unreachable" || code === "timeout" || code === "broken";
  }
}

export interface AdminClientOptions {
  /** From configuration only; nothing else decides where requests go. */
  url: string;
  token?: string | undefined;
  tokenHeader?: string;
  timeout_ms?: number;
  /** After the first try. */
  retries?: number;
  backoff_ms?: number;
}

export type AdminMethod = "GET" | "POST" | "PUT" | "DELETE";

export interface AdminClient {
  request: (method: AdminMethod, path: string, body?: unknown) => Promise<unknown>;
}

const MAX_ANSWER = 16 * 1024 * 1024;

/** A client that only sends what may safely be sent twice, so that whatever got no clear answer is tried again. */
export function createAdminClient(options: AdminClientOptions): AdminClient {
  const base = new URL(options.url);
  if (!/^https?:$/.test(base.protocol))
    throw new Error(`KONG_ADMIN_URL must start with http:// or https://, not ${base.protocol}`);
  const { retries = 2, backoff_ms = 200 } = options;
  const request: AdminClient["request"] = async (method, path, body) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await requestOnce(base, options, method, path, body);
      } catch (error) {
        if (!(error instanceof AdminApiError) || !error.retryable || attempt >= retries) throw error;
        await sleep(backoff_ms * 2 ** attempt * (0.75 + Math.random() / 2));
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
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.token !== undefined) headers[options.tokenHeader ?? "kong-admin-token"] = options.token;
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = {
    method,
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(options.timeout_ms ?? 5_000),
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, init);
    status = response.status;
    text = await readText(response);
  } catch (cause) {
    throw fromFailure(cause, method, path);
  }
  if (status >= 200 && status < 300) return text === "" ? null : parseJson(text, status, method, path);
  throw fromStatus(status, text, method, path);
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new AdminApiError("unexpected", response.status, "the Admin API's answer is too long");
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

function fromFailure(cause: unknown, method: string, path: string): AdminApiError {
  if (cause instanceof AdminApiError) return cause;
  if (cause instanceof DOMException && cause.name === "TimeoutError") {
    return new AdminApiError("timeout", null, `${method} ${path} got no answer in time`);
  }
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return new AdminApiError("unreachable", null, `${method} ${path} failed: ${inner}`);
}

function fromStatus(status: number, text: string, method: string, path: string): AdminApiError {
  const message = `${method} ${path} was answered ${status}${said(text)}`;
  if (status >= 500) return new AdminApiError("broken", status, message);
  if (status === 401 || status === 403) return new AdminApiError("unauthorized", status, message);
  if (status === 404) return new AdminApiError("not_found", status, message);
  if (status === 405) return new AdminApiError("read_only", status, message);
  if (status === 409) return new AdminApiError("conflict", status, message);
  if (status === 429) return new AdminApiError("broken", status, message);
  if (status === 400) return new AdminApiError("invalid", status, message);
  return new AdminApiError("unexpected", status, message);
}

/** Kong says what is wrong in `message`; nothing longer than a line is passed on. */
function said(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? `: ${message.slice(0, 300)}` : "";
  } catch {
    return "";
  }
}
