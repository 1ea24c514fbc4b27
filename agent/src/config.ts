import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { refuseHost } from "./drivers/outbound.ts";
import { AgentError } from "./errors.ts";
import { REGISTER_AUTHS } from "./registration/entities.ts";
import { isPathPrefix } from "./registration/path-prefix.ts";

/** What a token may do: look, act, or tell what CI did. */
export const SCOPES = ["viewer", "operator", "ci"] as const;
export type Scope = (typeof SCOPES)[number];

const secret = z.string().min(16, "has to have at least 16 characters").max(512);
const httpUrl = z.url({ protocol: /^https?$/, error: "has to be an http:// or https:// URL" });
const seconds = z.coerce.number().int().min(1).max(86_400);
const pathPrefix = z
  .string()
  .refine(isPathPrefix, "has to be a path such as /threat-response: letters, digits, . _ ~ -, and no / at its end");
const yesOrNo = z
  .enum(["true", "false", "1", "0", "yes", "no"], { error: "has to be true or false" })
  .transform((word) => ["true", "1", "yes"].includes(word));

const ingestKeys = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, "has to be 1 to 64 of A-Z a-z 0-9 . _ -"),
      secret,
      /** Names of the nodes that may use it; all when absent. */
      nodes: z.array(z.string().min(1).max(128)).optional(),
    }),
  )
  .refine((keys) => new Set(keys.map((key) => key.id)).size === keys.length, "has two keys with the same id");
export type IngestKey = z.infer<typeof ingestKeys>[number];

const apiTokens = z.array(
  z.strictObject({
    name: z.string().min(1).max(64),
    scope: z.enum(SCOPES),
    /** Of the token as it is sent: the agent never holds a token itself. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "has to be 64 lower-case hex digits, as `threat-response token` prints"),
  }),
);
export type ApiToken = z.infer<typeof apiTokens>[number];

export const environment = z.object({
  HOST: z.string().default("127.0.0.1").describe("Address to listen on; loopback unless told otherwise"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(8090).describe("Port to listen on; 0 takes a free one"),
  PUBLIC_URL: httpUrl
    .optional()
    .describe("Where operators reach the agent, with any path prefix, for links in notifications"),
  PATH_PREFIX: pathPrefix
    .optional()
    .describe("Path below which the agent is asked by a proxy that leaves it on; without it works, too"),
  REGISTER_STATUS_ROUTE: pathPrefix
    .optional()
    .describe(
      "Path at which Kong serves the agent, such as `/threat-response`: it registers itself as a Service and Route",
    ),
  REGISTER_AUTH: z
    .enum(REGISTER_AUTHS)
    .default("key-auth")
    .describe("Kong's plugin that authenticates there, beside the agent's own tokens; `none` for tokens alone"),
  REGISTER_AGENT_URL: httpUrl.optional().describe("Where Kong reaches the agent; by default the address it listens on"),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, "has to be a postgresql:// URL")
    .optional()
    .describe("PostgreSQL 14 or later; without it an embedded database lives in `DATA_DIR`"),
  DATA_DIR: z.string().default("data").describe("Directory of the embedded database; one process at a time"),
  GATEWAY_NAME: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, "has to be 1 to 64 of A-Z a-z 0-9 . _ -")
    .default("default")
    .describe("The plugin's `config.gateway`"),
  KONG_ADMIN_URL: httpUrl.optional().describe("Kong's Admin API; without it only decisions can act"),
  KONG_ADMIN_TOKEN: z.string().min(1).optional().describe("Sent as `Kong-Admin-Token`"),
  GITHUB_REPOSITORY: z
    .string()
    .regex(/^[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+$/, "has to be owner/name")
    .optional()
    .describe("Holds the gateway's configuration; reverts become pull requests there"),
  GITHUB_TOKEN: z
    .string()
    .min(1)
    .optional()
    .describe("Of a GitHub App or user: contents, pull requests and variables, read and write"),
  GITHUB_API_URL: httpUrl.optional().describe("Of GitHub Enterprise, such as https://github.example.com/api/v3"),
  GIT_REMOTE_URL: z.string().min(1).optional().describe("A git remote without GitHub; reverts become branches there"),
  GIT_TOKEN: z.string().min(1).optional().describe("For that remote over HTTPS"),
  GIT_BRANCH: z
    .string()
    .regex(/^[A-Za-z0-9._/-]{1,200}$/, "has to be a branch's name")
    .default("main")
    .describe("What is synced to the gateway"),
  GIT_PUSH_TO_BRANCH: yesOrNo
    .prefault("false")
    .describe("Push reverts to that branch itself where there are no pull requests"),
  STATE_FILES: z
    .string()
    .default("*.yaml,*.yml,kong/**/*.yaml,kong/**/*.yml")
    .transform((list) =>
      list
        .split(",")
        .map((glob) => glob.trim())
        .filter((glob) => glob !== ""),
    )
    .describe("Globs of the decK state files in that repository, with commas between"),
  KONNECT_CONTROL_PLANE_ID: z
    .uuid("has to be a UUID")
    .optional()
    .describe("A control plane in Konnect, instead of `KONG_ADMIN_URL`"),
  KONNECT_TOKEN: z.string().min(1).optional().describe("Access token for Konnect, `kpat_…` or `spat_…`"),
  KONNECT_REGION: z.enum(["us", "eu", "au", "me", "in", "sg"]).default("us").describe("Where the control plane is"),
  KONNECT_URL: httpUrl.optional().describe("Konnect's API, when it is not the region's"),
  KONNECT_ANALYTICS: yesOrNo
    .prefault("false")
    .describe("Watch errors through Konnect's Advanced Analytics where no plugin reports: one query in 30 s"),
  KONG_METRICS_URLS: z
    .string()
    .transform((list) =>
      list
        .split(",")
        .map((url) => url.trim())
        .filter((url) => url !== ""),
    )
    .optional()
    .describe(
      "Where no plugin reports: `/metrics` of every data plane's Status API (plugin `prometheus` with `status_code_metrics`), with commas between",
    ),
  DECK_SELECT_TAGS: z
    .string()
    .transform((list) =>
      list
        .split(",")
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ""),
    )
    .optional()
    .describe("decK's `select_tags`, with commas: entities with all of them are never edited in place"),
  WRITE_INTERVAL_S: z.coerce
    .number()
    .min(0)
    .max(300)
    .default(5)
    .describe("At most one batch of writes to the gateway in so many seconds, after a first one at once"),
  POLICY_FILE: z
    .string()
    .optional()
    .describe("What to do about what; `agent/policy.yaml` by default, read again when it changes"),
  INGEST_KEYS: jsonOf(ingestKeys)
    .optional()
    .describe('JSON `[{"id","secret","nodes"?}]`: the keys gateway nodes sign their reports with'),
  PROOF_KEY: z
    .string()
    .refine(isProofKey, "has to be an Ed25519 private key in PEM (openssl genpkey -algorithm ed25519)")
    .optional()
    .describe("Signs proofs of recovery, PEM; without it the agent makes a key once and keeps it in its database"),
  FEED_SECRET: secret.optional().describe("Signs the decision feed; never one of `INGEST_KEYS`"),
  API_TOKENS: jsonOf(apiTokens)
    .optional()
    .describe('JSON `[{"name","scope","sha256"}]`, made by `threat-response token`; scopes `viewer`, `operator`, `ci`'),
  DRY_RUN: yesOrNo.prefault("true").describe("Decide and record everything, change nothing"),
  KILL_SWITCH: z
    .enum(["stop", "freeze", "true", "1", "yes", "false", "0", "no"], {
      error: "has to be stop, freeze, true or false",
    })
    .transform((word) => (word === "freeze" ? "freeze" : ["false", "0", "no"].includes(word) ? undefined : "stop"))
    .optional()
    .describe("`stop` (or true): nothing new is done; `freeze`: nothing is written, not even to end what is on"),
  KILL_SWITCH_FILE: z
    .string()
    .optional()
    .describe("While this file exists, nothing new is done; with `freeze` in it, nothing is written at all"),
  QUIET_AFTER_S: seconds.default(60).describe("Seconds without evidence after which an incident counts as quiet"),
  RESOLVE_AFTER_S: seconds
    .default(300)
    .describe("Seconds without evidence after which it is resolved, once its actions ended"),
  RETENTION_DAYS: z.coerce.number().min(0.01).max(3_650).default(30).describe("How long resolved incidents are kept"),
  ANTHROPIC_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe("Lets Claude judge ambiguous incidents; without it rules alone do"),
  ANTHROPIC_BASE_URL: httpUrl.optional().describe("Where the Messages API is, for a proxy or an AI gateway"),
  ANTHROPIC_MODEL: z.string().min(1).max(128).optional().describe("Name of the model"),
  WEBHOOK_URL: httpUrl.optional().describe("Gets a message whenever an incident changes state (Standard Webhooks)"),
  WEBHOOK_SECRET: z
    .string()
    .min(16, "has to have at least 16 characters")
    .optional()
    .describe("Signs these messages; `whsec_…` as in Standard Webhooks"),
  SLACK_BOT_TOKEN: z.string().min(1).optional().describe("Of a Slack app with the scope `chat:write`, `xoxb-…`"),
  SLACK_CHANNEL: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe("Where it posts: a channel's id or name; the app has to be in it"),
  SLACK_API_URL: httpUrl.optional().describe("Of a proxy in front of Slack's Web API"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
    .default("info")
    .describe("Least severe log line to write"),
});

const checked = environment.superRefine((values, context) => {
  const problem = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  if (values.INGEST_KEYS?.some((key) => key.secret === values.FEED_SECRET))
    problem("FEED_SECRET", "has to differ from every secret in INGEST_KEYS");
  if (values.INGEST_KEYS && !values.FEED_SECRET) problem("FEED_SECRET", "has to be set where INGEST_KEYS is");
  if (values.GITHUB_REPOSITORY && !values.GITHUB_TOKEN)
    problem("GITHUB_TOKEN", "has to be set where GITHUB_REPOSITORY is");
  if (values.WEBHOOK_URL && !values.WEBHOOK_SECRET) problem("WEBHOOK_SECRET", "has to be set where WEBHOOK_URL is");
  if (values.SLACK_BOT_TOKEN && !values.SLACK_CHANNEL)
    problem("SLACK_CHANNEL", "has to be set where SLACK_BOT_TOKEN is");
  if (values.KONNECT_CONTROL_PLANE_ID && !values.KONNECT_TOKEN)
    problem("KONNECT_TOKEN", "has to be set where KONNECT_CONTROL_PLANE_ID is");
  if (values.KONNECT_CONTROL_PLANE_ID && values.KONG_ADMIN_URL)
    problem("KONG_ADMIN_URL", "cannot be set together with KONNECT_CONTROL_PLANE_ID: one agent, one gateway");
  for (const name of [
    "KONG_ADMIN_URL",
    "KONNECT_URL",
    "WEBHOOK_URL",
    "ANTHROPIC_BASE_URL",
    "GITHUB_API_URL",
    "SLACK_API_URL",
  ] as const) {
    const url = values[name] ?? "";
    const refused = URL.canParse(url) ? refuseHost(new URL(url).hostname) : null;
    if (refused !== null) problem(name, `cannot be used: ${refused}`);
  }
  for (const url of values.KONG_METRICS_URLS ?? []) {
    const refused = whyNotMetrics(url);
    if (refused !== null) problem("KONG_METRICS_URLS", `cannot be used: ${refused}`);
  }
  if (values.KONNECT_ANALYTICS && !values.KONNECT_CONTROL_PLANE_ID)
    problem("KONNECT_CONTROL_PLANE_ID", "has to be set where KONNECT_ANALYTICS is");
  const { REGISTER_STATUS_ROUTE, REGISTER_AGENT_URL, HOST } = values;
  if (REGISTER_STATUS_ROUTE && !values.KONG_ADMIN_URL && !values.KONNECT_CONTROL_PLANE_ID)
    problem("KONG_ADMIN_URL", "has to be set where REGISTER_STATUS_ROUTE is");
  if (REGISTER_STATUS_ROUTE && !REGISTER_AGENT_URL && ["0.0.0.0", "::"].includes(HOST))
    problem("REGISTER_AGENT_URL", "has to be set where HOST is every address: Kong needs one of them");
  if (values.RESOLVE_AFTER_S < values.QUIET_AFTER_S) problem("RESOLVE_AFTER_S", "cannot be less than QUIET_AFTER_S");
});

function whyNotMetrics(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return "each has to be an http:// or https:// URL";
  if (url.username !== "" || url.password !== "") return "a URL must not hold a user or password";
  return refuseHost(url.hostname);
}

export type Config = z.infer<typeof environment>;

/** From environment variables; an empty one counts as not set. `NAME_FILE` reads `NAME` from a file, for every secret. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const fileProblems = readFiles(given);
  const result = checked.safeParse(given);
  if (result.success && fileProblems.length === 0) return result.data;
  // Only names and rules, never the values: some are secrets.
  const problems = (result.error?.issues ?? []).map((issue) => `${issue.path.join(".")} ${issue.message}`);
  throw new AgentError("CONFIG_INVALID", {
    problems: [...fileProblems, ...problems].map((line) => `  ${line}`).join("\n"),
  });
}

export const FROM_FILES = [
  "INGEST_KEYS",
  "FEED_SECRET",
  "PROOF_KEY",
  "API_TOKENS",
  "DATABASE_URL",
  "KONG_ADMIN_TOKEN",
  "KONNECT_TOKEN",
  "ANTHROPIC_API_KEY",
  "GITHUB_TOKEN",
  "GIT_TOKEN",
  "WEBHOOK_SECRET",
  "SLACK_BOT_TOKEN",
];

function readFiles(given: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  for (const name of FROM_FILES) {
    const path = given[`${name}_FILE`];
    if (path === undefined || given[name] !== undefined) continue;
    try {
      given[name] = readFileSync(path, "utf8").trim();
    } catch (error) {
      problems.push(`${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
  return problems;
}

function isProofKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "ed25519";
  } catch {
    return false;
  }
}

function jsonOf<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "is not valid JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}
