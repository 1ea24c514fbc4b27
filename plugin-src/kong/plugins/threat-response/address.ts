/** An address as its bytes in network order: 4 for IPv4 and for IPv4 mapped into IPv6, 16 for IPv6. As `$binary_remote_addr` has it. */
const MAPPED = `${string.rep("\0", 10)}${string.char(0xff, 0xff)}`;
const ZERO = "\0";

/** IPv4 mapped into IPv6 (`::ffff:192.0.2.1`) is the same client as the plain address. */
export function unmap(bytes: string): string {
  return bytes.length === 16 && string.sub(bytes, 1, 12) === MAPPED ? string.sub(bytes, 13) : bytes;
}

/** Undefined for anything that is no address, or could be read in two ways (leading zeros, zones). */
export function parseAddress(text: string): string | undefined {
  const [colon] = string.find(text, ":", 1, true);
  if (colon === undefined) {
    return parseIpv4(text);
  }
  const bytes = parseIpv6(text);
  return bytes === undefined ? undefined : unmap(bytes);
}

function parseIpv4(text: string): string | undefined {
  const [a, b, c, d] = string.match(text, "^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$");
  if (a === undefined) {
    return undefined;
  }
  const bytes: string[] = [];
  for (const part of [a, b, c, d]) {
    const value = tonumber(part) as number;
    if (value > 255 || tostring(value) !== part) {
      return undefined;
    }
    bytes.push(string.char(value));
  }
  return table.concat(bytes);
}

function parseIpv6(text: string): string | undefined {
  const hexadecimal = spellOutIpv4(text);
  if (hexadecimal === undefined) {
    return undefined;
  }
  const [gap, gapEnd] = string.find(hexadecimal, "::", 1, true);
  if (gap === undefined) {
    const groups = parseGroups(hexadecimal);
    return groups !== undefined && groups.length === 16 ? groups : undefined;
  }
  const head = parseGroups(string.sub(hexadecimal, 1, gap - 1));
  const tail = parseGroups(string.sub(hexadecimal, (gapEnd as number) + 1));
  if (head === undefined || tail === undefined || head.length + tail.length > 14) {
    return undefined;
  }
  return head + string.rep(ZERO, 16 - head.length - tail.length) + tail;
}

/** `64:ff9b::192.0.2.1` as `64:ff9b::c000:201`. */
function spellOutIpv4(text: string): string | undefined {
  const [head, last] = string.match(text, "^([%x:]*:)(%d+%.%d+%.%d+%.%d+)$");
  if (head === undefined) {
    return text;
  }
  const bytes = parseIpv4(last as string);
  if (bytes === undefined) {
    return undefined;
  }
  const [a, b, c, d] = string.byte(bytes, 1, 4);
  return string.format("%s%x:%x", head, a * 256 + b, c * 256 + d);
}

/** Two bytes for each group; undefined where a group is empty, too long or not hexadecimal. */
function parseGroups(text: string): string | undefined {
  if (text === "") {
    return "";
  }
  const bytes: string[] = [];
  for (const [group] of string.gmatch(`${text}:`, "([^:]*):")) {
    const [digits] = string.match(group as string, "^%x%x?%x?%x?$");
    if (digits === undefined) {
      return undefined;
    }
    const value = tonumber(digits, 16) as number;
    bytes.push(string.char(Math.floor(value / 256), value % 256));
  }
  return table.concat(bytes);
}
