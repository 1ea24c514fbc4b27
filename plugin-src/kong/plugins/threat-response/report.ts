import type { Config } from "./configure.ts";
import type { EventRecord } from "./contract/ingest.ts";
import { parseUrl } from "./http-client.ts";
import { countHealth } from "./node-health.ts";
import { logOccasionally } from "./occasional-log.ts";
import { depth, drain, type ReportTarget } from "./report-delivery.ts";
import { createQueue, push } from "./report-queue.ts";

/**
 * Sends records to the agent. Each worker sends its own: nothing has to be handed over, and a worker that dies takes only its own queue
 * along. Requests never wait: `enqueue` writes to a table, a timer does the rest.
 */
const TICK_S = 0.1;
const LAST_WORDS_S = 0.1;

let targets: Record<string, ReportTarget> = {};

function targetKey(config: Config): string {
  return `${config.gateway} ${config.agent.url}`;
}

function findTarget(config: Config): ReportTarget | undefined {
  const { url, key_id, secret } = config.agent;
  if (url === undefined || key_id === undefined || secret === undefined) {
    return undefined;
  }
  const key = targetKey(config);
  const known = targets[key];
  if (known !== undefined) {
    // Rotated secrets and changed limits hold from the next batch on.
    known.agent = config.agent;
    return known;
  }
  const http = parseUrl(url);
  if (http === undefined) {
    logOccasionally(ngx.ERR, "url", "agent.url is not usable; nothing is reported. Expected http(s)://host:port");
    return undefined;
  }
  const created: ReportTarget = {
    gateway: config.gateway,
    agent: config.agent,
    http,
    queue: createQueue(),
    pending: [],
    attempts: 0,
    dueAt: 0,
    isBusy: false,
  };
  targets[key] = created;
  return created;
}

/**
 * Takes a record for the agent of this configuration; without an agent it is forgotten. Never waits, never yields. Records come when
 * their windows end, those of one tick at once, so they leave with the next look at the queue.
 */
export function enqueue(config: Config, record: EventRecord): void {
  const target = findTarget(config);
  if (target === undefined) {
    return;
  }
  const dropped = push(target.queue, record, target.agent.max_queue);
  if (dropped > 0) {
    countHealth("dropped_records", dropped);
    logOccasionally(
      ngx.WARN,
      "dropped",
      `the queue of reports is full (agent.max_queue=${target.agent.max_queue}): the oldest are dropped. Is the agent at ${target.agent.url} up?`,
    );
  }
}

/** All configurations there are now: what waits for an agent that none of them names is dropped and counted. */
export function configureReporting(configs: Config[]): void {
  const kept: Record<string, ReportTarget> = {};
  for (const config of configs) {
    const target = findTarget(config);
    if (target !== undefined) {
      kept[targetKey(config)] = target;
    }
  }
  for (const [key, target] of pairs(targets)) {
    if (kept[key] === undefined) {
      countHealth("dropped_records", depth(target));
    }
  }
  targets = kept;
}

/** Runs in a timer of its own, so that one slow agent does not hold up another. */
function deliver(_premature: boolean, target: ReportTarget): void {
  const [ok, reason] = pcall(drain, target);
  target.isBusy = false;
  if (!ok) {
    logOccasionally(ngx.ERR, "deliver", `reporting failed, will try again: ${reason}`);
  }
}

function isDue(target: ReportTarget, now: number): boolean {
  const isFull = target.attempts === 0 && target.queue.count >= target.agent.max_batch;
  return !target.isBusy && depth(target) > 0 && (isFull || now >= target.dueAt);
}

/** The worker is leaving: one attempt to take along what waits, and what the other last timers still say. */
function deliverLast(): void {
  ngx.sleep(LAST_WORDS_S);
  for (const [, target] of pairs(targets)) {
    if (!target.isBusy) {
      target.isBusy = true;
      deliver(true, target);
    }
  }
}

function tick(premature: boolean): void {
  if (premature) {
    deliverLast();
    return;
  }
  const now = ngx.now();
  for (const [, target] of pairs(targets)) {
    if (isDue(target, now)) {
      target.isBusy = true;
      const [started] = ngx.timer.at(0, deliver, target);
      target.isBusy = started !== undefined && (started as unknown) !== false;
    }
  }
}

/** Once in each worker. */
export function startReporting(): void {
  ngx.timer.every(TICK_S, tick);
}
