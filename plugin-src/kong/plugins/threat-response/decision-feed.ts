import { matchNumber, type RangeSet } from "./cidr.ts";
import { FEED_MAGIC, FEED_VERSION } from "./contract/decision-feed.ts";
import { CLOCK_SKEW_S } from "./contract/ingest.ts";
import { encodeEntry, encodePlainBlock, entryKey, plainKey } from "./decision-entry.ts";
import { readDecision, type StatedDecision } from "./decision-line.ts";
import { type PlainBlock, readPlainBlock } from "./decision-plain-line.ts";
import { type LineVisitor, type Pause, scanLines } from "./decision-scan.ts";
import { beginHmac, equalInConstantTime, finishHmac, updateHmac } from "./digest.ts";

/**
 * Reading a feed (`contract/decision-feed.ts`): all of it is verified before any of it counts, in slices that do not hold the worker.
 * Its decisions are not kept as tables, which for 50,000 would cost the garbage collector long steps: who wants them reads the text again.
 */
export interface FeedPosition {
  epoch: number;
  sequence: number;
}

export interface Feed extends FeedPosition {
  chunks: string[];
  expected: FeedExpectation;
  /** Prefix lengths of ranges, without single addresses. */
  lengths4: Record<number, true>;
  lengths6: Record<number, true>;
  /** Decisions that were taken, those of them that allow, and those that were refused one by one, with one example of why. */
  taken: number;
  allows: number;
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

type Outcome = LuaMultiReturn<[Feed | undefined, (string | undefined)?]>;
type EntryVisitor = (this: void, key: string, entry: string, expires: number) => void;

const CHUNKS_BEFORE_PAUSE = 4;
const LOWER_A = 97;
/** Of the line that is being read. */
const plain: PlainBlock = { address: 0, expires: 0, tail: 0 };

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

function startFeed(chunks: string[], expected: FeedExpectation, position: FeedPosition): Feed {
  return {
    epoch: position.epoch,
    sequence: position.sequence,
    chunks,
    expected,
    lengths4: {},
    lengths6: {},
    taken: 0,
    allows: 0,
    refused: 0,
    refusal: undefined,
  };
}

function count(feed: Feed, stated: StatedDecision): void {
  const { range, decision } = stated;
  feed.taken += 1;
  if (decision.action === "allow") {
    feed.allows += 1;
  }
  if (range.length < range.bytes.length * 8) {
    const lengths = range.bytes.length === 4 ? feed.lengths4 : feed.lengths6;
    lengths[range.length] = true;
  }
}

/** Whether the plain block that was read last counts on this node. */
function isPlainTaken(expected: FeedExpectation): boolean {
  return plain.expires > expected.now && !matchNumber(expected.spared, plain.address);
}

/** A message when the line makes the whole feed unusable. */
function checkLine(feed: Feed, text: string, from: number, end: number, number: number): string | undefined {
  const { now, spared } = feed.expected;
  if (readPlainBlock(text, from, end, plain) && isPlainTaken(feed.expected)) {
    feed.taken += 1;
    return undefined;
  }
  const [stated, problem, isMalformed] = readDecision(string.sub(text, from, end - 1), now, spared);
  if (stated !== undefined) {
    count(feed, stated);
  } else if (isMalformed === true) {
    return `line ${number}: ${problem}`;
  } else {
    feed.refused += 1;
    feed.refusal = problem;
  }
  return undefined;
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
  let feed: Feed | undefined;
  let announced = 0;
  const visit: LineVisitor = (text, from, end, number) => {
    if (feed !== undefined) {
      const isTooMany = number - 1 > announced;
      return isTooMany ? `has more than the ${announced} it announces` : checkLine(feed, text, from, end, number);
    }
    const [position, problem, decisions] = readHeader(string.sub(text, from, end - 1), expected);
    if (position === undefined) {
      return problem;
    }
    announced = decisions;
    feed = startFeed(chunks, expected, position);
    return undefined;
  };
  const [lines, problem] = scanLines(chunks, visit, pause);
  if (problem !== undefined || feed === undefined) {
    return $multi(undefined, problem ?? "empty");
  }
  if (lines - 1 !== announced) {
    return $multi(undefined, `incomplete: ${lines - 1} of ${announced} decisions`);
  }
  return $multi(feed);
}

function visitEntry(expected: FeedExpectation, text: string, from: number, end: number, visit: EntryVisitor): void {
  if (readPlainBlock(text, from, end, plain)) {
    if (isPlainTaken(expected)) {
      visit(plainKey(plain.address), encodePlainBlock(string.sub(text, plain.tail, end - 1)), plain.expires);
    }
    return;
  }
  const [stated] = readDecision(string.sub(text, from, end - 1), expected.now, expected.spared);
  if (stated !== undefined) {
    visit(entryKey(stated.range), encodeEntry(stated.decision), stated.decision.expires);
  }
}

/** Visits the decisions of a verified feed that were taken, as `decision-entry.ts` has them: those that allow, or the others. */
export function eachEntry(feed: Feed, allows: boolean, visit: EntryVisitor, pause: Pause): void {
  if (allows && feed.allows === 0) {
    return;
  }
  const visitLine: LineVisitor = (text, from, end, number) => {
    // `allow` is the only action with this letter: most lines need no reading here.
    if (number > 1 && (string.byte(text, from) === LOWER_A) === allows) {
      visitEntry(feed.expected, text, from, end, visit);
    }
    return undefined;
  };
  scanLines(feed.chunks, visitLine, pause);
}
