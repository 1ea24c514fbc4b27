/** Who sent the request, as nginx's realip module tells it: an untrusted peer's own X-Forwarded-For is never looked at. */
export interface Source {
  /** Text form, as it is reported. */
  ip: string;
  /** The address in network order, for lookups in ranges. */
  binary: string;
  /** What is counted: the IPv4 address, or the /64 of an IPv6 address, which one client has to itself. */
  key: string;
}

const MAPPED_IPV4 = "\0\0\0\0\0\0\0\0\0\0\xff\xff";
const { sub } = string;

export const readSource = (): Source => {
  const ip = ngx.var.remote_addr ?? "";
  const binary = ngx.var.binary_remote_addr ?? ip;
  if (binary.length !== 16) return { ip, binary, key: binary };
  if (sub(binary, 1, 12) === MAPPED_IPV4) return { ip, binary, key: sub(binary, 13) };
  return { ip, binary, key: sub(binary, 1, 8) };
};
