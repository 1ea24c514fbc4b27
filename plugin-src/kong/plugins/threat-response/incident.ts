import type { Instance } from "./configure.ts";
import type { Verdict } from "./contract/categories.ts";
import type { IncidentRecord, Sample, Scope, SubjectKind } from "./contract/ingest.ts";
import { addDistinct, countDistinct, createDistinct, type Distinct } from "./distinct.ts";
import { countGood } from "./evidence.ts";
import { logOccasionally } from "./occasional-log.ts";
import { nextRecordId } from "./record-id.ts";
import { redactPath, redactText } from "./redact.ts";
import { enqueue } from "./report.ts";
import type { Finding } from "./score.ts";
import { addTop, createTop, listTop, type TopSources } from "./top-sources.ts";
import { STRENGTH } from "./verdict.ts";

/** One request that was evidence, as it stands when it is over. */
export interface Evidence {
  at: number;
  ip: string;
  /** What the address is counted by. */
  key: string;
  method: string;
  path: string;
  userAgent: string;
  status: number;
  /** Keyed hash; empty without a login attempt. */
  user: string;
  isFailedLogin: boolean;
  /** This plugin ended the request. */
  isStopped: boolean;
  verdict: Verdict;
  scope: Scope;
}

interface Open {
  instance: Instance;
  record: IncidentRecord;
  key: string;
  users: Distinct;
  ips: Distinct;
  top: TopSources;
  /** Users known to have been tried before the record began. */
  priorUsers: number;
}

const MAX_OPEN = 1000;
const MAX_SAMPLES = 3;
const MAX_REASONS = 5;

let open = new LuaTable<string, Open>();
let size = 0;
let collapsed = 0;

/** What is only tried out is reported as what was only monitored. */
const modeOf = (instance: Instance, finding: Finding): string =>
  finding.isTrial === true ? "monitor" : instance.config.mode;

const createRecord = (instance: Instance, finding: Finding, kind: SubjectKind, value: string, now: number): Open => {
  const record: IncidentRecord = {
    type: "incident",
    id: nextRecordId(),
    category: finding.category,
    detector: finding.detector,
    subject: { kind, value },
    scope: {},
    mode: modeOf(instance, finding),
    window_start: now,
    window_s: 0,
    first_at: now,
    last_at: now,
    requests: 0,
    passed: 0,
    stopped: 0,
    failures: 0,
    distinct_users: 0,
    distinct_ips: 0,
    good: 0,
    score: 0,
    verdict: "allow",
    reasons: [],
    samples: [],
    sources: [],
  };
  return { instance, record, key: "", users: createDistinct(), ips: createDistinct(), top: createTop(), priorUsers: 0 };
};

const findOpen = (instance: Instance, finding: Finding, now: number): Open => {
  const owner = `${instance.config.gateway}|${modeOf(instance, finding)}|${finding.category}`;
  const isFull = size >= MAX_OPEN;
  const subject = `${owner}|${finding.subject}|${finding.value}`;
  const known = open.get(subject);
  if (known !== undefined) return known;
  const kind = isFull ? "gateway" : finding.subject;
  const name = isFull ? `${owner}|gateway|*` : subject;
  if (isFull) collapsed += 1;
  const found = open.get(name);
  if (found !== undefined) return found;
  const created = createRecord(instance, finding, kind, isFull ? "*" : finding.value, now);
  open.set(name, created);
  size += 1;
  return created;
};

const takeSample = (finding: Finding, evidence: Evidence): Sample => {
  const sample: Sample = {
    at: evidence.at,
    ip: evidence.ip,
    method: redactText(evidence.method, 20),
    path: redactPath(evidence.path),
    user_agent: redactText(evidence.userAgent, 120),
    status: evidence.status,
    score: finding.score,
  };
  if (finding.field !== undefined) sample.field = finding.field;
  if (finding.window !== undefined) sample.window = finding.window;
  return sample;
};

const addPrior = (entry: Open, prior: { failures: number; users: number }): void => {
  const { record } = entry;
  record.requests += prior.failures;
  record.passed += prior.failures;
  record.failures += prior.failures;
  entry.priorUsers = Math.max(entry.priorUsers, prior.users);
};

const addReason = (reasons: string[], reason: string): void => {
  for (const known of reasons) {
    if (known === reason) return;
  }
  if (reasons.length < MAX_REASONS) reasons.push(reason);
};

const addCounts = (record: IncidentRecord, finding: Finding, evidence: Evidence): void => {
  record.requests += 1;
  if (evidence.isStopped) record.stopped += 1;
  else record.passed += 1;
  if (evidence.isFailedLogin) record.failures += 1;
  record.last_at = Math.max(record.last_at, evidence.at);
  record.first_at = Math.min(record.first_at, evidence.at);
  if (finding.score > record.score) {
    record.score = finding.score;
    if (finding.detector !== "source") record.detector = finding.detector;
    if (finding.class !== undefined) record.class = finding.class;
  }
  if (STRENGTH[evidence.verdict] > STRENGTH[record.verdict as Verdict]) record.verdict = evidence.verdict;
};

/** Adds a finding to the open record of its category and subject. */
export const addIncident = (instance: Instance, finding: Finding, evidence: Evidence): void => {
  const entry = findOpen(instance, finding, evidence.at);
  const { record } = entry;
  if (record.requests === 0) {
    record.scope = evidence.scope;
    entry.key = evidence.key;
  } else if (record.scope.route_id !== evidence.scope.route_id) record.scope = {};
  addCounts(record, finding, evidence);
  if (finding.prior !== undefined) addPrior(entry, finding.prior);
  if (finding.configuredAt !== undefined) record.configured_at = finding.configuredAt;
  addReason(record.reasons, finding.reason);
  if (record.samples.length < MAX_SAMPLES) record.samples.push(takeSample(finding, evidence));
  addDistinct(entry.ips, evidence.ip);
  if (evidence.user !== "") addDistinct(entry.users, evidence.user);
  addTop(entry.top, evidence.ip);
};

const close = (entry: Open, start: number, length: number): IncidentRecord => {
  const { record } = entry;
  record.window_start = start;
  record.window_s = length;
  record.distinct_ips = countDistinct(entry.ips);
  record.distinct_users = Math.max(entry.priorUsers, countDistinct(entry.users));
  record.sources = listTop(entry.top);
  if (record.subject.kind === "ip") record.good = countGood(entry.instance, entry.key);
  return record;
};

/** Hands over all open records; the next window begins. */
export const flushIncidents = (start: number, length: number): void => {
  if (size === 0) return;
  if (collapsed > 0) {
    const message = `too many incidents at once: ${collapsed} pieces of evidence went into one record of their category`;
    logOccasionally(ngx.WARN, "collapsed", message);
    collapsed = 0;
  }
  const closing = open;
  open = new LuaTable();
  size = 0;
  for (const [, entry] of closing) enqueue(entry.instance.config, close(entry, start, length));
};
