import type { Config } from "./configure.ts";
import { FEED_PATH } from "./contract/decision-feed.ts";
import { HEADER_KEY, HEADER_NODE, HEADER_SIGNATURE, HEADER_TIMESTAMP } from "./contract/ingest.ts";
import { type Feed, type FeedPosition, readFeed } from "./decision-feed.ts";
import { compileSource, type DecisionSource } from "./decision-source.ts";
import { clearStore, readHead } from "./decision-store.ts";
import { writeFeed } from "./decision-writer.ts";
import { hmacHex } from "./digest.ts";
import { type HttpResponse, request } from "./http-client.ts";
import { claimLeadership } from "./leader.ts";
import { countHealth } from "./node-health.ts";
import { nodeName } from "./node-identity.ts";
import { logOccasionally } from "./occasional-log.ts";

/** Asks the agent for decisions, in one worker of the node. Whatever is wrong with an answer, what is in force stays until it expires. */
const TICK_S = 0.2;
const REFRESH_S = 5;
const LONGEST_RETRY_AFTER_S = 60;
const BYTES_PER_DECISION = 512;

/** Some versions of nginx do not look at other events when the wait is 0. */
const PAUSE_S = 0.001;

/** What this worker has written last. */
let written: Feed | undefined;
let source: DecisionSource | undefined;
/** Whether the next answer has to be complete: this worker does not know what is in the store, or judges differently now. */
let needsAll = true;
let isBusy = false;
let nextPollAt = 0;
let nextRefreshAt = 0;

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
  const head = readHead();
  return head.gateway === from.gateway ? head : { epoch: 0, sequence: 0 };
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
      [HEADER_KEY]: from.keyId,
      [HEADER_TIMESTAMP]: timestamp,
      [HEADER_SIGNATURE]: `v1=${hmacHex(from.secret, `feed\n${timestamp}\n${node}\n${path}`)}`,
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

function store(feed: Feed): void {
  const fits = writeFeed(feed, written, pause);
  written = feed;
  nextRefreshAt = ngx.now() + REFRESH_S;
  if (!fits) {
    logOccasionally(ngx.WARN, "full", "lua_shared_dict threat_response is too small for these decisions: enlarge it");
  }
}

/** In a full dictionary what was idle for longest has to go: decisions are written again so often that others go first. */
function refresh(): void {
  if (written !== undefined && written.taken > 0 && !needsAll && ngx.now() >= nextRefreshAt) {
    store(written);
  }
}

/** Whether the feed was taken. */
function takeFeed(from: DecisionSource, response: HttpResponse): boolean {
  const expected = {
    gateway: from.gateway,
    secret: from.feedSecret,
    now: ngx.time(),
    maxDecisions: from.agent.max_decisions,
    known: knownPosition(from),
    spared: from.spared,
  };
  const [feed, problem] = readFeed(response.chunks, response.headers[HEADER_SIGNATURE], expected, pause);
  if (feed === undefined) {
    refuse(problem);
    return false;
  }
  if (feed.refused > 0) {
    countHealth("decisions_refused", feed.refused);
    logOccasionally(ngx.WARN, "refused", `refused ${feed.refused} decisions of the feed, one because: ${feed.refusal}`);
  }
  // The configuration may have changed while this took its time; then the next poll counts.
  if (from.identity !== source?.identity) {
    return false;
  }
  store(feed);
  return true;
}

function poll(from: DecisionSource): void {
  const isWhole = needsAll;
  const [response, failure] = fetchFeed(from, isWhole ? { epoch: 0, sequence: 0 } : knownPosition(from));
  if (response === undefined) {
    logOccasionally(ngx.WARN, "poll", `cannot get decisions, will try again: ${failure}`);
    return;
  }
  if (response.status === 200) {
    if (takeFeed(from, response)) {
      needsAll = false;
    }
  } else if (response.status !== 304) {
    const asked = tonumber(response.headers["retry-after"] ?? "0") ?? 0;
    nextPollAt = Math.max(nextPollAt, ngx.now() + Math.min(asked, LONGEST_RETRY_AFTER_S));
    logOccasionally(
      ngx.WARN,
      "poll",
      `cannot get decisions, the agent answers ${response.status}; for 401 compare key_id and secret`,
    );
  }
}

function work(_premature: boolean, from: DecisionSource): void {
  const [ok, reason] = pcall(poll, from);
  pcall(refresh);
  isBusy = false;
  if (!ok) {
    logOccasionally(ngx.ERR, "poll", `polling for decisions failed, will try again: ${reason}`);
  }
}

function tick(premature: boolean): void {
  if (premature || source === undefined) {
    return;
  }
  if (!claimLeadership("feed")) {
    // Another worker writes now; what this one wrote is of no use to anybody.
    needsAll = true;
    written = undefined;
    return;
  }
  const now = ngx.now();
  if (!isBusy && now >= nextPollAt) {
    isBusy = true;
    nextPollAt = now + source.agent.poll_interval_s;
    const [started] = ngx.timer.at(0, work, source);
    isBusy = started !== undefined && (started as unknown) !== false;
  }
}

/** Once in each worker. Looking after the leadership is quick and apart from polling, so that a slow agent does not cost it. */
export function startPolling(): void {
  ngx.timer.every(TICK_S, tick);
}
