import { reporterConfig, shortestFlush } from "./configure.ts";
import { isShared } from "./counters.ts";
import { startDecisions } from "./decisions.ts";
import { checkRoom } from "./dictionary-room.ts";
import { tickErrors } from "./error-watch.ts";
import { flushGood } from "./evidence.ts";
import { checkFailOpen } from "./fail-open.ts";
import { countFailOpen } from "./health.ts";
import { flushIncidents } from "./incident.ts";
import { syncLearnedLogins } from "./learned-logins.ts";
import { startLearnedPoll } from "./learning/learned-poll.ts";
import { reportBaselines } from "./learning/report-baselines.ts";
import { flushLearned } from "./learning/report-learned.ts";
import { tickGuards } from "./logins/guard.ts";
import { startReporting } from "./report.ts";
import { flushRequests } from "./request-sample.ts";
import { TICK_S, tickRates } from "./route-rate.ts";
import { flushTraffic } from "./traffic.ts";

/** The windows of what is reported: as long as the configuration says, at least a second. */
let windowStart = 0;

const flush = (now: number): void => {
  const length = math.floor((now - windowStart) * 1000 + 0.5) / 1000;
  flushIncidents(windowStart, length);
  flushTraffic(windowStart, length);
  windowStart = now;
};

const tick = (isLast: boolean): void => {
  const now = ngx.now();
  if (windowStart === 0) windowStart = now;
  tickGuards(now);
  flushGood();
  syncLearnedLogins();
  tickErrors(now);
  checkFailOpen(reporterConfig(), now);
  checkRoom(now);
  flushLearned(reporterConfig(), now, isLast);
  reportBaselines(reporterConfig(), now);
  flushRequests(now, isLast);
  if (isLast || now - windowStart >= shortestFlush()) flush(now);
};

const tickGuarded = (premature: boolean): void => {
  const [ok, reason] = pcall(tick, premature);
  if (!ok) countFailOpen("timer", reason);
};

const rate = (): void => tickRates(ngx.now());

const rateGuarded = (): void => {
  const [ok, reason] = pcall(rate);
  if (!ok) countFailOpen("timer", reason);
};

/** Once in each worker. */
export const startTimers = (): void => {
  if (!isShared && ngx.worker.id() === 0) {
    ngx.log(
      ngx.WARN,
      "[threat-response] nginx has no shared dictionary 'threat_response': each worker counts for itself. ",
      "Set KONG_NGINX_HTTP_LUA_SHARED_DICT='threat_response 64m'",
    );
  }
  ngx.timer.every(1, tickGuarded);
  ngx.timer.every(TICK_S, rateGuarded);
  startReporting();
  startDecisions();
  startLearnedPoll();
};
