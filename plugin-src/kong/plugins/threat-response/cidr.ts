import { parseAddress, unmap } from "./address.ts";

/** Address ranges: reading them, and asking in a few table look-ups whether an address lies in one of many. */
export interface AddressRange {
  /** The first address, see `address.ts`. */
  bytes: string;
  /** Leading bits that count, 0 to 32 or 0 to 128. */
  length: number;
}

/** All ranges of one prefix length: IPv4 by the number of the prefix, IPv6 by its bytes. */
interface Ipv4Level {
  length: number;
  /** Addresses in a range of this length. */
  size: number;
  prefixes: Record<number, true>;
}

interface Ipv6Level {
  length: number;
  prefixes: Record<string, true>;
}

export interface RangeSet {
  ranges: AddressRange[];
  ipv4: Ipv4Level[];
  ipv6: Ipv6Level[];
}

const MAPPED_LENGTH = 96;

/** `bytes` with everything behind the first `length` bits cleared. */
export function maskAddress(bytes: string, length: number): string {
  if (length >= bytes.length * 8) {
    return bytes;
  }
  const whole = Math.floor(length / 8);
  const next = string.byte(bytes, whole + 1);
  const cleared = 2 ** (8 - (length % 8));
  return (
    string.sub(bytes, 1, whole) + string.char(next - (next % cleared)) + string.rep("\0", bytes.length - whole - 1)
  );
}

/** `192.0.2.0/24`, `2001:db8::/32` or a single address; bits behind the prefix are cleared. */
export function parseRange(text: string): AddressRange | undefined {
  const [address, suffix] = string.match(text, "^([^/]+)/?(%d*)$");
  const bytes = address === undefined ? undefined : parseAddress(address);
  const [slash] = string.find(text, "/", 1, true);
  if (bytes === undefined || (slash !== undefined && suffix === "")) {
    return undefined;
  }
  const bits = bytes.length * 8;
  if (suffix === "") {
    return { bytes, length: bits };
  }
  const [colon] = string.find(text, ":", 1, true);
  const isMapped = colon !== undefined && bits === 32;
  const length = (tonumber(suffix) as number) - (isMapped ? MAPPED_LENGTH : 0);
  return length < 0 || length > bits ? undefined : { bytes: maskAddress(bytes, length), length };
}

function toNumber(bytes: string): number {
  const [a, b, c, d] = string.byte(bytes, 1, 4);
  return ((a * 256 + b) * 256 + c) * 256 + d;
}

function addIpv4(levels: Ipv4Level[], range: AddressRange): void {
  const size = 2 ** (32 - range.length);
  const prefix = Math.floor(toNumber(range.bytes) / size);
  for (const level of levels) {
    if (level.length === range.length) {
      level.prefixes[prefix] = true;
      return;
    }
  }
  levels.push({ length: range.length, size, prefixes: { [prefix]: true } });
}

function addIpv6(levels: Ipv6Level[], range: AddressRange): void {
  for (const level of levels) {
    if (level.length === range.length) {
      level.prefixes[range.bytes] = true;
      return;
    }
  }
  levels.push({ length: range.length, prefixes: { [range.bytes]: true } });
}

/** Texts that are no ranges are left out: the schema has refused them before. Undefined when nothing is left. */
export function compileRanges(texts: string[]): RangeSet | undefined {
  const set: RangeSet = { ranges: [], ipv4: [], ipv6: [] };
  for (const text of texts) {
    const range = parseRange(text);
    if (range !== undefined) {
      set.ranges.push(range);
      if (range.bytes.length === 4) {
        addIpv4(set.ipv4, range);
      } else {
        addIpv6(set.ipv6, range);
      }
    }
  }
  return set.ranges.length > 0 ? set : undefined;
}

/** Whether an IPv4 address, as a number, lies in one of the ranges. */
export function matchNumber(set: RangeSet, address: number): boolean {
  for (const level of set.ipv4) {
    if (level.prefixes[(address - (address % level.size)) / level.size] !== undefined) {
      return true;
    }
  }
  return false;
}

/** Whether the address (4 or 16 bytes) lies in one of the ranges. */
export function matchCidr(set: RangeSet, binary: string): boolean {
  const bytes = unmap(binary);
  if (bytes.length === 4) {
    return matchNumber(set, toNumber(bytes));
  }
  for (const level of set.ipv6) {
    if (level.prefixes[maskAddress(bytes, level.length)] !== undefined) {
      return true;
    }
  }
  return false;
}
