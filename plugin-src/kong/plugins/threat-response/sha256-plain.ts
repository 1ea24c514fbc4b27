import { band, bnot, bxor, lshift, ror, rshift, tobit, tohex } from "bit";

/** SHA-256 (FIPS 180-4) on LuaJIT's bit operations, for processes whose libcrypto cannot be reached. Same interface as `sha256-native.ts`. */
export interface PlainSha256 {
  words: number[];
  /** Bytes of an unfinished block. */
  rest: string;
  length: number;
}

const BLOCK = 64;
const primes = firstPrimes(64);
const ROUND = fractions(1 / 3);
const START = fractions(1 / 2);
const schedule: number[] = [];

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  let candidate = 2;
  while (found.length < count) {
    let isPrime = true;
    for (const prime of found) {
      if (candidate % prime === 0) {
        isPrime = false;
      }
    }
    if (isPrime) {
      found.push(candidate);
    }
    candidate += 1;
  }
  return found;
}

/** The first 32 bits of the fractional part of each prime's root, as the standard defines its constants. */
function fractions(exponent: number): number[] {
  const words: number[] = [];
  for (const prime of primes) {
    words.push(tobit(Math.floor((prime ** exponent % 1) * 4294967296)));
  }
  return words;
}

function expand(data: string, offset: number): void {
  for (const i of $range(0, 15)) {
    const [a, b, c, d] = string.byte(data, offset + i * 4, offset + i * 4 + 3);
    schedule[i] = lshift(a, 24) + lshift(b, 16) + lshift(c, 8) + d;
  }
  for (const i of $range(16, 63)) {
    const before15 = schedule[i - 15];
    const before2 = schedule[i - 2];
    const s0 = bxor(ror(before15, 7), ror(before15, 18), rshift(before15, 3));
    const s1 = bxor(ror(before2, 17), ror(before2, 19), rshift(before2, 10));
    schedule[i] = tobit(schedule[i - 16] + s0 + schedule[i - 7] + s1);
  }
}

/** One block of `data`, whose first byte is at `offset` (from 1). */
function compress(words: number[], data: string, offset: number): void {
  expand(data, offset);
  let [a, b, c, d, e, f, g, h] = words;
  for (const i of $range(0, 63)) {
    const s1 = bxor(ror(e, 6), ror(e, 11), ror(e, 25));
    const choice = bxor(band(e, f), band(bnot(e), g));
    const first = tobit(h + s1 + choice + ROUND[i] + schedule[i]);
    const s0 = bxor(ror(a, 2), ror(a, 13), ror(a, 22));
    const majority = bxor(band(a, b), band(a, c), band(b, c));
    h = g;
    g = f;
    f = e;
    e = tobit(d + first);
    d = c;
    c = b;
    b = a;
    a = tobit(first + s0 + majority);
  }
  words[0] = tobit(words[0] + a);
  words[1] = tobit(words[1] + b);
  words[2] = tobit(words[2] + c);
  words[3] = tobit(words[3] + d);
  words[4] = tobit(words[4] + e);
  words[5] = tobit(words[5] + f);
  words[6] = tobit(words[6] + g);
  words[7] = tobit(words[7] + h);
}

export function begin(): PlainSha256 {
  const words: number[] = [];
  for (const i of $range(0, 7)) {
    words[i] = START[i];
  }
  return { words, rest: "", length: 0 };
}

export function update(state: PlainSha256, data: string): void {
  state.length += data.length;
  const all = state.rest.length === 0 ? data : state.rest + data;
  const last = all.length - (all.length % BLOCK);
  for (const offset of $range(1, last, BLOCK)) {
    compress(state.words, all, offset);
  }
  state.rest = string.sub(all, last + 1);
}

/** The digest's 32 bytes; the state is spent. */
export function finish(state: PlainSha256): string {
  const length = state.length;
  const zeros = (BLOCK - ((length + 9) % BLOCK)) % BLOCK;
  const high = Math.floor(length / 536870912);
  update(state, string.char(0x80) + string.rep("\0", zeros) + bigEndian(high) + bigEndian(tobit(length * 8)));
  const parts: string[] = [];
  for (const word of state.words) {
    parts.push(bigEndian(word));
  }
  return table.concat(parts);
}

function bigEndian(word: number): string {
  const [bytes] = string.gsub(tohex(word), "..", (pair) => string.char(tonumber(pair, 16) as number));
  return bytes;
}
