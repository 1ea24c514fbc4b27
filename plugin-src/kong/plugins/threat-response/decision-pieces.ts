import type { Pause } from "./decision-entry.ts";
import type { StoreHead } from "./decision-head.ts";
import { appendText, clearText, type DecisionTable, textAt } from "./decision-table.ts";

/**
 * A verified feed's text in the shared dictionary, for all workers and those that start later.
 *
 * It lies there in pieces of one size under keys that are used again, in two sets: the next feed goes over the pieces of the last but one,
 * in place. So nothing has to leave the dictionary for an update, which matters when it is full of small counters: there a large
 * value finds no room however many of them go. Each piece carries the generation of its feed, so what is not of one feed is seen.
 */

/** With key and header within a page of 4 KiB, which nginx gives and takes as a whole. */
const PIECE = 4000;
const PAGE = 4096;
const PIECES_BEFORE_PAUSE = 30;
const TRIES_BEFORE_PAUSE = 16;
/** Each makes 30 entries leave that were idle for longest. */
const MOST_TRIES = 10_000;
const GENERATION_KEY = "Fg";
/** Of the dictionary's pages, for both sets together; taken while it is still empty. */
const RESERVED_SHARE = 4;
const MOST_RESERVED = 1400;
const MOST_SHARE = 0.75;

const dictionary = ngx.shared.threat_response as NativeDict | undefined;
const BLANK = string.rep(" ", PIECE);
let reserved = 0;

function keyOf(set: number, piece: number): string {
  return `F${set}:${piece}`;
}

/** A number that no other writing has. Drawn anew by time when the dictionary has lost the count. */
export function drawGeneration(): number {
  const [drawn] = (dictionary as NativeDict).incr(GENERATION_KEY, 1, Math.floor(ngx.now() * 1000) % 2 ** 29);
  return drawn as number;
}

function isThere(dict: NativeDict, key: string): boolean {
  const [ttl] = dict.ttl(key);
  return ttl !== undefined;
}

/**
 * While the dictionary is mostly empty, room for two feeds is taken from it. In a full one it would have to be found page by page, at the cost
 * of most counters.
 */
export function reservePieces(pause: Pause): void {
  if (dictionary === undefined || reserved > 0) {
    return;
  }
  const capacity = dictionary.capacity();
  const wanted = Math.min(MOST_RESERVED, Math.floor(capacity / RESERVED_SHARE / 2 / PAGE));
  const isEmpty = dictionary.free_space() > capacity / 2;
  if (wanted === 0 || !(isEmpty || isThere(dictionary, keyOf(1, wanted - 1)))) {
    return;
  }
  reserved = wanted;
  for (const piece of $range(0, wanted - 1)) {
    dictionary.add(keyOf(0, piece), BLANK);
    dictionary.add(keyOf(1, piece), BLANK);
    if (piece % PIECES_BEFORE_PAUSE === 0) {
      pause();
    }
  }
}

/** Lets others have their turn; false when going on makes no sense any more. */
type Turn = (this: void) => boolean;

/** Whether it was stored. In a full dictionary room may take several tries, each of which makes others leave. */
function storePiece(dict: NativeDict, key: string, text: string, generation: number, turn: Turn): boolean {
  for (const attempt of $range(1, MOST_TRIES)) {
    const [stored] = dict.set(key, text, 0, generation);
    if (stored) {
      return true;
    }
    if (attempt % TRIES_BEFORE_PAUSE === 0 && !turn()) {
      return false;
    }
  }
  return false;
}

/** How many pieces a feed takes. */
function countPieces(feed: { count: number; length: number }): number {
  return feed.count === 0 ? 0 : Math.ceil(feed.length / PIECE);
}

/** Whether the dictionary is large enough for two such feeds, beside what else is in it. */
export function fits(table: DecisionTable): boolean {
  return countPieces(table) * PAGE * 2 <= (dictionary as NativeDict).capacity() * MOST_SHARE;
}

/** Frees what a set has beyond what such a feed takes and beyond what is reserved. */
export function trimPieces(set: number, feed: { count: number; length: number }, pause: Pause): void {
  const dict = dictionary as NativeDict;
  let piece = Math.max(countPieces(feed), reserved);
  // Pieces have no gaps: behind the first that is not there, there are none.
  while (isThere(dict, keyOf(set, piece))) {
    dict.delete(keyOf(set, piece));
    piece += 1;
    if (piece % PIECES_BEFORE_PAUSE === 0) {
      pause();
    }
  }
}

/** Brings the table's text into the set. False when there is no room for it, or no turn. */
export function writePieces(table: DecisionTable, set: number, generation: number, turn: Turn): boolean {
  const dict = dictionary as NativeDict;
  for (const piece of $range(0, countPieces(table) - 1)) {
    if (piece % PIECES_BEFORE_PAUSE === 0 && !turn()) {
      return false;
    }
    if (!storePiece(dict, keyOf(set, piece), textAt(table, piece * PIECE, PIECE), generation, turn)) {
      return false;
    }
  }
  return true;
}

/** The text that the head names, in `table`. False when a piece is gone or of another feed. */
export function readPieces(head: StoreHead, table: DecisionTable, pause: Pause): boolean {
  const dict = dictionary as NativeDict;
  const count = countPieces(head);
  clearText(table, count * PIECE);
  for (const piece of $range(0, count - 1)) {
    const [text, generation] = dict.get(keyOf(head.set, piece));
    if (text === undefined || generation !== head.generation) {
      return false;
    }
    appendText(table, text as string);
    if (piece % PIECES_BEFORE_PAUSE === 0) {
      pause();
    }
  }
  table.length = head.length;
  return true;
}

/** The pieces of both sets, in turn; where the last round ended. */
let touched = 0;

/**
 * What nobody asks for goes first when the dictionary is full. Asking to add a piece moves it away from there without copying it, and
 * tells whether it was gone. False when a piece of the head's feed was.
 */
export function touchPieces(head: StoreHead, count: number): boolean {
  const dict = dictionary as NativeDict;
  const needed = head.latest > ngx.now() ? countPieces(head) : 0;
  const all = Math.max(reserved, needed) * 2;
  let isWhole = true;
  for (const _ of $range(1, Math.min(count, all))) {
    touched = (touched + 1) % all;
    const piece = Math.floor(touched / 2);
    const key = keyOf(touched % 2, piece);
    const [isGone] = dict.add(key, "");
    if (isGone) {
      dict.delete(key);
      isWhole = isWhole && (piece >= needed || touched % 2 !== head.set);
    }
  }
  return isWhole;
}
