import { hasKeys } from "./agent-keys.ts";
import type { Config } from "./configure.ts";
import { FEED_PATH } from "./contract/decision-feed.ts";
import { HEADER_KEY, HEADER_NODE, HEADER_SIGNATURE, HEADER_TIMESTAMP } from "./contract/ingest.ts";
import { type FeedPosition, type FeedReport, readFeed } from "./decision-feed.ts";
import { hasDictionary, readHead } from "./decision-head.ts";
import { touchPieces } from "./decision-pieces.ts";
import { compileSource, type DecisionSource } from "./decision-source.ts";
import {
  clearStore,
  feedPosition,
  isHeadLost,
  noticeHead,
  release,
  tableOfHead,
  takeSpare,
  takeWanted,
} from "./decision-store.ts";
import type { DecisionTable } from "./decision-table.ts";
import { publish } from "./decision-writer.ts";
import { hmacHex } from "./digest.ts";
import { describeAnswer, type HttpResponse, request } from "./http-client.ts";
import { claimLeadership } from "./leader.ts";
import { countHealth } from "./node-health.ts";
import { nodeName } from "./node-identity.ts";
import { logOccasionally, logOver } from "./occasional-log.ts";

/** Asks the agent for decisions, in one worker of the node. Whatever is wrong with an answer, what is in force stays until it expires. */
const TICK_S = 0.2;
/** Makes all pieces of a feed of 50,000 decisions, and as many reserved ones, wait at most some six seconds. */
const TOUCHES_PER_TICK = 100;
const RETRY_FULL_S = 10;
const LONGEST_RETRY_AFTER_S = 60;
const BYTES_PER_DECISION = 512;

/** Some versions of nginx do not look at other events when the wait is 0. */
const PAUSE_S = 0.001;

let source: DecisionSource | undefined;
/** Whether the next answer has to be complete: this worker does not know what is in the store, or judges differently now. */
let needsAll = true;
let isBusy = false;
let nextPollAt = 0;
/** Whether the pieces in the dictionary have to be written again. */
let needsRepair = false;
let holdsSpare = false;

function pause(): void {
  ngx.sleep(PAUSE_S);
}

/** All configurations there are now. Without an agent the decisions end. */
export function configurePolling(configs: Config[]): void {
  const next = compileSource(configs);
  if (next === undefined && source !== undefined) {
    clearStore();
  }
  needsAll = needsAll || next?.identity !== source?.identity;
  source = next;
}

/** Decisions of another gateway's feed have no place in this one's order. */
function knownPosition(from: DecisionSource): FeedPosition {
  const position = feedPosition();
  return position.gateway === from.gateway ? position : { epoch: 0, sequence: 0 };
}

function fetchFeed(
  from: DecisionSource,
  after: FeedPosition,
): LuaMultiReturn<[HttpResponse | undefined, (string | undefined)?]> {
  const path = string.format("%s?gateway=%s&after=%d.%d", FEED_PATH, from.gateway, after.epoch, after.sequence);
  const node = nodeName();
  const timestamp = string.format("%d", ngx.time());
  return request(from.http, {
    method: "GET",
    path,
    headers: {
      [HEADER_NODE]: node,
      [HEADER_KEY]: from.agent.key_id as string,
      [HEADER_TIMESTAMP]: timestamp,
      [HEADER_SIGNATURE]: `v1=${hmacHex(from.agent.secret as string, `feed\n${timestamp}\n${node}\n${path}`)}`,
    },
    timeoutMs: from.agent.timeout_ms,
    totalMs: from.agent.timeout_ms * 5,
    verifyCertificate: from.agent.ssl_verify,
    maxBodyBytes: from.agent.max_decisions * BYTES_PER_DECISION + 4096,
  });
}

function refuse(reason: string | undefined): void {
  countHealth("feed_rejected", 1);
  logOccasionally(ngx.ERR, "feed", `refused the decision feed, what is in force stays until it expires: ${reason}`);
}

/** The table for the next feed; undefined while this worker still gets what another one has written. */
function claimSpare(): DecisionTable | undefined {
  const table = takeSpare();
  holdsSpare = table !== undefined;
  return table;
}

function bringIntoForce(table: DecisionTable): void {
  if (!publish(table, pause)) {
    nextPollAt = ngx.now() + RETRY_FULL_S;
    const message = "lua_shared_dict threat_response is too small for the decision feed: enlarge it";
    logOccasionally(ngx.WARN, "full", `${message}. What is in force stays until it expires`);
  }
}

/** Writes again what this worker has, or gets it anew when it has not. */
function repair(): void {
  needsRepair = false;
  const table = tableOfHead();
  if (table === undefined) {
    needsAll = true;
  } else if (claimSpare() === undefined) {
    needsRepair = true;
  } else {
    bringIntoForce(table);
  }
}

function tellRefused(report: FeedReport): void {
  if (report.refused > 0) {
    countHealth("decisions_refused", report.refused);
    const message = `refused ${report.refused} decisions of the feed, one because: ${report.refusal}`;
    logOccasionally(ngx.WARN, "refused", message);
  }
}

/** Whether the feed was taken. */
function takeFeed(from: DecisionSource, response: HttpResponse, table: DecisionTable): boolean {
  const expected = {
    gateway: from.gateway,
    secret: from.agent.feed_secret as string,
    now: ngx.time(),
    maxDecisions: from.agent.max_decisions,
    known: knownPosition(from),
    spared: from.spared,
  };
  const [report, problem] = readFeed(table, response.chunks, response.headers[HEADER_SIGNATURE], expected, pause);
  if (report === undefined) {
    refuse(problem);
    return false;
  }
  tellRefused(report);
  // The configuration may have changed while this took its time; then the next poll counts.
  if (from.identity !== source?.identity) {
    return false;
  }
  bringIntoForce(table);
  return true;
}

function poll(from: DecisionSource): void {
  if (!hasKeys(from.agent)) return;
  const [response, failure] = fetchFeed(from, needsAll ? { epoch: 0, sequence: 0 } : knownPosition(from));
  if (response === undefined) {
    logOccasionally(ngx.WARN, "poll", `cannot get decisions, will try again: ${failure}`);
    return;
  }
  if (response.status === 200 || response.status === 304) logOver("poll", "gets decisions from the agent again");
  if (response.status === 200) {
    const table = claimSpare();
    if (table !== undefined && takeFeed(from, response, table)) {
      needsAll = false;
    }
  } else if (response.status !== 304) {
    const asked = tonumber(response.headers["retry-after"] ?? "0") ?? 0;
    nextPollAt = Math.max(nextPollAt, ngx.now() + Math.min(asked, LONGEST_RETRY_AFTER_S));
    logOccasionally(ngx.WARN, "poll", `cannot get decisions, will try again: ${describeAnswer(response)}`);
  }
}

function work(_premature: boolean, from: DecisionSource): void {
  const [ok, reason] = pcall(needsRepair ? repair : poll, from);
  isBusy = false;
  if (holdsSpare) {
    holdsSpare = false;
    release();
  }
  if (!ok) {
    logOccasionally(ngx.ERR, "poll", `polling for decisions failed, will try again: ${reason}`);
  }
}

/** In a full dictionary what was idle for longest has to go: that must not be decisions. */
function keepPieces(): void {
  if (hasDictionary) {
    const isWhole = touchPieces(readHead(), TOUCHES_PER_TICK);
    needsRepair = takeWanted() || isHeadLost() || !isWhole || needsRepair;
  }
}

function startWork(from: DecisionSource): void {
  const now = ngx.now();
  if (!isBusy && (now >= nextPollAt || needsRepair)) {
    isBusy = true;
    nextPollAt = now + from.agent.poll_interval_s;
    const [started] = ngx.timer.at(0, work, from);
    isBusy = started !== undefined && (started as unknown) !== false;
  }
}

function tick(premature: boolean): void {
  if (premature || source === undefined) {
    return;
  }
  noticeHead();
  if (claimLeadership("feed")) {
    keepPieces();
    startWork(source);
  } else {
    // What another worker polls for and writes may be judged differently.
    needsAll = true;
  }
}

/** Once in each worker. Looking after the leadership is quick and apart from polling, so that a slow agent does not cost it. */
export function startPolling(): void {
  ngx.timer.every(TICK_S, tick);
}
