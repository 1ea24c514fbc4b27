import type { RangeSet } from "./cidr.ts";
import { FEED_MAGIC, FEED_VERSION } from "./contract/decision-feed.ts";
import { CLOCK_SKEW_S } from "./contract/ingest.ts";
import { encodeEntry, entryKey, joinEntries } from "./decision-entry.ts";
import { readDecision, type StatedDecision } from "./decision-line.ts";
import { beginHmac, equalInConstantTime, finishHmac, updateHmac } from "./digest.ts";

/** Reading a feed (`contract/decision-feed.ts`): all of it is verified before any of it counts, and no slice holds the worker for long. */
export interface FeedPosition {
  epoch: number;
  sequence: number;
}

export interface Feed extends FeedPosition {
  /** Text of `decision-entry.ts` by key. */
  entries: Record<string, string>;
  /** Epoch seconds at which the last decision of a key ends. */
  expiries: Record<string, number>;
  /** Prefix lengths of ranges, without single addresses. */
  lengths4: Record<number, true>;
  lengths6: Record<number, true>;
  /** Decisions that were taken, and those that were refused one by one, with one example of why. */
  taken: number;
  refused: number;
  refusal: string | undefined;
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

type Pause = (this: void) => void;
type Outcome = LuaMultiReturn<[Feed | undefined, (string | undefined)?]>;

const LINES_BEFORE_PAUSE = 300;
const CHUNKS_BEFORE_PAUSE = 4;

function isSigned(chunks: string[], signature: string | undefined, secret: string, pause: Pause): boolean {
  const hmac = beginHmac(secret);
  let sincePause = 0;
  for (const chunk of chunks) {
    updateHmac(hmac, chunk);
    sincePause += 1;
    if (sincePause === CHUNKS_BEFORE_PAUSE) {
      sincePause = 0;
      pause();
    }
  }
  return equalInConstantTime(`v1=${finishHmac(hmac)}`, signature ?? "");
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

function addDecision(feed: Feed, stated: StatedDecision): void {
  const { range, decision } = stated;
  const key = entryKey(range);
  const entry = encodeEntry(decision);
  const known = feed.entries[key];
  feed.entries[key] = known === undefined ? entry : joinEntries(known, entry);
  feed.expiries[key] = Math.max(feed.expiries[key] ?? 0, decision.expires);
  feed.taken += 1;
  if (range.length < range.bytes.length * 8) {
    const lengths = range.bytes.length === 4 ? feed.lengths4 : feed.lengths6;
    lengths[range.length] = true;
  }
}

interface Reader {
  expected: FeedExpectation;
  feed: Feed | undefined;
  announced: number;
  lines: number;
}

function startFeed(position: FeedPosition): Feed {
  return {
    epoch: position.epoch,
    sequence: position.sequence,
    entries: {},
    expiries: {},
    lengths4: {},
    lengths6: {},
    taken: 0,
    refused: 0,
    refusal: undefined,
  };
}

/** A message when the feed as a whole is not to be used. */
function takeLine(reader: Reader, line: string): string | undefined {
  const { feed, expected } = reader;
  if (feed === undefined) {
    const [position, problem, announced] = readHeader(line, expected);
    if (position === undefined) {
      return problem;
    }
    reader.feed = startFeed(position);
    reader.announced = announced;
    return undefined;
  }
  reader.lines += 1;
  if (reader.lines > reader.announced) {
    return `has more decisions than the ${reader.announced} it announces`;
  }
  const [stated, problem, isMalformed] = readDecision(line, expected.now, expected.spared);
  if (stated !== undefined) {
    addDecision(feed, stated);
  } else if (isMalformed === true) {
    return `line ${reader.lines + 1}: ${problem}`;
  } else {
    feed.refused += 1;
    feed.refusal = problem;
  }
  return undefined;
}

/** What follows the last line end, or a message as the second value. */
function takeText(reader: Reader, text: string, pause: Pause): LuaMultiReturn<[string, (string | undefined)?]> {
  let position = 1;
  while (true) {
    const [end] = string.find(text, "\n", position, true);
    if (end === undefined) {
      return $multi(string.sub(text, position));
    }
    const problem = takeLine(reader, string.sub(text, position, end - 1));
    if (problem !== undefined) {
      return $multi("", problem);
    }
    position = end + 1;
    if (reader.lines % LINES_BEFORE_PAUSE === 0) {
      pause();
    }
  }
}

/**
 * The feed in `chunks`, or undefined with what is wrong with it. `pause` is called often enough that other requests get their turn.
 * Single decisions that are refused are counted in the feed.
 */
export function readFeed(
  chunks: string[],
  signature: string | undefined,
  expected: FeedExpectation,
  pause: Pause,
): Outcome {
  if (!isSigned(chunks, signature, expected.secret, pause)) {
    return $multi(undefined, "wrong signature; compare agent.feed_secret with the agent's feed key");
  }
  const reader: Reader = { expected, feed: undefined, announced: 0, lines: 0 };
  let rest = "";
  for (const chunk of chunks) {
    const [left, problem] = takeText(reader, rest + chunk, pause);
    if (problem !== undefined) {
      return $multi(undefined, problem);
    }
    rest = left;
  }
  if (reader.feed === undefined || rest !== "" || reader.lines !== reader.announced) {
    return $multi(undefined, `incomplete: ${reader.lines} of ${reader.announced} decisions`);
  }
  return $multi(reader.feed);
}
