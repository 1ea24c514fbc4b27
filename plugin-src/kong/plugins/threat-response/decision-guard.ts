import * as ffi from "ffi";
import { matchNumber, type RangeSet } from "./cidr.ts";
import { WIDEST_IPV4, WIDEST_IPV6 } from "./contract/decision-feed.ts";
import { type AddressKey, agree, CREDENTIAL, IPV6, setRange, TAG, toUnsigned } from "./decision-key.ts";

/** What no decision may do, whoever signs it: hit loopback, a trusted proxy or an allow-list entry, or be wide. */
export interface Guard {
  spared: RangeSet;
  /** The spared ranges as keys, and how many they are. */
  keys: AddressKey;
  count: number;
}

/** Numbers of one key. */
const KEY_SIZE = 5;

export function compileGuard(spared: RangeSet): Guard {
  const count = spared.ranges.length;
  const keys = ffi.new("int32_t[?]", count * KEY_SIZE);
  let place = 0;
  for (const range of spared.ranges) {
    setRange(advance(keys, place * KEY_SIZE), range);
    place += 1;
  }
  return { spared, keys, count };
}

function overlapsAny(guard: Guard, key: AddressKey): boolean {
  const isIpv6 = key[TAG] >= IPV6;
  for (const place of $range(0, guard.count - 1)) {
    const other = place * KEY_SIZE;
    const tag = guard.keys[other + TAG];
    if (tag >= IPV6 === isIpv6 && agree(advance(guard.keys, other), key, Math.min(tag, key[TAG]) % IPV6)) {
      return true;
    }
  }
  return false;
}

/** What is wrong with a decision about this address or range; whoever is behind a name is judged when a request is his. */
export function objectTo(guard: Guard, key: AddressKey): string | undefined {
  const tag = key[TAG];
  if (tag >= CREDENTIAL) {
    return undefined;
  }
  if (tag < (tag < IPV6 ? WIDEST_IPV4 : IPV6 + WIDEST_IPV6)) {
    return "wider than decisions may be";
  }
  const isSpared = tag === 32 ? matchNumber(guard.spared, toUnsigned(key[0])) : overlapsAny(guard, key);
  return isSpared ? "covers loopback, a trusted proxy or an allow-list entry" : undefined;
}
