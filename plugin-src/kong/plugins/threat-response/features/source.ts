import { unmap } from "../address.ts";
import { matchCidr, type RangeSet } from "../cidr.ts";
import type { Instance } from "../configure.ts";
import { lookForProxy } from "./unnamed-proxy.ts";

/** Who sent the request, as nginx's realip module tells it: an untrusted peer's own X-Forwarded-For is never looked at. */
export interface Source {
  /** Text form, as it is reported. */
  ip: string;
  /** The address in network order, for lookups in ranges. */
  binary: string;
  /** What is counted: the IPv4 address, or the /64 of an IPv6 address, which one client has to itself. */
  key: string;
  /** A proxy in front stands for all clients behind it: measures against sources never hit it, or the loopback. */
  isExempt: boolean;
}

const LOOPBACK_V6 = `${string.rep("\0", 15)}${string.char(1)}`;
const { sub, byte } = string;

const isLocal = (address: string): boolean =>
  address === "" || (address.length === 4 && byte(address, 1) === 127) || address === LOOPBACK_V6;

const describe = (proxies: RangeSet | undefined, address: string): Source => {
  const binary = unmap(address);
  return {
    ip: ngx.var.remote_addr ?? "",
    binary,
    key: binary.length === 16 ? sub(binary, 1, 8) : binary,
    isExempt: isLocal(binary) || (proxies !== undefined && matchCidr(proxies, binary)),
  };
};

/** The last sources, each at a place of its address: most clients come again. Read only. */
const PLACES = 256;
let known = new LuaTable<number, Source>();
const addresses = new LuaTable<number, string>();
let knownProxies: RangeSet | undefined;

const placeOf = (address: string): number => {
  const [a, b] = byte(address, address.length > 4 ? 7 : 3, address.length > 4 ? 8 : 4);
  return a === undefined ? 0 : (a * 31 + (b ?? 0)) % PLACES;
};

export const readSource = (instance: Instance): Source => {
  const address = ngx.var.binary_remote_addr ?? "";
  const proxies = instance.trustedProxies;
  if (proxies !== knownProxies) {
    known = new LuaTable();
    knownProxies = proxies;
  }
  const place = placeOf(address);
  const last = known.get(place);
  if (last !== undefined && addresses.get(place) === address) return last;
  const source = describe(proxies, address);
  if (lookForProxy(source)) return source;
  known.set(place, source);
  addresses.set(place, address);
  return source;
};
