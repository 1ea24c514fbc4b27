import { expiryOf, joinEntries } from "./decision-entry.ts";
import { eachEntry, type Feed, isOlder } from "./decision-feed.ts";
import type { Pause } from "./decision-scan.ts";
import { readHead, readWritten, removeOlder, type StoreHead, writeEntry, writeHead } from "./decision-store.ts";

/** Brings a verified feed into the store, a slice at a time; see `decision-store.ts` for how it takes effect. */

/** False when something else had to leave the dictionary for it. */
function writeDecisions(feed: Feed, allows: boolean, generation: number, pause: Pause): boolean {
  let fits = true;
  const write = (key: string, entry: string, expires: number): void => {
    const known = readWritten(key, generation);
    const joined = known === undefined ? entry : joinEntries(known, entry);
    const ttl = (known === undefined ? expires : expiryOf(joined)) - ngx.now();
    if (ttl > 0) {
      fits = writeEntry(key, joined, ttl, generation) && fits;
    }
  };
  eachEntry(feed, allows, write, pause);
  return fits;
}

function sortDescending(set: Record<number, true>): number[] {
  const lengths: number[] = [];
  for (const [length] of pairs(set)) {
    lengths.push(length);
  }
  table.sort(lengths, (a, b) => a > b);
  return lengths;
}

function describe(feed: Feed, generation: number): StoreHead {
  return {
    generation,
    gateway: feed.expected.gateway,
    epoch: feed.epoch,
    sequence: feed.sequence,
    count: feed.taken,
    lengths4: sortDescending(feed.lengths4),
    lengths6: sortDescending(feed.lengths6),
  };
}

function removeVanished(previous: Feed, generation: number, pause: Pause): void {
  for (const allows of [true, false]) {
    eachEntry(previous, allows, (key) => removeOlder(key, generation), pause);
  }
}

/**
 * Whether the dictionary was large enough. Entries that allow come first, so that nobody is blocked for a moment whom the same feed
 * allows. A feed that has become old meanwhile is left. `previous` is the last one that this worker has written.
 */
export function writeFeed(feed: Feed, previous: Feed | undefined, pause: Pause): boolean {
  const generation = readHead().generation + 1;
  const allowsFit = writeDecisions(feed, true, generation, pause);
  const othersFit = writeDecisions(feed, false, generation, pause);
  const head = readHead();
  if (head.gateway === feed.expected.gateway && isOlder(feed, head)) {
    return true;
  }
  writeHead(describe(feed, generation));
  if (previous !== undefined && previous !== feed) {
    removeVanished(previous, generation, pause);
  }
  return allowsFit && othersFit;
}
