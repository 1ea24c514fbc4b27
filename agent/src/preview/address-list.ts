import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [network: number, mask: number];

/** Tells whether an address is in one of the ranges. IPv4, the bulk of them, is compared as numbers. */
export function createAddressList(ranges: readonly string[]): (ip: string) => boolean {
  const four: Network[] = [];
  const six: [Address, number][] = [];
  for (const range of ranges) {
    const [address, bits] = parseRange(range);
    if (address.kind() === "ipv6") six.push([address, bits]);
    else four.push(networkOf(address.toString(), bits));
  }
  const known = new Map<string, boolean>();
  return (ip) => {
    const value = numberOf(ip);
    if (value !== null) return four.some(([network, mask]) => (value & mask) === network);
    let found = known.get(ip);
    if (found === undefined) {
      found = isInAny(ip, four, six);
      known.set(ip, found);
    }
    return found;
  };
}

function parseRange(range: string): [Address, number] {
  if (range.includes("/")) return ipaddr.parseCIDR(range);
  const address = ipaddr.process(range);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

function networkOf(ip: string, bits: number): Network {
  const mask = bits === 0 ? 0 : -1 << (32 - bits);
  return [(numberOf(ip) ?? 0) & mask, mask];
}

/** Four numbers with dots as 32 bits; null for anything else. */
function numberOf(ip: string): number | null {
  let value = 0;
  let part = 0;
  let dots = 0;
  for (let i = 0; i < ip.length; i++) {
    const code = ip.charCodeAt(i);
    if (code === 46) {
      value = (value << 8) | part;
      part = 0;
      dots++;
    } else if (code >= 48 && code <= 57) part = part * 10 + code - 48;
    else return null;
  }
  return dots === 3 ? (value << 8) | part : null;
}

function isInAny(ip: string, four: readonly Network[], six: readonly [Address, number][]): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  if (address.kind() === "ipv6") return six.some(([network, bits]) => address.match(network, bits));
  const value = numberOf(address.toString()) ?? 0;
  return four.some(([network, mask]) => (value & mask) === network);
}
