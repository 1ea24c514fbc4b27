import { unmap } from "./address.ts";
import { addressKey, decodeEntry, type RankedDecision, rangeKey } from "./decision-entry.ts";
import type { FeedPosition } from "./decision-feed.ts";

/**
 * The decisions in force: in the shared dictionary, so that all workers have them when one has read them, or in tables of this worker.
 *
 * Entries carry the generation of the feed that set them. A new feed is written under the next generation, over what is there; when all of
 * it is written, one change of the head makes everything older count no more. So what stays is in force at every moment, and a writer
 * need not know what another worker has written before it.
 */
export interface StoreHead extends FeedPosition {
  generation: number;
  gateway: string;
  /** Prefix lengths of ranges that there are, longest first. */
  lengths4: number[];
  lengths6: number[];
  /** Keys that there are; with none, looking up costs nothing. */
  count: number;
}

const HEAD_KEY = "F";
/** How old the head may be that a worker goes by. */
const HEAD_AGE_S = 0.1;
const MAX_DECODED = 10_000;
const NO_HEAD: StoreHead = { generation: 0, gateway: "", epoch: 0, sequence: 0, count: 0, lengths4: [], lengths6: [] };

const dictionary = ngx.shared.threat_response as NativeDict | undefined;
/** Where there is no dictionary: what counts, and what will when it is complete. By the last byte of the key, so that no table is large. */
type Buckets = Record<number, Record<string, string | undefined>>;
let ownEntries: Buckets = {};
let nextEntries: Buckets = {};

let head = NO_HEAD;
let headText: unknown;
let headReadAt = 0;

/** What entries say, by their text: it repeats as long as an address is under a decision. */
let decoded: Record<string, RankedDecision[]> = {};
let decodedCount = 0;

function formatLengths(lengths: number[]): string {
  return lengths.length > 0 ? table.concat(lengths, ",") : "-";
}

function parseLengths(text: string): number[] {
  const lengths: number[] = [];
  for (const [digits] of string.gmatch(text, "%d+")) {
    lengths.push(tonumber(digits) as number);
  }
  return lengths;
}

function parseHead(text: string): StoreHead {
  const [generation, gateway, epoch, sequence, count, lengths4, lengths6] = string.match(
    text,
    "^(%d+) ([^ ]+) (%d+) (%d+) (%d+) ([^ ]+) ([^ ]+)$",
  );
  if (generation === undefined) {
    return NO_HEAD;
  }
  return {
    generation: tonumber(generation) as number,
    gateway: gateway as string,
    epoch: tonumber(epoch) as number,
    sequence: tonumber(sequence) as number,
    count: tonumber(count) as number,
    lengths4: parseLengths(lengths4 as string),
    lengths6: parseLengths(lengths6 as string),
  };
}

/** The head as it is now. */
export function readHead(): StoreHead {
  if (dictionary !== undefined) {
    headReadAt = ngx.now();
    const [text] = dictionary.get(HEAD_KEY);
    if (text !== headText) {
      headText = text;
      head = typeof text === "string" ? parseHead(text) : NO_HEAD;
    }
  }
  return head;
}

export function writeHead(next: StoreHead): void {
  if (dictionary === undefined) {
    ownEntries = nextEntries;
    nextEntries = {};
    head = next;
    return;
  }
  const numbers = string.format("%d %d %d", next.epoch, next.sequence, next.count);
  const lengths = `${formatLengths(next.lengths4)} ${formatLengths(next.lengths6)}`;
  dictionary.set(HEAD_KEY, `${next.generation} ${next.gateway} ${numbers} ${lengths}`);
  readHead();
}

/** No decision is in force any more. */
export function clearStore(): void {
  dictionary?.delete(HEAD_KEY);
  ownEntries = {};
  nextEntries = {};
  head = NO_HEAD;
  headText = undefined;
}

function bucketOf(buckets: Buckets, key: string): Record<string, string | undefined> {
  const index = string.byte(key, -1);
  const known = buckets[index];
  if (known !== undefined) {
    return known;
  }
  const created: Record<string, string | undefined> = {};
  buckets[index] = created;
  return created;
}

/** What this generation has written under the key so far. */
export function readWritten(key: string, generation: number): string | undefined {
  if (dictionary === undefined) {
    return bucketOf(nextEntries, key)[key];
  }
  const [entry, writtenIn] = dictionary.get(key);
  return writtenIn === generation ? (entry as string | undefined) : undefined;
}

/** False when the dictionary is too small: something that was still valid had to go. */
export function writeEntry(key: string, entry: string, ttl: number, generation: number): boolean {
  if (dictionary === undefined) {
    bucketOf(nextEntries, key)[key] = entry;
    return true;
  }
  const [stored, , evicted] = dictionary.set(key, entry, ttl, generation);
  return stored && evicted !== true;
}

/** Frees what no generation since has written again; it has not counted any more. */
export function removeOlder(key: string, generation: number): void {
  if (dictionary !== undefined) {
    const [entry, writtenIn] = dictionary.get(key);
    if (entry !== undefined && (writtenIn ?? 0) < generation) {
      dictionary.delete(key);
    }
  }
}

function readEntry(key: string): string | undefined {
  if (dictionary === undefined) {
    return ownEntries[string.byte(key, -1)]?.[key];
  }
  const [entry, generation] = dictionary.get(key);
  return entry !== undefined && (generation ?? 0) >= head.generation ? (entry as string) : undefined;
}

function decode(entry: string): RankedDecision[] {
  const known = decoded[entry];
  if (known !== undefined) {
    return known;
  }
  if (decodedCount >= MAX_DECODED) {
    decoded = {};
    decodedCount = 0;
  }
  const decisions = decodeEntry(entry);
  decoded[entry] = decisions;
  decodedCount += 1;
  return decisions;
}

/** The stronger of `best` and what the entry holds that has not expired. */
function choose(best: RankedDecision | undefined, key: string): RankedDecision | undefined {
  const entry = readEntry(key);
  if (entry === undefined) {
    return best;
  }
  const now = ngx.now();
  for (const decision of decode(entry)) {
    if (decision.expires > now) {
      return best === undefined || decision.rank < best.rank ? decision : best;
    }
  }
  return best;
}

/** The strongest decision in force for an address (4 or 16 bytes): its own, or that of a range around it. */
export function findDecision(binary: string, gateway: string): RankedDecision | undefined {
  if (ngx.now() - headReadAt > HEAD_AGE_S) {
    readHead();
  }
  if (head.count === 0 || head.gateway !== gateway) {
    return undefined;
  }
  const bytes = unmap(binary);
  let best = choose(undefined, addressKey(bytes));
  for (const length of bytes.length === 4 ? head.lengths4 : head.lengths6) {
    best = choose(best, rangeKey(bytes, length));
  }
  return best;
}

/** The newest feed of which the decisions are. */
export function feedPosition(): FeedPosition {
  return readHead();
}
