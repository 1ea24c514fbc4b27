import type { Config, Instance } from "./configure.ts";
import type { Scope, TrafficRecord } from "./contract/ingest.ts";
import { takeHits } from "./decisions.ts";
import type { Outcome } from "./outcome.ts";
import { nextRecordId } from "./record-id.ts";
import { enqueue } from "./report.ts";
import { readScope } from "./scope.ts";
import { type Answers, addAnswer, createAnswers, listAnswers } from "./traffic-answers.ts";

interface Counted {
  instance: Instance;
  record: TrafficRecord;
  answers: Answers;
}

const MAX_ROUTES = 1000;
const OTHERS = "*";

let routes = new LuaTable<string, Counted>();
let size = 0;

const createTraffic = (instance: Instance, scope: Scope): Counted => ({
  instance,
  record: {
    type: "traffic",
    id: "",
    scope,
    window_start: 0,
    window_s: 0,
    requests: 0,
    suspicious: 0,
    stopped: 0,
    clean: 0,
    clean_ok: 0,
    clean_denied: 0,
    errors_service: 0,
    errors_gateway: 0,
  },
  answers: createAnswers(),
});

const findRoute = (instance: Instance, key: string, route?: KongRoute): Counted => {
  const known = routes.get(key);
  if (known !== undefined) return known;
  if (size >= MAX_ROUTES && key !== OTHERS) return findRoute(instance, OTHERS);
  const created = createTraffic(instance, key === OTHERS ? {} : readScope(route));
  routes.set(key, created);
  size += 1;
  return created;
};

/** By another plugin, since this one did not end it. */
const isDenied = (outcome: Outcome): boolean =>
  (outcome.status === 429 || outcome.status === 403) && outcome.answeredBy === "exit";

const addClean = (record: TrafficRecord, outcome: Outcome): void => {
  record.clean += 1;
  if (outcome.status < 400) record.clean_ok += 1;
  else if (isDenied(outcome)) record.clean_denied += 1;
};

const addSuspicious = (record: TrafficRecord, outcome: Outcome): void => {
  record.suspicious += 1;
  if (isDenied(outcome)) record.suspicious_denied = (record.suspicious_denied ?? 0) + 1;
};

/** Counts one request of a route, or of none. */
export const addTraffic = (instance: Instance, outcome: Outcome): void => {
  const { record, answers } = findRoute(instance, outcome.route?.id ?? "", outcome.route);
  record.requests += 1;
  addAnswer(answers, outcome);
  if (outcome.facts?.isInspected === false) record.unsampled = (record.unsampled ?? 0) + 1;
  if (outcome.facts?.uninspected !== undefined) record.uninspected = (record.uninspected ?? 0) + 1;
  if (outcome.isStopped) record.stopped += 1;
  else if (outcome.isSuspicious) addSuspicious(record, outcome);
  else addClean(record, outcome);
  if (outcome.status < 500) return;
  if (outcome.answeredBy === "service") record.errors_service += 1;
  else record.errors_gateway += 1;
};

const flushHits = (config: Config, start: number, length: number): void => {
  const hits = takeHits();
  if (hits === undefined) return;
  enqueue(config, { type: "decision_hits", id: nextRecordId(), window_start: start, window_s: length, hits });
};

/** Hands over what was counted; the next window begins. */
export const flushTraffic = (start: number, length: number): void => {
  const closing = routes;
  routes = new LuaTable();
  size = 0;
  let reporter: Config | undefined;
  for (const [, { instance, record, answers }] of closing) {
    reporter = instance.config;
    record.id = nextRecordId();
    record.window_start = start;
    record.window_s = length;
    record.answers = listAnswers(answers);
    if (answers.proxied > 0) {
      record.upstream_ms = answers.upstream;
      record.total_ms = answers.total;
    }
    enqueue(instance.config, record);
  }
  if (reporter !== undefined) flushHits(reporter, start, length);
};
