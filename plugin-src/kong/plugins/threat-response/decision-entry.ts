import { type Guard, objectTo } from "./decision-guard.ts";
import { type AddressKey, copyKey, createKey } from "./decision-key.ts";
import { type Decision, rankOf, readDecision } from "./decision-line.ts";
import { type PlainLine, readPlainLine } from "./decision-plain-line.ts";
import { saltOfDecision } from "./decision-share.ts";
import { addDecision, type DecisionTable, finishTable, textAt } from "./decision-table.ts";

/** From the lines of a feed to entries of a table, and back to decisions. */
export type Pause = (this: void) => void;

/** Who reads a feed first judges each decision; those that are refused are struck out, so that nobody has to judge again. */
export interface Judgement {
  /** Epoch seconds. */
  now: number;
  guard: Guard;
  refused: number;
  /** An example of why. */
  refusal: string | undefined;
}

export interface RankedDecision extends Decision {
  key: AddressKey;
  /** 0 is the strongest. */
  rank: number;
  /** Which client addresses its share has. */
  salt: number;
}

const LINE_FEED = 10;
/** What a struck line begins with; no line that was signed does. */
const DASH = 45;
/** In plain lines; makes slices of some 0.1 ms. */
const WORK_BEFORE_PAUSE = 300;
/** What reading the thorough way costs. */
const THOROUGH_WORK = 16;
/** Spared ranges that are looked at in the time of a plain line. */
const RANGES_PER_WORK = 64;

const line: PlainLine = { key: createKey(), expires: 0 };
/** Since the last pause. */
let work = 0;

function findLineEnd(table: DecisionTable, from: number): number {
  let place = from;
  while (table.bytes[place] !== LINE_FEED) {
    place += 1;
  }
  return place;
}

function strike(table: DecisionTable, from: number, judgement: Judgement, refusal: string | undefined): void {
  table.bytes[from] = DASH;
  judgement.refused += 1;
  judgement.refusal = refusal;
}

/** Like `readPlainLine` for any other line: what is wrong with it comes first, and whether that makes the whole feed unusable. */
function readThoroughly(text: string): LuaMultiReturn<[string | undefined, (boolean | undefined)?]> {
  work += THOROUGH_WORK;
  const [stated, problem, isMalformed] = readDecision(text);
  if (stated === undefined) {
    return $multi(problem ?? "malformed line", isMalformed);
  }
  copyKey(line.key, stated.key);
  line.expires = stated.decision.expires;
  return $multi(undefined);
}

function judge(judgement: Judgement): string | undefined {
  work += judgement.guard.count / RANGES_PER_WORK;
  return line.expires <= judgement.now ? "expired" : objectTo(judgement.guard, line.key);
}

/** Enters the line at `from`: where its line feed is, or a message when the feed is unusable. */
function enterLine(
  table: DecisionTable,
  from: number,
  judgement: Judgement | undefined,
): LuaMultiReturn<[number, (string | undefined)?]> {
  let end = readPlainLine(table.bytes, from, line);
  let refusal: string | undefined;
  if (end === 0) {
    end = findLineEnd(table, from);
    if (judgement === undefined && table.bytes[from] === DASH) {
      return $multi(end);
    }
    const [problem, isMalformed] = readThoroughly(textAt(table, from, end - from));
    if (isMalformed === true) {
      return $multi(end, problem);
    }
    refusal = problem;
  }
  if (judgement !== undefined && refusal === undefined) {
    refusal = judge(judgement);
  }
  if (refusal === undefined && !addDecision(table, line.key, line.expires, from)) {
    refusal = "too many decisions about one address";
  }
  if (judgement !== undefined && refusal !== undefined) {
    strike(table, from, judgement, refusal);
  }
  return $multi(end);
}

/**
 * Enters all lines from `from` on, at most `most`: how many there were, and what makes the feed unusable. Without a judgement they have been
 * judged before.
 */
export function enterLines(
  table: DecisionTable,
  from: number,
  most: number,
  judgement: Judgement | undefined,
  pause: Pause,
): LuaMultiReturn<[number, string?]> {
  let place = from;
  let count = 0;
  work = 0;
  while (place < table.length) {
    count += 1;
    if (count > most) {
      return $multi(count, `has more than the ${most} it announces`);
    }
    const [end, problem] = enterLine(table, place, judgement);
    if (problem !== undefined) {
      return $multi(count, `line ${count + 1}: ${problem}`);
    }
    place = end + 1;
    work += 1;
    if (work >= WORK_BEFORE_PAUSE) {
      work = 0;
      pause();
    }
  }
  finishTable(table);
  return $multi(count);
}

/** Enters a text that another worker has verified and judged. */
export function enterJudged(table: DecisionTable, pause: Pause): boolean {
  const [, problem] = enterLines(table, findLineEnd(table, 0) + 1, math.huge, undefined, pause);
  return problem === undefined;
}

/** The decision whose line is at `place`. */
export function decodeAt(table: DecisionTable, place: number): RankedDecision | undefined {
  const [stated] = readDecision(textAt(table, place, findLineEnd(table, place) - place));
  if (stated === undefined) {
    return undefined;
  }
  const decision = stated.decision as RankedDecision;
  decision.key = stated.key;
  decision.rank = rankOf(decision);
  decision.salt = decision.share < 1 ? saltOfDecision(decision.id) : 0;
  return decision;
}
