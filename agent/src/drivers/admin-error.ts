export type AdminErrorCode =
  | "unreachable"
  | "timeout"
  | "broken"
  | "unauthorized"
  | "invalid"
  | "not_found"
  | "read_only"
  | "conflict"
  | "unexpected"
  | "busy"
  | "overtaken"
  | "changed"
  | "managed"
  | "sealed"
  | "stopped"
  | "partial";

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
  busy: "The gateway takes no changes right now; they are tried again later.",
  overtaken: "Another agent writes to this gateway now and goes on with it; nothing is to be done.",
  changed: "Somebody edited it meanwhile; plan again on what is there now.",
  managed: "decK manages it (DECK_SELECT_TAGS); change it in git, or put something beside it.",
  sealed: "The agent keeps no secrets; put it back from where your configuration comes from.",
  stopped: "Nothing of it is left on the gateway; it may be done again once that reason is gone.",
  partial: "Put back by hand what `left` lists; the images of the action say how it was.",
};

const RETRYABLE: readonly AdminErrorCode[] = ["unreachable", "timeout", "broken", "busy", "overtaken"];

/** Errors that leave open whether the gateway did what it was asked for. */
export const leavesOpen = (error: unknown): error is AdminApiError =>
  error instanceof AdminApiError && (error.retryable || error.code === "unexpected") && error.code !== "overtaken";

export const isOvertaken = (error: unknown): boolean => error instanceof AdminApiError && error.code === "overtaken";

export interface AdminErrorDetails {
  retry_after_ms?: number | null;
  left?: readonly string[];
  /** Where more is known than the code says. */
  remedy?: string;
}

/** An answer of the Admin API that is not a success, or none. `retryable` ones were tried again already. */
export class AdminApiError extends Error {
  override name = "AdminApiError";
  readonly code: AdminErrorCode;
  readonly status: number | null;
  readonly remedy: string;
  readonly retryable: boolean;
  /** When the gateway said how long to wait. */
  readonly retry_after_ms: number | null;
  /** For `partial`: what could not be taken back, and how to. */
  readonly left: readonly string[];

  constructor(
    code: AdminErrorCode,
    status: number | null,
    message: string,
    { retry_after_ms = null, left = [], remedy = REMEDIES[code] }: AdminErrorDetails = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.remedy = remedy;
    this.retryable = RETRYABLE.includes(code);
    this.retry_after_ms = retry_after_ms;
    this.left = left;
  }
}
