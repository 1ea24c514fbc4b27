import { isAllowEntry } from "./decision-entry.ts";
import { type Feed, isOlder } from "./decision-feed.ts";
import { readHead, removeEntry, type StoreHead, writeEntry, writeHead } from "./decision-store.ts";

/** Brings a verified feed into the store, a slice at a time. Decisions that stay are in force at every moment. */
export interface Writer {
  /** What this writer has written; undefined before its first feed. */
  written: Feed | undefined;
  generation: number;
}

type Pause = (this: void) => void;

const KEYS_BEFORE_PAUSE = 300;

interface Progress {
  pause: Pause;
  keys: number;
  /** Nothing else had to leave the dictionary. */
  fits: boolean;
}

export function createWriter(): Writer {
  return { written: undefined, generation: 0 };
}

function advance(progress: Progress): void {
  progress.keys += 1;
  if (progress.keys % KEYS_BEFORE_PAUSE === 0) {
    progress.pause();
  }
}

/** Writes what `known` does not have: entries that allow, or all others. */
function writeChanges(
  feed: Feed,
  known: Feed | undefined,
  generation: number,
  allows: boolean,
  progress: Progress,
): void {
  for (const [key, entry] of pairs(feed.entries)) {
    if (isAllowEntry(entry) === allows && known?.entries[key] !== entry) {
      const ttl = feed.expiries[key] - ngx.now();
      if (ttl > 0) {
        progress.fits = writeEntry(key, entry, ttl, generation) && progress.fits;
      }
    }
    advance(progress);
  }
}

function removeVanished(feed: Feed, known: Feed, progress: Progress): void {
  for (const [key] of pairs(known.entries)) {
    if (feed.entries[key] === undefined) {
      removeEntry(key);
    }
    advance(progress);
  }
}

function sortDescending(set: Record<number, true>): number[] {
  const lengths: number[] = [];
  for (const [length] of pairs(set)) {
    lengths.push(length);
  }
  table.sort(lengths, (a, b) => a > b);
  return lengths;
}

function describe(feed: Feed, generation: number, gateway: string): StoreHead {
  const [first] = next(feed.entries);
  return {
    generation,
    gateway,
    epoch: feed.epoch,
    sequence: feed.sequence,
    count: first === undefined ? 0 : feed.taken,
    lengths4: sortDescending(feed.lengths4),
    lengths6: sortDescending(feed.lengths6),
  };
}

/**
 * Whether the dictionary was large enough. Entries that allow come first, so that nobody is blocked for a moment whom the same feed
 * allows; what vanished goes last. A feed that has become old meanwhile is left.
 */
export function writeFeed(writer: Writer, feed: Feed, gateway: string, pause: Pause): boolean {
  const head = readHead();
  const continues = writer.written !== undefined && writer.generation === head.generation;
  const known = continues ? writer.written : undefined;
  const generation = continues ? writer.generation : head.generation + 1;
  const progress: Progress = { pause, keys: 0, fits: true };
  writeChanges(feed, known, generation, true, progress);
  writeChanges(feed, known, generation, false, progress);
  const latest = readHead();
  if (latest.gateway === gateway && isOlder(feed, latest)) {
    return progress.fits;
  }
  writeHead(describe(feed, generation, gateway));
  if (known !== undefined) {
    removeVanished(feed, known, progress);
  }
  writer.written = feed;
  writer.generation = generation;
  return progress.fits;
}

/** Writes everything again, so that a full dictionary finds other things to be the longest unused. */
export function refresh(writer: Writer, pause: Pause): boolean {
  const progress: Progress = { pause, keys: 0, fits: true };
  if (writer.written !== undefined && writer.generation === readHead().generation) {
    writeChanges(writer.written, undefined, writer.generation, true, progress);
    writeChanges(writer.written, undefined, writer.generation, false, progress);
  }
  return progress.fits;
}
