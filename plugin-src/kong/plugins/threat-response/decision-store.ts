import { unmap } from "./address.ts";
import { decodeAt, enterJudged, type RankedDecision } from "./decision-entry.ts";
import type { FeedPosition } from "./decision-feed.ts";
import { deleteHead, hasDictionary, isHeadOld, readHead, type StoreHead, writeHead } from "./decision-head.ts";
import { type AddressKey, createKey, isSame, setAddress, setAround, setNamed } from "./decision-key.ts";
import { addOverlay, beginOverlays } from "./decision-overlays.ts";
import { readPieces } from "./decision-pieces.ts";
import { isInShare } from "./decision-share.ts";
import { clearDecisions, createTable, type DecisionTable, firstPlace, nextPlace } from "./decision-table.ts";

/**
 * The decisions in force. Their text is in the shared dictionary (`decision-pieces.ts`); a head there says which feed counts. Each worker
 * has that feed in a table of its own and looks up only there. When the head names another feed, the worker fills its second table, while
 * the first stays in force, and then changes them over.
 */
/** Set by a worker that could not get what the head names. */
const WANTED_KEY = "Fw";
const WANTED_S = 60;
const RETRY_S = 0.5;
const PAUSE_S = 0.001;
const MAX_DECODED = 10_000;
const dictionary = ngx.shared.threat_response as NativeDict | undefined;

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
const named = createKey();

/** The client whose decisions are looked up, and the strongest among them that only counts. */
let client = "";
let logged: RankedDecision | undefined;

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

/** The feed of the head counts from now on, which is in the table and, where there is one, in the dictionary. */
export function switchTo(next: StoreHead, table: DecisionTable): void {
  writeHead(next);
  if (table === active) {
    active.generation = next.generation;
  } else {
    activate(next.generation);
  }
}

/** No decision is in force any more. */
export function clearStore(): void {
  deleteHead();
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
  const from = readHead();
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
  if (!hasDictionary || generation === 0 || generation === active.generation) {
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
  return wanted !== undefined && wanted === readHead().generation;
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

/** The stronger of `best` and this one, if that is in force for the client; one that only counts is put aside. */
function chooseOne(best: RankedDecision | undefined, decision: RankedDecision): RankedDecision | undefined {
  if (!isInShare(decision.share, decision.salt, client)) {
    return best;
  }
  if (decision.action === "overlay") {
    addOverlay(decision);
    return best;
  }
  if (decision.isLogged) {
    if (logged === undefined || decision.rank < logged.rank) {
      logged = decision;
    }
    return best;
  }
  return best === undefined || decision.rank < best.rank ? decision : best;
}

/** The stronger of `best` and what there is about exactly this key, from `first` on, and has not expired. */
function chooseFrom(best: RankedDecision | undefined, key: AddressKey, first: number): RankedDecision | undefined {
  let chosen = best;
  let place = first;
  while (place !== 0) {
    const decision = decisionAt(place);
    if (decision !== undefined && decision.expires > ngx.now() && isSame(decision.key, key)) {
      chosen = chooseOne(chosen, decision);
    }
    place = nextPlace(active);
  }
  return chosen;
}

function chooseAround(best: RankedDecision | undefined, tags: number[]): RankedDecision | undefined {
  let chosen = best;
  for (const tag of tags) {
    setAround(around, address, tag);
    const place = firstPlace(active, around);
    chosen = place === 0 ? chosen : chooseFrom(chosen, around, place);
  }
  return chosen;
}

/**
 * The strongest decision in force for an address (4 or 16 bytes): its own, or that of a range around it. `counted` is what the client is counted
 * by; it is the client of the look-ups by name that follow.
 */
export function findDecision(binary: string, gateway: string, counted = ""): RankedDecision | undefined {
  client = counted;
  logged = undefined;
  beginOverlays();
  if (isHeadOld()) {
    noticeHead();
  }
  if (active.count === 0 || active.gateway !== gateway) {
    return undefined;
  }
  const bytes = unmap(binary);
  setAddress(address, bytes);
  const place = firstPlace(active, address);
  const best = place === 0 ? undefined : chooseFrom(undefined, address, place);
  const tags = bytes.length === 4 ? active.ranges4 : active.ranges6;
  return tags.length === 0 ? best : chooseAround(best, tags);
}

/** Whether there are decisions with this tag (`decision-key.ts`). */
export function hasTag(tag: number, gateway: string): boolean {
  return active.count !== 0 && active.seen[tag] === 1 && active.gateway === gateway;
}

/** The stronger of `best` and what is in force about a credential's hash, a consumer or a route. */
export function findNamed(best: RankedDecision | undefined, tag: number, name: string): RankedDecision | undefined {
  if (!setNamed(named, tag, name)) {
    return best;
  }
  const place = firstPlace(active, named);
  return place === 0 ? best : chooseFrom(best, named, place);
}

/** For look-ups by name alone. */
export function beginLookup(counted: string): void {
  client = counted;
  logged = undefined;
}

/** The strongest that the look-ups met and that only counts. */
export function foundLogged(): RankedDecision | undefined {
  return logged;
}

/** Which feed the decisions in force are from. */
export function feedPosition(): FeedPosition & { gateway: string } {
  const head = readHead();
  return head.generation === 0 ? active : head;
}
