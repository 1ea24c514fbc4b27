import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";
import { RepositoryError } from "./repository.ts";

export interface GithubOptions {
  /** `owner/name`. */
  repository: string;
  token: string;
  /** Of GitHub Enterprise; github.com otherwise. From configuration only. */
  apiUrl?: string | undefined;
  base: string;
  /** Globs of the state files. */
  patterns: readonly string[];
  timeout_ms?: number;
  /** Longer waits are left to the next run of the job. */
  longestWait_s?: number;
  /** What the plugin waits between tries, in milliseconds; tests shorten it. */
  retryAfterBase_ms?: number;
  /** A second after each write and three after what people are told of, as GitHub asks for; tests do without. */
  hasPauses?: boolean;
}

const Client = Octokit.plugin(retry, throttling);
export type GithubClient = InstanceType<typeof Client>;

/** Only configuration says where requests go. */
const REDIRECTED = Response.json(
  { message: "it redirects elsewhere; check GITHUB_API_URL and the repository's name" },
  { status: 400 },
);

/** In the place of Bottleneck's groups. */
const NO_PAUSES = { key: () => ({ schedule: (_options: object, work: () => Promise<void>) => work() }) } as never;

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Octokit with patience: bounded waits for rate limits, retries of what failed at the host, one timeout for each request. */
export function createGithubClient(options: GithubOptions): GithubClient {
  const { timeout_ms = 10_000, longestWait_s = 20, retryAfterBase_ms = 1_000, hasPauses = true } = options;
  const mayWait = (retryAfter: number, _options: object, _octokit: unknown, count: number) =>
    count < 2 && retryAfter <= longestWait_s;
  return new Client({
    auth: options.token,
    userAgent: "kong-threat-response",
    log: SILENT,
    ...(options.apiUrl === undefined ? {} : { baseUrl: options.apiUrl.replace(/\/$/, "") }),
    request: {
      fetch: async (url: string, init: RequestInit) => {
        const answer = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(timeout_ms) });
        return answer.status >= 300 && answer.status < 400 && answer.status !== 304 ? REDIRECTED.clone() : answer;
      },
    },
    retry: { retries: 2, retryAfterBaseValue: retryAfterBase_ms },
    throttle: {
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
      retryAfterBaseValue: retryAfterBase_ms,
      ...(hasPauses ? {} : { write: NO_PAUSES, notifications: NO_PAUSES }),
    },
  });
}

/** Runs a request and gives its failures the names that the rollback knows. No token is ever in a message. */
export async function ask<T>(what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw named(what, error);
  }
}

export const statusOf = (error: unknown): number | null => {
  const status = (error as { status?: unknown }).status;
  return typeof status === "number" ? status : null;
};

function named(what: string, error: unknown): RepositoryError {
  if (error instanceof RepositoryError) return error;
  const status = statusOf(error);
  const text = `${what}: ${status ?? "no answer"}${reasonOf(error)}`;
  const headers = (error as { response?: { headers?: Record<string, string> } }).response?.headers ?? {};
  const limited =
    status === 429 ||
    (status === 403 && (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0"));
  if (limited) return new RepositoryError("rate_limited", text, { cause: error });
  if (status === 401 || status === 403) return new RepositoryError("unauthorized", text, { cause: error });
  if (status === 404) return new RepositoryError("not_found", text, { cause: error });
  if (status === 409) return new RepositoryError("conflict", text, { cause: error });
  if (status === null || status >= 500) return new RepositoryError("unreachable", text, { cause: error });
  return new RepositoryError("invalid", text, { cause: error });
}

function reasonOf(error: unknown): string {
  const message = (error as { response?: { data?: { message?: unknown } } }).response?.data?.message;
  return typeof message === "string" ? `, ${message.slice(0, 200)}` : "";
}
