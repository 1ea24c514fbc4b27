import { unmap } from "../address.ts";
import { matchCidr } from "../cidr.ts";
import type { Instance } from "../configure.ts";

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

export const readSource = (instance: Instance): Source => {
  const variables = ngx.var;
  const binary = unmap(variables.binary_remote_addr ?? "");
  const proxies = instance.trustedProxies;
  return {
    ip: variables.remote_addr ?? "",
    binary,
    key: binary.length === 16 ? sub(binary, 1, 8) : binary,
    isExempt: isLocal(binary) || (proxies !== undefined && matchCidr(proxies, binary)),
  };
};
