import { bxor as exclusiveOr, bor as inclusiveOr } from "bit";
import * as native from "./sha256-native.ts";
import * as plain from "./sha256-plain.ts";

/** HMAC-SHA256 and SHA-256, at once or in slices; libcrypto where the process has it, plain Lua elsewhere. */
interface Sha256 {
  readonly __state: unique symbol;
}

interface Backend {
  begin: (this: void) => Sha256;
  update: (this: void, state: Sha256, data: string) => void;
  finish: (this: void, state: Sha256) => string;
}

export interface Hmac {
  inner: Sha256;
  outer: Sha256;
}

const BLOCK = 64;
export const isNative = native.isAvailable();
const libcrypto = { begin: native.begin, update: native.update, finish: native.finish };
const plainLua = { begin: plain.begin, update: plain.update, finish: plain.finish };
const backend = (isNative ? libcrypto : plainLua) as unknown as Backend;
const begin = backend.begin;
const update = backend.update;
const finish = backend.finish;

export function sha256(data: string): string {
  const state = begin();
  update(state, data);
  return finish(state);
}

export function toHex(bytes: string): string {
  const [hex] = string.gsub(bytes, ".", (byte) => string.format("%02x", string.byte(byte)));
  return hex;
}

export function sha256Hex(data: string): string {
  return toHex(sha256(data));
}

/** Each byte of `key` exclusive-or `mask`, for keys of one block; 0x36 and 0x5c as RFC 2104 has them. */
function padKey(key: string, mask: number): string {
  const bytes: string[] = [];
  for (const i of $range(1, BLOCK)) {
    const byte = i <= key.length ? string.byte(key, i) : 0;
    bytes.push(string.char(exclusiveOr(byte, mask)));
  }
  return table.concat(bytes);
}

export function beginHmac(key: string): Hmac {
  const short = key.length > BLOCK ? sha256(key) : key;
  const inner = begin();
  update(inner, padKey(short, 0x36));
  const outer = begin();
  update(outer, padKey(short, 0x5c));
  return { inner, outer };
}

export function updateHmac(hmac: Hmac, data: string): void {
  update(hmac.inner, data);
}

/** Lower-case hex; the state is spent. */
export function finishHmac(hmac: Hmac): string {
  update(hmac.outer, finish(hmac.inner));
  return toHex(finish(hmac.outer));
}

export function hmacHex(key: string, data: string): string {
  const hmac = beginHmac(key);
  updateHmac(hmac, data);
  return finishHmac(hmac);
}

/** Equality whose duration tells nothing about where two strings of one length differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) {
    return false;
  }
  let difference = 0;
  for (const i of $range(1, a.length)) {
    difference = inclusiveOr(difference, exclusiveOr(string.byte(a, i), string.byte(b, i)));
  }
  return difference === 0;
}

let drawn = 0;

/** 2 × `count` hex digits (`count` up to 32) for names, not for keys: without a random source they are only unlikely to repeat. */
export function randomHex(count: number): string {
  const bytes = isNative ? native.randomBytes(count) : readUrandom(count);
  if (bytes !== undefined) {
    return toHex(bytes);
  }
  drawn += 1;
  return string.sub(sha256Hex(`${tostring({})} ${os.time()} ${os.clock()} ${drawn}`), 1, count * 2);
}

function readUrandom(count: number): string | undefined {
  const [file] = io.open("/dev/urandom", "rb");
  if (file === undefined) {
    return undefined;
  }
  const bytes = file.read(count) as string | undefined;
  file.close();
  return bytes;
}
