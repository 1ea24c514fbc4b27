import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Where the agent never sends anything: the services of clouds that hand out credentials to whoever asks, and link-local addresses,
 * behind which they are. Loopback and private networks are fine; gateways live there.
 */
const NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);
const DENIED = [
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
  "100.100.100.200/32",
  "192.0.0.192/32",
  "168.63.129.16/32",
  "0.0.0.0/32",
  "::/128",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "ff00::/8",
].map((range) => ipaddr.parseCIDR(range));

/** Addresses of IPv6 that carry one of IPv4, with where it begins. */
const CARRIERS: [[ipaddr.IPv4 | ipaddr.IPv6, number], number][] = [
  [ipaddr.parseCIDR("::ffff:0:0/96"), 12],
  [ipaddr.parseCIDR("::/96"), 12],
  [ipaddr.parseCIDR("64:ff9b::/96"), 12],
  [ipaddr.parseCIDR("2002::/16"), 2],
];

function isDenied(text: string): boolean {
  const address = ipaddr.parse(text.replace(/%.*$/, ""));
  if (DENIED.some((range) => range[0].kind() === address.kind() && address.match(range))) return true;
  if (address.kind() === "ipv4") return false;
  const bytes = address.toByteArray();
  return CARRIERS.some(([range, at]) => address.match(range) && isDenied(bytes.slice(at, at + 4).join(".")));
}

/** Why nothing may be sent to the host, or null; by its name or address alone, in whatever form browsers and Kong would take. */
export function refuseHost(host: string): string | null {
  const bare = host
    .trim()
    .replace(/^\[|\]$/g, "")
    .replace(/\.+$/, "")
    .toLowerCase();
  const normal = isIP(bare) > 0 ? bare : normalName(bare);
  if (normal === null) return `${JSON.stringify(host.slice(0, 100))} is not a host`;
  if (NAMES.has(normal)) return `${normal} is a metadata service`;
  if (isIP(normal) > 0 && isDenied(normal)) return `${normal} is a link-local, metadata or otherwise unusable address`;
  return null;
}

/** `2852039166`, `0xa9fea9fe` and `0251.0376.0251.0376` are addresses, too; URLs are defined to see that. */
function normalName(name: string): string | null {
  if (name === "" || /[\s/@:?#\\%]/.test(name)) return null;
  try {
    return new URL(`http://${name}/`).hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");
  } catch {
    return null;
  }
}

export type Resolve = (host: string) => Promise<string[]>;
const resolveAll: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** As `refuseHost`, and also by the addresses the name stands for now. A name that stands for nothing is for the caller to find out. */
export async function refuseUrl(url: URL, resolve: Resolve = resolveAll): Promise<string | null> {
  if (!/^https?:$/.test(url.protocol)) return `${url.protocol} is not http: or https:`;
  const refused = refuseHost(url.hostname);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (refused !== null || isIP(host) > 0) return refused;
  const addresses = await resolve(host).catch(() => []);
  const denied = addresses.find(isDenied);
  return denied === undefined ? null : `${host} stands for ${denied}, a link-local or metadata address`;
}

/** For URLs out of the operator's configuration. Throws with the reason. */
export function checkOutboundUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new Error(`${what} is not a URL`);
  if (!/^https?:$/.test(url.protocol))
    throw new Error(`${what} must start with http:// or https://, not ${url.protocol}`);
  const refused = refuseHost(url.hostname);
  if (refused !== null) throw new Error(`${what} cannot be used: ${refused}`);
  return url;
}
