import type { RangeSet } from "./cidr.ts";
import { FEED_MAGIC, FEED_VERSION } from "./contract/decision-feed.ts";
import { CLOCK_SKEW_S } from "./contract/ingest.ts";
import { enterLines, type Judgement, type Pause } from "./decision-entry.ts";
import { compileGuard } from "./decision-guard.ts";
import { appendText, clearDecisions, clearText, type DecisionTable, textAt } from "./decision-table.ts";
import { beginHmac, equalInConstantTime, finishHmac, updateHmac } from "./digest.ts";

/** Reading a feed (`contract/decision-feed.ts`): all of it is verified before any of it counts, in slices that do not hold the worker. */
export interface FeedPosition {
  epoch: number;
  sequence: number;
}

export interface FeedExpectation {
  gateway: string;
  secret: string;
  /** Epoch seconds. */
  now: number;
  maxDecisions: number;
  /** What this node has; the same again is taken, older is not. */
  known: FeedPosition;
  /** What no decision may cover. */
  spared: RangeSet;
}

/** Decisions that were refused one by one, and an example of why. */
export interface FeedReport {
  refused: number;
  refusal: string | undefined;
}

type Outcome = LuaMultiReturn<[FeedReport | undefined, (string | undefined)?]>;

const LINE_FEED = 10;
const MAX_HEAD_BYTES = 1024;

/** The text comes together in the table; no line of it has been read yet. */
function takeText(
  table: DecisionTable,
  chunks: string[],
  signature: string | undefined,
  secret: string,
  pause: Pause,
): boolean {
  const hmac = beginHmac(secret);
  let length = 0;
  for (const chunk of chunks) {
    length += chunk.length;
  }
  clearText(table, length);
  for (const chunk of chunks) {
    updateHmac(hmac, chunk);
    appendText(table, chunk);
    pause();
  }
  return equalInConstantTime(`v1=${finishHmac(hmac)}`, signature ?? "");
}

/** Where the head's line feed is, -1 when there is none where it should be. */
function findHeadEnd(table: DecisionTable): number {
  for (const place of $range(0, Math.min(table.length, MAX_HEAD_BYTES) - 1)) {
    if (table.bytes[place] === LINE_FEED) {
      return place;
    }
  }
  return -1;
}

/** Undefined with a message when the feed is not one for this node, now. */
function readHeader(
  line: string,
  expected: FeedExpectation,
): LuaMultiReturn<[FeedPosition | undefined, string, number]> {
  const [magic, version, gateway, epoch, sequence, issued, count] = string.match(
    line,
    "^([^ ]+) (%d+) ([^ ]+) (%d+) (%d+) (%d+) (%d+)$",
  );
  if (magic !== FEED_MAGIC || tonumber(version) !== FEED_VERSION) {
    return $multi(undefined, "not a feed of this version", 0);
  }
  if (gateway !== expected.gateway) {
    return $multi(undefined, `meant for gateway ${gateway}, this is ${expected.gateway}`, 0);
  }
  if (Math.abs((tonumber(issued) as number) - expected.now) > CLOCK_SKEW_S) {
    return $multi(undefined, "issued too long ago or in the future; compare the clocks", 0);
  }
  const position = { epoch: tonumber(epoch) as number, sequence: tonumber(sequence) as number };
  if (isOlder(position, expected.known)) {
    return $multi(undefined, `goes back to ${epoch}.${sequence}`, 0);
  }
  const announced = tonumber(count) as number;
  if (announced > expected.maxDecisions) {
    return $multi(undefined, `has ${count} decisions; agent.max_decisions is ${expected.maxDecisions}`, 0);
  }
  return $multi(position, "", announced);
}

export function isOlder(position: FeedPosition, known: FeedPosition): boolean {
  return position.epoch < known.epoch || (position.epoch === known.epoch && position.sequence < known.sequence);
}

/** Reads the decisions behind the head; a message when the feed is unusable. */
function takeDecisions(
  table: DecisionTable,
  from: number,
  announced: number,
  judgement: Judgement,
  pause: Pause,
): string | undefined {
  if (table.bytes[table.length - 1] !== LINE_FEED) {
    return "the last line has no end";
  }
  clearDecisions(table, announced);
  const [lines, problem] = enterLines(table, from, announced, judgement, pause);
  if (problem !== undefined) {
    return problem;
  }
  return lines === announced ? undefined : `incomplete: ${lines} of ${announced} decisions`;
}

/**
 * Fills the table with the feed in `chunks`, or tells what is wrong with it: then nothing in the table may be used. `pause` is called often
 * enough that other requests get their turn.
 */
export function readFeed(
  table: DecisionTable,
  chunks: string[],
  signature: string | undefined,
  expected: FeedExpectation,
  pause: Pause,
): Outcome {
  if (!takeText(table, chunks, signature, expected.secret, pause)) {
    return $multi(undefined, "wrong signature; compare agent.feed_secret with the agent's feed key");
  }
  const headEnd = findHeadEnd(table);
  if (headEnd === -1) {
    return $multi(undefined, "not a feed of this version");
  }
  const [position, problem, announced] = readHeader(textAt(table, 0, headEnd), expected);
  if (position === undefined) {
    return $multi(undefined, problem);
  }
  const judgement = { now: expected.now, guard: compileGuard(expected.spared), refused: 0, refusal: undefined };
  const failure = takeDecisions(table, headEnd + 1, announced, judgement, pause);
  if (failure !== undefined) {
    return $multi(undefined, failure);
  }
  table.gateway = expected.gateway;
  table.epoch = position.epoch;
  table.sequence = position.sequence;
  return $multi({ refused: judgement.refused, refusal: judgement.refusal });
}
