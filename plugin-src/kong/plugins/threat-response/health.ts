import { redactText } from "./redact.ts";

/** How often the plugin itself failed in this worker, and among how many requests. */
export interface Failures {
  requests: number;
  failures: number;
  /** Of the last failure: the phase, and the reason without anything a client may have sent. */
  phase: string;
  reason: string;
}

const QUIET_S = 10;
const MAX_REASON = 160;

let failures = 0;
let said = 0;
let requests = 0;
let requestFailures = 0;
let lastPhase = "";
let lastReason: unknown;

/** How often this worker let a request pass because of an error of the plugin itself. */
export const failOpenCount = (): number => failures;

/** A request is over; the hot path of this file. */
export const countServed = (): void => {
  requests += 1;
};

/** What an error says may hold what a client sent. Should the redactor be what is broken, nothing is told. */
const redact = (reason: unknown): string => {
  const [ok, text] = pcall(redactText, tostring(reason), MAX_REASON);
  return ok ? (text as string) : "the reason cannot be shown";
};

/** Counts an error that let a request pass, and says so at most once in ten seconds. */
export const countFailOpen = (phase: string, reason: unknown): void => {
  failures += 1;
  if (phase === "rewrite" || phase === "access" || phase === "log") {
    requestFailures += 1;
    lastPhase = phase;
    lastReason = reason;
  }
  const now = ngx.time();
  if (now - said < QUIET_S) return;
  said = now;
  const text = redact(reason);
  ngx.log(ngx.ERR, "[threat-response] ", phase, " failed, the request was let through (", failures, " so far): ", text);
};

/** What has happened to requests since the last time it was taken. */
export const takeFailures = (): Failures => {
  const taken = { requests, failures: requestFailures, phase: lastPhase, reason: "" };
  if (requestFailures > 0) taken.reason = redact(lastReason);
  requests = 0;
  requestFailures = 0;
  return taken;
};
