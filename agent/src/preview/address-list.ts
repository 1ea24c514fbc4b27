import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Tells whether an address is in one of the ranges; answers for an address it was asked for before at once. */
export function createAddressList(ranges: readonly string[]): (ip: string) => boolean {
  const single = new Set<string>();
  const networks: [Address, number][] = [];
  for (const range of ranges) {
    if (range.includes("/")) networks.push(ipaddr.parseCIDR(range));
    else single.add(normal(range));
  }
  const known = new Map<string, boolean>();
  return (ip) => {
    let found = known.get(ip);
    if (found === undefined) {
      found = single.has(normal(ip)) || isInAny(ip, networks);
      known.set(ip, found);
    }
    return found;
  };
}

const normal = (ip: string): string =>
  ip.includes(":") && ipaddr.isValid(ip) ? ipaddr.process(ip).toNormalizedString() : ip;

function isInAny(ip: string, networks: readonly [Address, number][]): boolean {
  if (networks.length === 0 || !ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  return networks.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
}
