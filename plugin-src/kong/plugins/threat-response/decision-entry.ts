import { type AddressRange, maskAddress } from "./cidr.ts";
import type { Decision } from "./decision-line.ts";

/** How decisions lie in the dictionary: a key for each address or range, its decisions as text, the strongest first. */
const FIELDS = "^(%d) (%l+) (%d+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$";
const NONE = "-";
/** D. */
const LETTER = 68;

/** `D` plus the address for a single one, `D<prefix length>:` plus the first address for a range. */
export function addressKey(bytes: string): string {
  return `D${bytes}`;
}

export function rangeKey(bytes: string, length: number): string {
  return `D${length}:${maskAddress(bytes, length)}`;
}

export function entryKey(range: AddressRange): string {
  return range.length === range.bytes.length * 8 ? addressKey(range.bytes) : rangeKey(range.bytes, range.length);
}

/** `allow` beats all; what holds everywhere beats what is limited to logins or a route; a block beats a throttle. */
function rank(decision: Decision): number {
  if (decision.action === "allow") {
    return 0;
  }
  const isLimited = decision.scope !== undefined || decision.route !== undefined;
  return (decision.action === "block" ? 1 : 3) + (isLimited ? 1 : 0);
}

export function encodeEntry(decision: Decision): string {
  const { action, expires, id, incident, rps, scope, route } = decision;
  return string.format(
    "%d %s %d %s %s %.14g %s %s",
    rank(decision),
    action,
    expires,
    id,
    incident,
    rps,
    scope ?? NONE,
    route ?? NONE,
  );
}

/** What `entryKey` and `encodeEntry` give for a plain block of an IPv4 address: `tail` is `<expires> <id> <incident>`. */
export function plainKey(address: number): string {
  const a = Math.floor(address / 16777216);
  const b = Math.floor(address / 65536) % 256;
  const c = Math.floor(address / 256) % 256;
  return string.char(LETTER, a, b, c, address % 256);
}

export function encodePlainBlock(tail: string): string {
  return `1 block ${tail} 1 - -`;
}

/** Two entries of one key. The rank leads each line, so the order of text is the order of strength. */
export function joinEntries(first: string, second: string): string {
  const lines = [second];
  for (const [line] of string.gmatch(first, "[^\n]+")) {
    lines.push(line as string);
  }
  table.sort(lines);
  return table.concat(lines, "\n");
}

/** Epoch seconds at which the last decision of an entry ends. */
export function expiryOf(entry: string): number {
  let latest = 0;
  for (const [expires] of string.gmatch(entry, "%d %l+ (%d+)[^\n]*")) {
    latest = Math.max(latest, tonumber(expires) as number);
  }
  return latest;
}

export interface RankedDecision extends Decision {
  /** 0 is the strongest. */
  rank: number;
}

export function decodeEntry(entry: string): RankedDecision[] {
  const decisions: RankedDecision[] = [];
  for (const [line] of string.gmatch(entry, "[^\n]+")) {
    const [order, action, expires, id, incident, rps, scope, route] = string.match(line as string, FIELDS);
    if (action !== undefined) {
      decisions.push({
        rank: tonumber(order) as number,
        action: action as Decision["action"],
        expires: tonumber(expires) as number,
        id: id as string,
        incident: incident as string,
        rps: tonumber(rps) as number,
        scope: scope === "login" ? "login" : undefined,
        route: route === NONE ? undefined : route,
      });
    }
  }
  return decisions;
}
