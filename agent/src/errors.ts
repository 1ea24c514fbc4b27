interface Entry {
  /** HTTP status when it ends a request. */
  status: number;
  message: string;
  /** What to do about it. */
  remedy: string;
}

/** Every error that a person or a program can meet. `{name}` is filled from the error's values. */
const CATALOGUE = {
  CONFIG_INVALID: {
    status: 500,
    message: "The configuration is not valid:\n{problems}",
    remedy: "Correct these environment variables; docs/configuration.md lists them all.",
  },
  STORE_LOCKED: {
    status: 503,
    message: "The data directory {directory} is in use by {owner}.",
    remedy: "Stop that agent first, choose another DATA_DIR, or use DATABASE_URL for several agents on one database.",
  },
  STORE_DOWN: {
    status: 503,
    message: "The database does not answer.",
    remedy: "Nothing was taken in; send it again. Check the database and DATABASE_URL or DATA_DIR.",
  },
  STORE_UNUSABLE: {
    status: 503,
    message: "The database cannot be used: {reason}",
    remedy:
      "Check DATABASE_URL: the server has to run, the database and its user to exist (createdb). The agent makes its tables itself.",
  },
  UNAUTHENTICATED: {
    status: 401,
    message: "This needs a valid token.",
    remedy: "Send `Authorization: Bearer <token>`; `threat-response token` makes one.",
  },
  FORBIDDEN: {
    status: 403,
    message: "The token's scope `{scope}` does not allow this.",
    remedy: "Use a token with one of these scopes: {allowed}.",
  },
  NOT_FOUND: { status: 404, message: "There is no such thing here.", remedy: "Check the path and the id." },
  NOT_UNDOABLE: {
    status: 409,
    message: "The action is {status} and cannot be undone.",
    remedy: "Only actions that are planned or applied can be undone, and rollbacks that are verifying or recovered.",
  },
  KILL_SWITCH_ON: {
    status: 409,
    message: "Nothing may be written now: {why}.",
    remedy:
      "Lift it where it was set: DELETE /v1/kill-switch, the file of KILL_SWITCH_FILE, or KILL_SWITCH and a restart.",
  },
  PROOF_KEY_GIVEN: {
    status: 409,
    message: "The key that signs proofs comes from PROOF_KEY.",
    remedy: "Give the agent another one there and restart it; the public half of the former stays listed.",
  },
  APPROVAL_OVER: {
    status: 409,
    message: "This approval is {status} already.",
    remedy: "Each one counts once. If the incident goes on, the agent asks again: see GET /v1/approvals.",
  },
  APPROVAL_TWICE: {
    status: 409,
    message: "{actor} has approved this already, and {persons} different persons have to.",
    remedy: "Somebody else has to approve it with a token of their own.",
  },
  APPROVAL_CHANGED: {
    status: 409,
    message: "What was asked for is not what would be done now, so the approval is void: {why}.",
    remedy: "Nothing was done. If the incident goes on, the agent asks again for the new plan: see GET /v1/approvals.",
  },
  GATEWAY_DOWN: {
    status: 502,
    message: "The gateway's Admin API could not do it: {problem}",
    remedy:
      "What was done is still on; try again. An action ends at its expiry, and `threat-response reap` removes what is left then.",
  },
  GATEWAY_UNREAD: {
    status: 502,
    message: "The gateway's configuration cannot be read: {problem}",
    remedy: "Nothing was written. Check the gateway's Admin API and what the agent is told about it, then try again.",
  },
  INVALID_REQUEST: {
    status: 400,
    message: "The request is not valid: {problems}",
    remedy: "Correct it and send it again.",
  },
  TOO_LARGE: { status: 413, message: "The body is larger than {limit} bytes.", remedy: "Send less at once." },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: "The body's content type is not supported.",
    remedy: "Send `application/json`.",
  },
  TOO_MANY_REQUESTS: { status: 429, message: "Too many requests.", remedy: "Wait for the time in Retry-After." },
  SIGNATURE_MISSING: {
    status: 401,
    message: "The header {header} is missing or malformed.",
    remedy: "Sign the request as contract/ingest.ts describes.",
  },
  SIGNATURE_KEY_UNKNOWN: {
    status: 401,
    message: "There is no such ingest key for this node.",
    remedy: "Compare the plugin's agent.key_id and the key's nodes with INGEST_KEYS of the agent.",
  },
  SIGNATURE_WRONG: {
    status: 401,
    message: "The signature does not match.",
    remedy: "Compare the plugin's agent.secret with the agent's INGEST_KEYS.",
  },
  SIGNATURE_STALE: {
    status: 401,
    message: "The timestamp is more than {limit} seconds from this clock.",
    remedy: "Synchronise the clocks; a request cannot be replayed later.",
  },
  BATCH_MALFORMED: {
    status: 422,
    message: "The batch is malformed: {problems}",
    remedy: "Send what contract/ingest.ts describes; the batch was dropped.",
  },
  BATCH_MISMATCH: {
    status: 422,
    message: "The body's {member} is not the one this request was signed for or this agent serves.",
    remedy: "Use the same node and batch in headers and body, and the agent's GATEWAY_NAME as the plugin's gateway.",
  },
  OVERLOADED: {
    status: 503,
    message: "Too many events wait for correlation.",
    remedy: "Nothing was taken in; send it again later. Give the agent's database more room or report less.",
  },
  KEYS_UNKNOWN: {
    status: 503,
    message: "Konnect's public keys cannot be read now.",
    remedy:
      "Nothing was taken in; send it again. Check KONNECT_REGION or KONNECT_URL, and that the agent may reach it.",
  },
  DUMP_INVALID: { status: 422, message: "The dump cannot be imported: {problem}", remedy: "{remedy}" },
  DUMP_CONFLICT: {
    status: 409,
    message: "The agent itself read another configuration of the gateway before and after {at}.",
    remedy: "Nothing was imported. Give the time at which the dump was made, and the agent of that gateway.",
  },
  INTERNAL: { status: 500, message: "Something went wrong here.", remedy: "The agent's log has the details." },
} satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof CATALOGUE;

/** The one error class: a code of the catalogue and the values of its message. */
export class AgentError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly remedy: string;
  /** Seconds, for Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    values: Record<string, string | number> = {},
    options: ErrorOptions & { retryAfter?: number } = {},
  ) {
    const entry: Entry = CATALOGUE[code];
    super(fill(entry.message, values), options);
    this.name = "AgentError";
    this.code = code;
    this.status = entry.status;
    this.remedy = fill(entry.remedy, values);
    this.retryAfter = options.retryAfter;
  }
}

function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
