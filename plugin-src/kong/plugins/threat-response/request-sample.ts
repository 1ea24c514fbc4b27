import { type Instance, reporterConfig } from "./configure.ts";
import { MAX_SAMPLED } from "./contract/ingest.ts";
import type { Outcome } from "./outcome.ts";
import { nextRecordId } from "./record-id.ts";
import { enqueue } from "./report.ts";
import { describeRequest, type KeptRequest, keepRequest } from "./request-descriptor.ts";

/**
 * A sample of this worker's requests, each as likely as any other, for the agent to try plans on. Which request is the next of the sample is drawn
 * beforehand (algorithm L of Li, 1994), so that all others cost a comparison.
 */
const WINDOW_S = 5;
const { exp, floor, log, random } = math;
const { gsub } = string;

let kept: KeptRequest[] = [];
let seen = 0;
let next = 1;
let limit = 0;
/** The largest of the random numbers that the requests in a full sample would have drawn. */
let largest = 1;
let windowStart = 0;

/** Never 0, whose logarithm there is not. */
const draw = (): number => 1 - random();

const drawNext = (): void => {
  if (kept.length < limit) {
    next = seen + 1;
    return;
  }
  largest *= exp(log(draw()) / limit);
  next = seen + 1 + floor(log(draw()) / log(1 - largest));
};

const isReported = (instance: Instance): boolean => {
  const { url } = instance.config.agent;
  return url !== undefined && url === reporterConfig()?.agent.url;
};

/** Over a Unix socket a client has no address, and the agent takes no request without one. */
const hasAddress = (outcome: Outcome): boolean => outcome.source.binary !== "";

let taking: Instance | undefined;
let taken: Outcome | undefined;

const take = (): string => {
  const instance = taking as Instance;
  const outcome = taken as Outcome;
  limit = Math.min(instance.config.agent.request_sample, MAX_SAMPLED);
  if (limit > 0 && isReported(instance) && hasAddress(outcome)) {
    const request = keepRequest(instance, outcome);
    if (kept.length < limit) kept.push(request);
    else kept[floor(random() * kept.length)] = request;
    drawNext();
  } else next = seen + 1;
  return "";
};

/**
 * LuaJIT cannot compile what it takes to describe a request, and would give up on the whole way of a request when it meets that while recording. Behind
 * a C function it does not see it.
 */
const takeUnseen = (instance: Instance, outcome: Outcome): void => {
  taking = instance;
  taken = outcome;
  gsub("x", "x", take);
  taking = undefined;
  taken = undefined;
};

export const sampleRequest = (instance: Instance, outcome: Outcome): void => {
  seen += 1;
  if (seen >= next) takeUnseen(instance, outcome);
};

const begin = (now: number): void => {
  kept = [];
  seen = 0;
  next = 1;
  largest = 1;
  windowStart = now;
};

/** Hands the sample over when its window is over. */
export const flushRequests = (now: number, isLast: boolean): void => {
  if (!isLast && now - windowStart < WINDOW_S) return;
  const config = reporterConfig();
  if (config !== undefined && kept.length > 0 && windowStart > 0) {
    const requests = [];
    for (const request of kept) requests.push(describeRequest(request));
    const weight = Math.max(1, seen / kept.length);
    const window_s = floor((now - windowStart) * 1000 + 0.5) / 1000;
    enqueue(config, { type: "requests", id: nextRecordId(), window_start: windowStart, window_s, weight, requests });
  }
  begin(now);
};
