import type { Config } from "./configure.ts";
import type { IncidentRecord } from "./contract/ingest.ts";
import { takeFailures } from "./health.ts";
import { nextRecordId } from "./record-id.ts";
import { enqueue } from "./report.ts";

/**
 * A plugin that lets requests pass because it fails itself protects nobody, and silence would hide it: more than a thousandth of the requests of a
 * window is an incident of its own. It is about the gateway, and reported as only monitored, since no measure against clients helps.
 */
const MAX_SHARE = 0.001;
const MIN_FAILURES = 3;
const WINDOW_S = 10;
/** So long a few failures among few requests may add up. */
const LONGEST_WINDOW_S = 60;
const DETECTOR = "fail_open";
const SCORE = 80;

interface Window {
  start: number;
  requests: number;
  failures: number;
  phase: string;
  reason: string;
}

let open: Window = { start: 0, requests: 0, failures: 0, phase: "", reason: "" };

const begin = (now: number): void => {
  open = { start: now, requests: 0, failures: 0, phase: "", reason: "" };
};

/** Pure: whether so many failures among so many requests are an incident. */
export const isTooOften = (failures: number, requests: number): boolean =>
  failures >= MIN_FAILURES && failures > MAX_SHARE * requests;

const build = (window: Window, now: number): IncidentRecord => ({
  type: "incident",
  id: nextRecordId(),
  category: "route_misconfig",
  detector: DETECTOR,
  subject: { kind: "gateway", value: "*" },
  scope: {},
  mode: "monitor",
  window_start: window.start,
  window_s: Math.max(1, now - window.start),
  first_at: window.start,
  last_at: now,
  requests: window.failures,
  passed: window.failures,
  stopped: 0,
  failures: 0,
  distinct_users: 0,
  distinct_ips: 0,
  good: 0,
  score: SCORE,
  verdict: "allow",
  reasons: [
    `the plugin failed on ${window.failures} of ${Math.max(window.requests, window.failures)} requests and let them pass`,
    `${window.phase}: ${window.reason}`,
  ],
  samples: [],
  sources: [],
});

/** Once a second or so: adds what has happened since, and reports it through `config` when it is too much. */
export const checkFailOpen = (config: Config | undefined, now: number): void => {
  if (open.start === 0) begin(now);
  const taken = takeFailures();
  open.requests += taken.requests;
  open.failures += taken.failures;
  if (taken.failures > 0) {
    open.phase = taken.phase;
    open.reason = taken.reason;
  }
  const age = now - open.start;
  if (age < WINDOW_S) return;
  const isIncident = isTooOften(open.failures, open.requests);
  if (isIncident && config !== undefined) enqueue(config, build(open, now));
  if (isIncident || open.failures === 0 || age >= LONGEST_WINDOW_S) begin(now);
};
