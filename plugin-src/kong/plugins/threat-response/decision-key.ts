import { ror } from "bit";
import * as ffi from "ffi";
import type { AddressRange } from "./cidr.ts";
import { randomHex } from "./digest.ts";

/** An address, a range or a name as five 32-bit numbers, to be compared and hashed without making strings: four words of the address, and the tag. */
export type AddressKey = ffi.Numbers;

/** Position of the tag: the prefix length, with `IPV6` added for that family. Of IPv4 only the first word counts, the others are 0. */
const TAG = 4;
const IPV6 = 256;
/** Tags of what is no address: its words are the digits of a hash or an id. */
const CREDENTIAL = IPV6 + 129;
const CONSUMER = CREDENTIAL + 1;
const ROUTE = CREDENTIAL + 2;
const TAGS = CREDENTIAL + 3;
const WORD_BITS = 32;

const { byte } = string;

/** By prefix length, four words each. */
const MASKS = ffi.new("int32_t[516]");
for (const length of $range(0, 128)) {
  for (const word of $range(0, 3)) {
    const bits = Math.max(0, Math.min(WORD_BITS, length - word * WORD_BITS));
    // A shift by 32 places is none at all.
    MASKS[length * 4 + word] = bits === 0 ? 0 : -1 << (WORD_BITS - bits);
  }
}

/** Drawn at each start: nobody can choose addresses that fall together. */
const randomWord = (): number => (tonumber(randomHex(4), 16) as number) | 0;
const SEED_A = randomWord();
const SEED_B = randomWord();
const SEED_C = randomWord();

const createKey = (): AddressKey => ffi.new("int32_t[5]");

const readWord = (bytes: string, at: number): number => {
  const [a, b, c, d] = byte(bytes, at, at + 3);
  return (a << 24) | (b << 16) | (c << 8) | d;
};

/** From an address in network order, 4 or 16 bytes, not mapped. */
const setAddress = (key: AddressKey, bytes: string): void => {
  const isIpv6 = bytes.length === 16;
  key[0] = readWord(bytes, 1);
  key[1] = isIpv6 ? readWord(bytes, 5) : 0;
  key[2] = isIpv6 ? readWord(bytes, 9) : 0;
  key[3] = isIpv6 ? readWord(bytes, 13) : 0;
  key[TAG] = isIpv6 ? IPV6 + 128 : WORD_BITS;
};

const setRange = (key: AddressKey, range: AddressRange): void => {
  setAddress(key, range.bytes);
  key[TAG] = range.length + (range.bytes.length === 16 ? IPV6 : 0);
};

const DASH = 45;
const HASH_DIGITS = 16;
const ID_LENGTH = 36;
const NONE = "-";

/** Value of a hexadecimal digit, negative for anything else. */
const digitOf = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = (code | 32) - 97;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
};

const isDashPlace = (at: number): boolean => at === 9 || at === 14 || at === 19 || at === 24;

/** Whether `text` is 16 digits or a UUID, which is then in the words. */
const readWords = (key: AddressKey, text: string): boolean => {
  const isId = text.length === ID_LENGTH;
  if (!isId && text.length !== HASH_DIGITS) return false;
  let count = 0;
  for (const at of $range(1, text.length)) {
    const code = byte(text, at);
    if (isId && isDashPlace(at)) {
      if (code !== DASH) return false;
    } else {
      const digit = digitOf(code);
      if (digit < 0) return false;
      const word = count >> 3;
      key[word] = (key[word] << 4) | digit;
      count += 1;
    }
  }
  return true;
};

const copyKey = (to: AddressKey, from: AddressKey): void => ffi.copy(to, from, (TAG + 1) * 4);

/** A credential's hash, an id, or `-` for no route: false when it is none of them. */
const setNamed = (key: AddressKey, tag: number, text: string): boolean => {
  ffi.fill(key, TAG * 4);
  key[TAG] = tag;
  if (tag === ROUTE && text === NONE) return true;
  const isHash = text.length === HASH_DIGITS;
  return isHash === (tag === CREDENTIAL) && readWords(key, text);
};

/** The range with this tag around the address, whose family it has to have. */
const setAround = (key: AddressKey, address: AddressKey, tag: number): void => {
  const mask = (tag % IPV6) * 4;
  key[0] = address[0] & MASKS[mask];
  key[1] = address[1] & MASKS[mask + 1];
  key[2] = address[2] & MASKS[mask + 2];
  key[3] = address[3] & MASKS[mask + 3];
  key[TAG] = tag;
};

/** Whether the first `length` bits of two keys are the same. */
const agree = (a: ffi.Numbers, b: ffi.Numbers, length: number): boolean => {
  const mask = length * 4;
  return (
    ((a[0] ^ b[0]) & MASKS[mask]) === 0 &&
    ((a[1] ^ b[1]) & MASKS[mask + 1]) === 0 &&
    ((a[2] ^ b[2]) & MASKS[mask + 2]) === 0 &&
    ((a[3] ^ b[3]) & MASKS[mask + 3]) === 0
  );
};

const isSame = (a: AddressKey, b: AddressKey): boolean =>
  a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3] && a[TAG] === b[TAG];

/** Only additions, rotations and exclusive-or, which LuaJIT does in 32 bits: the last step of Bob Jenkins' lookup3 (public domain). */
const finish = (first: number, second: number, third: number): number => {
  let [a, b, c] = [first, second, third];
  c = ((c ^ b) - ror(b, 18)) | 0;
  a = ((a ^ c) - ror(c, 21)) | 0;
  b = ((b ^ a) - ror(a, 7)) | 0;
  c = ((c ^ b) - ror(b, 16)) | 0;
  a = ((a ^ c) - ror(c, 28)) | 0;
  b = ((b ^ a) - ror(a, 18)) | 0;
  return ((c ^ b) - ror(b, 8)) | 0;
};

/** The middle of lookup3 for the first three words, then its end. */
const hashLong = (key: AddressKey): number => {
  let a = (key[0] + SEED_A) | 0;
  let b = (key[1] + SEED_B) | 0;
  let c = (key[2] + SEED_C) | 0;
  a = ((a - c) | 0) ^ ror(c, 28);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ ror(a, 26);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ ror(b, 24);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ ror(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ ror(a, 13);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ ror(b, 28);
  b = (b + a) | 0;
  return finish((a + key[3]) | 0, (b + key[TAG]) | 0, c);
};

const hashKey = (key: AddressKey): number =>
  key[TAG] < IPV6 ? finish((key[0] + SEED_A) | 0, (key[TAG] + SEED_B) | 0, SEED_C) : hashLong(key);

/** An IPv4 address as `cidr.ts` has it. */
const toUnsigned = (word: number): number => (word < 0 ? word + 4_294_967_296 : word);

// Not at their places: what is exported there is called through the module's table, also from in here.
export {
  agree,
  CONSUMER,
  CREDENTIAL,
  copyKey,
  createKey,
  hashKey,
  IPV6,
  isSame,
  ROUTE,
  setAddress,
  setAround,
  setNamed,
  setRange,
  TAG,
  TAGS,
  toUnsigned,
};
