/**
 * What all workers share: the dictionary `threat_response`, or a bounded table of this worker where nginx has none.
 * Keys are one letter for the kind, then the address, user or route they are about.
 */

interface Entry {
  value: unknown;
  /** Seconds, 0 for never. */
  expires: number;
}

const GENERATION = 10_000;

let young: Record<string, Entry> = {};
let old: Record<string, Entry> = {};
let size = 0;

/** Two generations bound the memory: when the young one is full it becomes the old one, and what nobody asked for is gone. */
const keep = (key: string, entry: Entry): void => {
  if (young[key] === undefined) {
    size += 1;
    if (size > GENERATION) {
      old = young;
      young = {};
      size = 1;
    }
  }
  young[key] = entry;
};

const find = (key: string): Entry | undefined => {
  const entry = young[key] ?? old[key];
  if (entry === undefined || entry.expires === 0 || entry.expires > ngx.now()) return entry;
  return undefined;
};

const expiry = (ttl: number | undefined): number => (ttl === undefined || ttl === 0 ? 0 : ngx.now() + ttl);

const perWorker: SharedDict = {
  get(key) {
    return $multi(find(key)?.value);
  },
  set(key, value, ttl) {
    keep(key, { value, expires: expiry(ttl) });
    return $multi(true);
  },
  add(key, value, ttl) {
    if (find(key) !== undefined) return $multi(false, "exists");
    keep(key, { value, expires: expiry(ttl) });
    return $multi(true);
  },
  incr(key, by, init, ttl) {
    const entry = find(key);
    if (entry === undefined) {
      if (init === undefined) return $multi(undefined, "not found");
      keep(key, { value: init + by, expires: expiry(ttl) });
      return $multi(init + by);
    }
    const value = (entry.value as number) + by;
    entry.value = value;
    keep(key, entry);
    return $multi(value);
  },
  delete(key) {
    keep(key, { value: undefined, expires: 1 });
  },
  ttl(key) {
    const entry = find(key);
    if (entry === undefined) return $multi(undefined, "not found");
    return $multi(entry.expires === 0 ? 0 : entry.expires - ngx.now());
  },
};

const dictionary = ngx.shared.threat_response;

/** Whether counts and blocks are shared by all workers of this node. */
export const isShared = dictionary !== undefined;

export const counters: SharedDict = dictionary ?? perWorker;
