import * as ffi from "ffi";
import { countBits } from "./bits.ts";
import type { Instance } from "./configure.ts";
import { counters } from "./counters.ts";
import { hashText } from "./distinct.ts";
import { readPresented } from "./features/credential.ts";
import type { Facts } from "./features/facts.ts";
import type { Identity } from "./identities.ts";

/**
 * How many people are behind a busy address, in 32 bits: each is somebody by what he presents, or by his agent. What a client says of itself can be
 * made up, so it counts only when Kong has authenticated it, when the service has issued it here, or when the address has been served with it
 * five to ten minutes ago already. While the gateway has just started nothing can have been seen before: then what is there counts, though for
 * little (`source-usual.ts`).
 */
interface Crowd {
  started: number;
  young: number;
  middle: number;
  old: number;
}

const SIZE = 16;
const GENERATION_S = 300;
const FRESH_S = 1800;
/** Whoever was there in the first minutes has been there for a while by then. */
const BELIEVED_S = 900;
/** Who is there so soon was there before the gateway. */
const START_S = 60;
const KEEP_S = 86_400;
const CACHED = 1000;
const CACHE_S = 1;
/** Every so-manieth request of a busy address tells who is there. */
const EACH = 4;
/** Of the limit of an address: whoever sends less in a window costs nothing. */
const BUSY_SHARE = 100;
const MANY = 8;
const SHORTEST_SESSION = 8;
const { floor } = math;
const { find, match, sub } = string;

const crowd = ffi.new("struct { uint32_t started; int32_t young, middle, old; }") as unknown as Crowd;
const bytes = crowd as unknown as ffi.Numbers;

const now = (): number => floor(ngx.now());

let startedAt: number | undefined;

/** Since when the gateway has been there; all workers agree. */
const startOf = (): number => {
  if (startedAt === undefined) {
    counters.add("wS", ngx.now());
    const [since] = counters.get("wS");
    startedAt = (since as number | undefined) ?? ngx.now();
  }
  return startedAt;
};

const isFresh = (): boolean => ngx.now() - startOf() < FRESH_S;

const load = (key: string): void => {
  const [stored] = counters.get(`W${key}`);
  if (stored === undefined) {
    ffi.fill(bytes, SIZE);
    crowd.started = now();
  } else ffi.copy(bytes, stored as string, SIZE);
};

/** Who was there in the generation before the last has been there for a while. */
const age = (): boolean => {
  const elapsed = now() - crowd.started;
  if (elapsed < GENERATION_S) return false;
  crowd.old = crowd.old | crowd.middle;
  crowd.middle = elapsed < 2 * GENERATION_S ? crowd.young : 0;
  if (elapsed >= 2 * GENERATION_S) crowd.old = crowd.old | crowd.young;
  crowd.young = 0;
  crowd.started = now();
  return true;
};

const save = (key: string): void => {
  counters.set(`W${key}`, ffi.string(bytes, SIZE), KEEP_S);
};

/** The bits of an address that count, as this worker read them lately. */
let cached = new LuaTable<string, number>();
let cachedAt = 0;
let size = 0;

const readPeople = (key: string): number => {
  load(key);
  return isFresh() ? crowd.old | crowd.middle | crowd.young : crowd.old;
};

const peopleOf = (key: string): number => {
  if (ngx.now() - cachedAt > CACHE_S || size >= CACHED) {
    cached = new LuaTable();
    cachedAt = ngx.now();
    size = 0;
  }
  const known = cached.get(key);
  if (known !== undefined) return known;
  const people = readPeople(key);
  cached.set(key, people);
  size += 1;
  return people;
};

const bitOf = (text: string): number => 1 << (hashText(text) & 31);

const SESSION = "cookie_";

/** What tells a client from others at its address: its session, else all that it says of itself. Keys that nobody has let in may be made up. */
const whoIs = (instance: Instance, facts: Facts): number => {
  for (const variable of instance.credentialVariables) {
    const presented = sub(variable, 1, SESSION.length) === SESSION ? readPresented(variable) : undefined;
    if (presented !== undefined) return bitOf(presented);
  }
  return bitOf(`${facts.userAgent ?? ""}|${facts.cookie ?? ""}`);
};

const readIssued = (setCookie: string, name: string): string | undefined => {
  const [from, to] = find(setCookie, `${name}=`, 1, true);
  if (from === undefined) return undefined;
  const before = from === 1 ? " " : sub(setCookie, from - 1, from - 1);
  const [value] = match(setCookie, "^[^;,%s]*", (to as number) + 1);
  return (before === " " || before === ",") && value.length >= SHORTEST_SESSION ? value : undefined;
};

/** The sessions that an answer issues, as bits. */
const issuedBits = (instance: Instance): number => {
  const setCookie = ngx.var.sent_http_set_cookie;
  let bits = 0;
  if (setCookie === undefined) return bits;
  for (const name of instance.config.identity.cookies) {
    const value = readIssued(setCookie, name);
    if (value !== undefined) bits = bits | bitOf(value);
  }
  return bits;
};

/** A good answer to an address: the how-maniest request of its window it was, and whose. */
export const noteCrowd = (instance: Instance, facts: Facts, identity: Identity | undefined, requests: number): void => {
  if (requests < instance.config.flood.max_per_ip / BUSY_SHARE) return;
  const issued = issuedBits(instance);
  if (issued === 0 && requests % EACH !== 0) return;
  const { key } = facts.source;
  load(key);
  const before = crowd.old;
  const young = crowd.young;
  const isOlder = age();
  if (identity !== undefined) crowd.old = crowd.old | bitOf(identity.owner);
  else {
    crowd.old = crowd.old | issued;
    crowd.young = crowd.young | whoIs(instance, facts);
  }
  if (isOlder || crowd.old !== before || crowd.young !== young) save(key);
};

/** Whether somebody is known to be at an address. */
export const isBelieved = (instance: Instance, facts: Facts): boolean =>
  ngx.now() - startOf() < BELIEVED_S || (peopleOf(facts.source.key) & whoIs(instance, facts)) !== 0;

/** Whether many people are behind an address. */
export const isCrowd = (key: string): boolean => countBits(peopleOf(key)) >= MANY;

/** Whether a moment belongs to the first minute of the gateway. */
export const isAtStart = (at: number): boolean => at - startOf() < START_S;
