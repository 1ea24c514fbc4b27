import { unmap } from "./address.ts";
import { decodeAt, enterJudged, type RankedDecision } from "./decision-entry.ts";
import type { FeedPosition } from "./decision-feed.ts";
import { type AddressKey, createKey, isSame, setAddress, setAround } from "./decision-key.ts";
import { readPieces, type StoreHead } from "./decision-pieces.ts";
import { clearDecisions, createTable, type DecisionTable, firstPlace, nextPlace } from "./decision-table.ts";

/**
 * The decisions in force. Their text is in the shared dictionary (`decision-pieces.ts`); a head there says which feed counts. Each worker
 * has that feed in a table of its own and looks up only there. When the head names another feed, the worker fills its second table, while
 * the first stays in force, and then changes them over.
 */
const HEAD_KEY = "F";
/** Set by a worker that could not get what the head names. */
const WANTED_KEY = "Fw";
const WANTED_S = 60;
/** How old the head may be that a worker goes by. */
const HEAD_AGE_S = 0.1;
const RETRY_S = 0.5;
const PAUSE_S = 0.001;
const MAX_DECODED = 10_000;
const NO_HEAD: StoreHead = {
  generation: 0,
  set: 0,
  gateway: "",
  epoch: 0,
  sequence: 0,
  length: 0,
  count: 0,
  latest: 0,
};

const dictionary = ngx.shared.threat_response as NativeDict | undefined;
export const hasDictionary = dictionary !== undefined;

let head = NO_HEAD;
let headText: unknown;
let headReadAt = 0;

let active = createTable();
let spare = createTable();
/** Whether somebody fills the spare table, or needs it to stay as it is. */
let isTaken = false;
let followAfter = 0;

/** What lines say, by place. */
let decoded: LuaTable<number, RankedDecision> = new LuaTable();
let decodedCount = 0;

const address = createKey();
const around = createKey();

/** The table to fill with the next feed; undefined while that is being done already. `release` has to follow. */
export function takeSpare(): DecisionTable | undefined {
  if (isTaken) {
    return undefined;
  }
  isTaken = true;
  return spare;
}

export function release(): void {
  isTaken = false;
}

/** From now on the spare table counts. */
function activate(generation: number): void {
  const next = spare;
  next.generation = generation;
  spare = active;
  active = next;
  decoded = new LuaTable();
  decodedCount = 0;
}

function forget(table: DecisionTable): void {
  table.generation = 0;
  table.gateway = "";
  table.epoch = 0;
  table.sequence = 0;
  clearDecisions(table, 0);
}

function parseHead(text: string): StoreHead {
  const [generation, set, gateway, epoch, sequence, length, count, latest] = string.match(
    text,
    "^(%d+) ([01]) ([^ ]+) (%d+) (%d+) (%d+) (%d+) (%d+)$",
  );
  if (generation === undefined) {
    return NO_HEAD;
  }
  return {
    generation: tonumber(generation) as number,
    set: tonumber(set) as number,
    gateway: gateway as string,
    epoch: tonumber(epoch) as number,
    sequence: tonumber(sequence) as number,
    length: tonumber(length) as number,
    count: tonumber(count) as number,
    latest: tonumber(latest) as number,
  };
}

/** The head as it is now. */
export function readHead(): StoreHead {
  headReadAt = ngx.now();
  if (dictionary !== undefined) {
    const [text] = dictionary.get(HEAD_KEY);
    if (text !== headText) {
      headText = text;
      head = typeof text === "string" ? parseHead(text) : NO_HEAD;
    }
  }
  return head;
}

/** The feed of the head counts from now on, which is in the table and, where there is one, in the dictionary. */
export function switchTo(next: StoreHead, table: DecisionTable): void {
  if (dictionary === undefined) {
    head = next;
  } else {
    const { generation, set, gateway, epoch, sequence, length, count, latest } = next;
    const place = `${string.format("%d", generation)} ${set} ${gateway}`;
    dictionary.set(HEAD_KEY, string.format("%s %d %d %d %d %d", place, epoch, sequence, length, count, latest));
    readHead();
  }
  if (table === active) {
    active.generation = next.generation;
  } else {
    activate(next.generation);
  }
}

/** No decision is in force any more. */
export function clearStore(): void {
  dictionary?.delete(HEAD_KEY);
  head = NO_HEAD;
  headText = undefined;
  forget(active);
}

function pause(): void {
  ngx.sleep(PAUSE_S);
}

function fill(table: DecisionTable, from: StoreHead): boolean {
  clearDecisions(table, from.count);
  table.gateway = from.gateway;
  table.epoch = from.epoch;
  table.sequence = from.sequence;
  // Nobody keeps the pieces when all decisions have ended.
  return from.latest <= ngx.now() || (readPieces(from, table, pause) && enterJudged(table, pause));
}

/** Gets what the head names. When that is not possible the worker that polls is asked to write it again. */
function follow(): void {
  const from = head;
  const [ok, isFilled] = pcall(fill, spare, from);
  if (ok && isFilled === true) {
    activate(from.generation);
  } else if (readHead().generation === from.generation) {
    followAfter = ngx.now() + RETRY_S;
    dictionary?.set(WANTED_KEY, from.generation, WANTED_S);
  }
  release();
}

/** Begins to follow the head when this worker does not have what it names. A head that got lost ends nothing. */
export function noticeHead(): void {
  const { generation } = readHead();
  if (dictionary === undefined || generation === 0 || generation === active.generation) {
    return;
  }
  if (ngx.now() >= followAfter && takeSpare() !== undefined) {
    const [started] = ngx.timer.at(0, follow);
    isTaken = started !== undefined && (started as unknown) !== false;
  }
}

/** The decisions this worker goes by, unless the head names others. */
export function tableOfHead(): DecisionTable | undefined {
  const { generation } = readHead();
  return generation === 0 || generation === active.generation ? active : undefined;
}

/** Whether a head got lost that this worker has followed. */
export function isHeadLost(): boolean {
  return readHead().generation === 0 && active.generation !== 0;
}

/** Whether a worker has missed something since the last call. */
export function takeWanted(): boolean {
  if (dictionary === undefined) {
    return false;
  }
  const [wanted] = dictionary.get(WANTED_KEY);
  if (wanted !== undefined) {
    dictionary.delete(WANTED_KEY);
  }
  return wanted !== undefined && wanted === head.generation;
}

function decisionAt(place: number): RankedDecision | undefined {
  const known = decoded.get(place);
  if (known !== undefined) {
    return known;
  }
  if (decodedCount >= MAX_DECODED) {
    decoded = new LuaTable();
    decodedCount = 0;
  }
  const decision = decodeAt(active, place);
  if (decision !== undefined) {
    decoded.set(place, decision);
    decodedCount += 1;
  }
  return decision;
}

/** The stronger of `best` and what there is about exactly this key and has not expired. */
function choose(best: RankedDecision | undefined, key: AddressKey): RankedDecision | undefined {
  let chosen = best;
  let place = firstPlace(active, key);
  while (place !== 0) {
    const decision = decisionAt(place);
    if (decision !== undefined && decision.expires > ngx.now() && isSame(decision.key, key)) {
      if (chosen === undefined || decision.rank < chosen.rank) {
        chosen = decision;
      }
    }
    place = nextPlace(active);
  }
  return chosen;
}

/** The strongest decision in force for an address (4 or 16 bytes): its own, or that of a range around it. */
export function findDecision(binary: string, gateway: string): RankedDecision | undefined {
  if (ngx.now() - headReadAt > HEAD_AGE_S) {
    noticeHead();
  }
  if (active.count === 0 || active.gateway !== gateway) {
    return undefined;
  }
  const bytes = unmap(binary);
  setAddress(address, bytes);
  let best = choose(undefined, address);
  for (const tag of bytes.length === 4 ? active.ranges4 : active.ranges6) {
    setAround(around, address, tag);
    best = choose(best, around);
  }
  return best;
}

/** Which feed the decisions in force are from. */
export function feedPosition(): FeedPosition & { gateway: string } {
  return readHead().generation === 0 ? active : head;
}
