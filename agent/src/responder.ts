import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { endAction, undoAction } from "./actions/end.ts";
import { END_JOB, RESPOND_JOB } from "./actions/record.ts";
import { APPROVAL_JOB } from "./approvals/ask.ts";
import { type Answer, approve, expireApproval, reject, voidApprovals } from "./approvals/decide-approval.ts";
import type { Approval } from "./approvals/read.ts";
import { appendAudit, said } from "./audit/append.ts";
import { createClaudeAdvisor } from "./classification/claude.ts";
import { AdminApiError, createDriver, type GatewayConfig, type GatewayDriver } from "./drivers/index.ts";
import type { JobKind } from "./jobs/job-kind.ts";
import type { Metrics } from "./metrics.ts";
import type { Channel } from "./notification/channel.ts";
import { createLogChannel } from "./notification/log-channel.ts";
import { deliverOutbox, OUTBOX_EVERY_MS, OUTBOX_JOB } from "./notification/outbox.ts";
import { createSlackChannel } from "./notification/slack-channel.ts";
import { createWebhookChannel } from "./notification/webhook-channel.ts";
import { createReplays, type Replay } from "./planning/create-replays.ts";
import { createReview } from "./planning/create-review.ts";
import { type PlanToPreview, previewOf } from "./planning/preview-of.ts";
import { mayActOf, openPolicyFile, type Policy, type Rails, type Reviewed, recordPolicy } from "./policy/index.ts";
import { endLeftovers, LEFTOVERS_EVERY_MS, LEFTOVERS_JOB } from "./reconciliation/end-leftovers.ts";
import { RECONCILE_EVERY_MS, RECONCILE_JOB, reconcile } from "./reconciliation/reconcile.ts";
import { type RegistrationConfig, registrationJobs } from "./registration/job.ts";
import { respond } from "./respond.ts";
import type { DriverState } from "./response-engine.ts";
import type { ResponseLog, ResponseParts } from "./response-parts.ts";
import { createRollback, type RollbackConfig } from "./rollback/create-rollback.ts";
import type { PublicProofKey } from "./rollback/live/proof-keys.ts";
import type { Action } from "./store/actions.ts";
import type { Db } from "./store/db.ts";
import { enqueueJob } from "./store/jobs.ts";
import type { Rollback } from "./store/rollbacks.ts";
import type { KillSwitchMode } from "./store/schema.ts";
import { VERIFY_JOB } from "./verification/settings.ts";
import { verifyIncident } from "./verification/verify.ts";

/** The members of the agent's configuration that matter here. */
export interface ResponderConfig extends GatewayConfig, RegistrationConfig, RollbackConfig {
  DRY_RUN: boolean;
  POLICY_FILE?: string | undefined;
  ANTHROPIC_API_KEY?: string | undefined;
  ANTHROPIC_BASE_URL?: string | undefined;
  ANTHROPIC_MODEL?: string | undefined;
  WEBHOOK_URL?: string | undefined;
  WEBHOOK_SECRET?: string | undefined;
  SLACK_BOT_TOKEN?: string | undefined;
  SLACK_CHANNEL?: string | undefined;
  SLACK_API_URL?: string | undefined;
  PUBLIC_URL?: string | undefined;
  PATH_PREFIX?: string | undefined;
  KILL_SWITCH?: KillSwitchMode | undefined;
  KILL_SWITCH_FILE?: string | undefined;
}

export interface ResponderOptions {
  config: ResponderConfig;
  db: Db;
  log: ResponseLog;
  metrics?: Metrics;
  wake: () => void;
  /** Where the agent listens; it is asked only when the agent does. */
  ownUrl: () => string;
}

export interface Responder {
  kinds: readonly JobKind[];
  undo(actionId: string, by: string): Promise<Action>;
  driver(): Promise<DriverState>;
  claude: { enabled: boolean; model: string | null };
  policyHash(): string;
  approve(approvalId: string, answer: Answer): Promise<Approval>;
  reject(approvalId: string, answer: Answer): Promise<Approval>;
  preview(plan: PlanToPreview): Promise<Reviewed>;
  replay: Replay;
  undoRollback(rollbackId: string, by: string): Promise<Rollback>;
  rotateProofKey(by: string): Promise<PublicProofKey[]>;
  /** Puts the policy in force into the audit; before anything else is done. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Builds the response half of the agent. Throws `PolicyError` when the policy cannot be used. */
export function createResponder({ config, db, log, metrics, wake, ownUrl }: ResponderOptions): Responder {
  const policy = openPolicyFile(config.POLICY_FILE ?? defaultPolicyFile(), (text, error) => {
    if (error !== null) return log.warn({ error: error.message }, text);
    log.info({}, text);
    takeForce(parts).catch((cause: Error) => log.warn({ error: cause.message }, "The policy is not in the audit yet"));
  });
  const driver = createDriver(config, { db, onAlarm: alarmOf(config, db, log, metrics) });
  const advisor = advisorOf(config, db, policy.current, wake);
  const parts: ResponseParts = {
    db,
    gateway: config.GATEWAY_NAME,
    dryRun: config.DRY_RUN,
    policy: policy.current,
    mayAct: mayActOf({
      db,
      gateway: config.GATEWAY_NAME,
      file: config.KILL_SWITCH_FILE,
      environment: config.KILL_SWITCH,
    }),
    driver,
    advisor,
    channels: channelsOf(config, db, log),
    get publicUrl() {
      return config.PUBLIC_URL?.replace(/\/+$/, "") ?? `${ownUrl()}${config.PATH_PREFIX ?? ""}`;
    },
    log,
    wake,
    now: Date.now,
  };
  const review = createReview(parts);
  parts.review = review;
  const { kinds, ...rollbacks } = createRollback(parts, config);
  return {
    kinds: [...jobKinds(parts), ...registrationJobs(config, parts, ownUrl), ...kinds],
    ...rollbacks,
    undo: (actionId, by) => undoAction(parts, actionId, by),
    driver: () => stateOf(createDriver(config, { timeout_ms: 2_000, retries: 0 })),
    claude: { enabled: advisor !== null, model: advisor?.model ?? null },
    policyHash: () => policy.current().hash,
    approve: (id, answer) => approve(parts, id, answer),
    reject: (id, answer) => reject(parts, id, answer),
    preview: (plan) => previewOf(db, review, plan),
    replay: createReplays(parts),
    start: () => takeForce(parts),
    close: async () => policy.close(),
  };
}

function jobKinds(parts: ResponseParts): JobKind[] {
  return [
    { kind: RESPOND_JOB, run: (job) => respond(parts, job.key) },
    { kind: VERIFY_JOB, run: (job) => verifyIncident(parts, job.key) },
    { kind: END_JOB, run: (job) => endAction(parts, job.key) },
    { kind: RECONCILE_JOB, everyMs: RECONCILE_EVERY_MS, atStart: true, run: async () => void (await reconcile(parts)) },
    { kind: APPROVAL_JOB, run: (job) => expireApproval(parts, job.key) },
    {
      kind: LEFTOVERS_JOB,
      everyMs: LEFTOVERS_EVERY_MS,
      atStart: true,
      run: async () => void (await endLeftovers(parts)),
    },
    { kind: OUTBOX_JOB, everyMs: OUTBOX_EVERY_MS, run: () => deliverOutbox(parts) },
  ];
}

/** A gateway does not follow what was written to it: somebody has to look. */
function alarmOf({ GATEWAY_NAME: gateway }: ResponderConfig, db: Db, log: ResponseLog, metrics: Metrics | undefined) {
  return (detail: string) => {
    log.warn({ gateway, detail }, "The gateway does not follow what was written to it");
    metrics?.gatewayAlarms.inc();
    const entry = {
      at: Date.now(),
      gateway,
      actor: "agent",
      kind: "gateway.alarm",
      data: { detail: said(detail) },
    } as const;
    appendAudit(db, entry).catch((error: Error) => log.warn({ error: error.message }, "The alarm is not in the audit"));
  };
}

/** Into the audit, and what was asked for under the former policy is void. */
async function takeForce(parts: ResponseParts): Promise<void> {
  const policy = parts.policy();
  if (!(await recordPolicy(parts.db, parts.gateway, policy, parts.now()))) return;
  await voidApprovals(
    parts,
    { gateway: parts.gateway, otherThan: policy.hash },
    `the policy changed to ${policy.hash}`,
  );
}

function advisorOf(
  {
    ANTHROPIC_API_KEY: apiKey,
    ANTHROPIC_BASE_URL: baseURL,
    ANTHROPIC_MODEL: model,
    GATEWAY_NAME: gateway,
  }: ResponderConfig,
  db: Db,
  policy: () => Policy,
  wake: () => void,
) {
  if (apiKey === undefined) return null;
  return createClaudeAdvisor({
    db,
    gateway,
    apiKey,
    baseURL,
    model,
    onAdvice: (incident) => void enqueueJob(db, { kind: RESPOND_JOB, key: incident }).then(wake, () => undefined),
    limits: () => modelLimits(policy().document.rails),
  });
}

function modelLimits({ reserved, max_model_calls_per_hour, max_model_calls_per_day }: Rails) {
  return {
    hour: { most: max_model_calls_per_hour, reserved },
    day: { most: max_model_calls_per_day, reserved },
  };
}

function channelsOf(config: ResponderConfig, db: Db, log: ResponseLog): Channel[] {
  const { WEBHOOK_URL, WEBHOOK_SECRET, SLACK_BOT_TOKEN: token, SLACK_CHANNEL: channel, SLACK_API_URL: apiUrl } = config;
  const channels = [createLogChannel(log)];
  if (WEBHOOK_URL !== undefined && WEBHOOK_SECRET !== undefined) {
    channels.push(createWebhookChannel({ url: WEBHOOK_URL, secret: WEBHOOK_SECRET }));
  }
  if (token !== undefined && channel !== undefined) channels.push(createSlackChannel({ db, token, channel, apiUrl }));
  return channels;
}

async function stateOf(driver: GatewayDriver | null): Promise<DriverState> {
  if (driver === null) {
    const detail = "no Admin API is configured; decisions still work";
    return { name: "none", ok: true, detail, cannot: ["be configured: set KONG_ADMIN_URL, or Konnect's settings"] };
  }
  try {
    const { version, kind, writable, cannot } = await driver.probe();
    return { name: kind, ok: true, detail: writable ? `Kong ${version}` : `Kong ${version}: decisions only`, cannot };
  } catch (error) {
    const remedy = error instanceof AdminApiError ? ` (${error.remedy})` : "";
    return { name: "unknown", ok: false, detail: `${(error as Error).message}${remedy}`, cannot: [] };
  }
}

/** Beside the sources, or (built) where the package has it. */
export function defaultPolicyFile(): string {
  const candidates = ["../policy.yaml", "../../../agent/policy.yaml"].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return candidates.find((path) => existsSync(path)) ?? candidates[0] ?? "policy.yaml";
}
