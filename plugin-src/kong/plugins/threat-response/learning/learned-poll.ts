import { hasKeys } from "../agent-keys.ts";
import { type Config, reporterConfig } from "../configure.ts";
import { HEADER_KEY, HEADER_NODE, HEADER_SIGNATURE, HEADER_TIMESTAMP } from "../contract/ingest.ts";
import { LEARNED_PATH } from "../contract/learning.ts";
import { counters } from "../counters.ts";
import { hmacHex } from "../digest.ts";
import { describeAnswer, type HttpResponse, parseUrl, request } from "../http-client.ts";
import { keepToldLogins } from "../learned-logins.ts";
import { nodeName } from "../node-identity.ts";
import { logOccasionally } from "../occasional-log.ts";
import { type LearnedFeed, readLearned } from "./learned-feed.ts";
import { forgetLearned, keepLearned } from "./learned-store.ts";
import { keepTold } from "./told-baselines.ts";

/** Asks the agent for what has been learned, in one worker of the node: at once when the node starts, then now and then. */
const TICK_S = 0.5;
const EVERY_S = 30;
/** What a full dictionary lost comes back with a complete answer. */
const COMPLETE_EVERY_S = 600;
const MAX_BYTES = 1_048_576;
const POSITION = "lp";
const KEYS = "li";

/** Whose turn it is: the worker that adds the key asks, and nobody else until it ends. */
const TURN = "lw";
const AGAIN_AFTER_S = 5;
const COMPLETE = "lz";

interface Position {
  epoch: number;
  sequence: number;
}

/** Of another gateway's document nothing is known. */
const readPosition = (gateway: string): Position => {
  const [text] = counters.get(POSITION);
  const [name, epoch, sequence] = string.match((text as string | undefined) ?? "", "^([^ ]+) (%d+) (%d+)$");
  if (name !== gateway) return { epoch: 0, sequence: 0 };
  return { epoch: tonumber(epoch) as number, sequence: tonumber(sequence) as number };
};

/** What is not in the complete set any more was withdrawn, or is of another gateway. */
const store = (gateway: string, feed: LearnedFeed): void => {
  const named = new LuaTable<string, true>();
  const keys: string[] = [];
  for (const { key, learned } of feed.entries) {
    keepLearned(key, learned);
    named.set(key, true);
    keys.push(key);
  }
  const [before] = counters.get(KEYS);
  for (const [key] of string.gmatch((before as string | undefined) ?? "", "[^\n]+")) {
    if (!named.has(key as string)) forgetLearned(key as string);
  }
  counters.set(KEYS, table.concat(keys, "\n"));
  for (const told of feed.baselines) keepTold(told);
  keepToldLogins(feed.logins);
  counters.set(POSITION, string.format("%s %d %d", gateway, feed.epoch, feed.sequence));
};

const fetchLearned = (
  config: Config,
  after: Position,
): LuaMultiReturn<[HttpResponse | undefined, (string | undefined)?]> => {
  const { agent, gateway } = config;
  const target = parseUrl(agent.url as string);
  if (target === undefined) return $multi(undefined, "agent.url is not usable");
  const path = string.format("%s?gateway=%s&after=%d.%d", LEARNED_PATH, gateway, after.epoch, after.sequence);
  const node = nodeName();
  const timestamp = string.format("%d", ngx.time());
  return request(target, {
    method: "GET",
    path,
    headers: {
      [HEADER_NODE]: node,
      [HEADER_KEY]: agent.key_id as string,
      [HEADER_TIMESTAMP]: timestamp,
      [HEADER_SIGNATURE]: `v1=${hmacHex(agent.secret as string, `feed\n${timestamp}\n${node}\n${path}`)}`,
    },
    timeoutMs: agent.timeout_ms,
    totalMs: agent.timeout_ms * 5,
    verifyCertificate: agent.ssl_verify,
    maxBodyBytes: MAX_BYTES,
  });
};

const take = (config: Config, response: HttpResponse, known: Position): void => {
  const expected = {
    gateway: config.gateway,
    secret: config.agent.feed_secret as string,
    now: ngx.time(),
    epoch: known.epoch,
    sequence: known.sequence,
  };
  const [feed, problem] = readLearned(table.concat(response.chunks), response.headers[HEADER_SIGNATURE], expected);
  if (feed === undefined) {
    logOccasionally(ngx.ERR, "learned", `refused what was learned, nothing changes: ${problem}`);
    return;
  }
  if (feed.refused > 0) logOccasionally(ngx.WARN, "learned", `refused ${feed.refused} lines of what was learned`);
  store(config.gateway, feed);
  counters.set(COMPLETE, true, COMPLETE_EVERY_S);
};

const poll = (config: Config): void => {
  const known = readPosition(config.gateway);
  const [isKnown] = counters.get(COMPLETE);
  const [response, failure] = fetchLearned(config, isKnown === undefined ? { epoch: 0, sequence: 0 } : known);
  if (response === undefined) {
    logOccasionally(ngx.WARN, "learned", `cannot get what was learned, will try again: ${failure}`);
    counters.set(TURN, true, AGAIN_AFTER_S);
  } else if (response.status === 200) take(config, response, known);
  // Older agents do not have it.
  else if (response.status !== 304 && response.status !== 404) {
    logOccasionally(ngx.WARN, "learned", `cannot get what was learned: ${describeAnswer(response)}`);
  }
};

const work = (_premature: boolean, config: Config): void => {
  const [ok, reason] = pcall(poll, config);
  if (!ok) logOccasionally(ngx.ERR, "learned", `fetching what was learned failed, will try again: ${reason}`);
};

const canAsk = ({ agent, learning }: Config): boolean =>
  learning.enabled && agent.key_id !== undefined && agent.secret !== undefined && agent.feed_secret !== undefined;

const tick = (premature: boolean): void => {
  const config = reporterConfig();
  if (premature || config === undefined || !canAsk(config)) return;
  const [isOurs] = counters.add(TURN, true, EVERY_S);
  if (isOurs && hasKeys(config.agent)) ngx.timer.at(0, work, config);
};

/** Once in each worker. */
export const startLearnedPoll = (): void => {
  ngx.timer.every(TICK_S, tick);
};
