import ipaddr from "ipaddr.js";
import { WIDEST_IPV4, WIDEST_IPV6 } from "../../../contract/decision-feed.ts";

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** The one text form of an address; IPv4 in IPv6 becomes IPv4. Null when it is none. */
export function canonicalAddress(text: string): string | null {
  if (!/^[0-9a-fA-F.:]{2,45}$/.test(text)) return null;
  const valid = text.includes(":") ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  if (!valid) return null;
  return ipaddr.process(text).toString();
}

/** The one text form of an address or CIDR range, host bits cleared; null when it is neither, or wider than a decision may be. */
export function canonicalTarget(text: string): string | null {
  const [address, length, ...rest] = text.split("/");
  const canonical = canonicalAddress(address ?? "");
  if (canonical === null || rest.length > 0) return null;
  if (length === undefined) return canonical;
  if (!/^\d{1,3}$/.test(length) || canonical.includes(":") !== address!.includes(":")) return null;
  const v6 = canonical.includes(":");
  const bits = Number(length);
  if (bits > (v6 ? 128 : 32) || bits < (v6 ? WIDEST_IPV6 : WIDEST_IPV4)) return null;
  const network = v6 ? ipaddr.IPv6.networkAddressFromCIDR(text) : ipaddr.IPv4.networkAddressFromCIDR(text);
  return bits === (v6 ? 128 : 32) ? network.toString() : `${network.toString()}/${bits}`;
}

/** Is everything in `inner` also in `outer`? Both canonical. */
export function covers(outer: string, inner: string): boolean {
  const [outerAddress, outerBits] = rangeOf(outer);
  const [innerAddress, innerBits] = rangeOf(inner);
  if (outerAddress.kind() !== innerAddress.kind() || innerBits < outerBits) return false;
  return innerAddress.match(outerAddress, outerBits);
}

function rangeOf(text: string): Range {
  const [address, bits] = text.split("/") as [string, string?];
  const parsed = ipaddr.parse(address);
  return [parsed, bits === undefined ? (parsed.kind() === "ipv6" ? 128 : 32) : Number(bits)];
}
