import { logOccasionally } from "../occasional-log.ts";
import type { Source } from "./source.ts";

/**
 * A load balancer that Kong was not told of stands for all clients behind it: they are counted, and would be blocked, as one. It shows where a
 * private address sends X-Forwarded-For that nginx did not follow. Operators are told once in each worker, among the first such requests.
 */
const { byte } = string;
const REQUESTS = 1000;
let left = REQUESTS;

const isPrivate = (address: string): boolean => {
  const [first, second] = byte(address, 1, 2);
  if (first === undefined || second === undefined) return false;
  if (address.length === 16) return first === 0xfc || first === 0xfd;
  if (first === 172) return second >= 16 && second <= 31;
  if (first === 100) return second >= 64 && second <= 127;
  return first === 10 || (first === 192 && second === 168);
};

/** Whether the address may be one, as long as that is looked at. */
export const lookForProxy = (source: Source): boolean => {
  if (left === 0 || source.isExempt || !isPrivate(source.binary)) return false;
  left -= 1;
  if (ngx.var.http_x_forwarded_for !== undefined && ngx.var.realip_remote_addr === source.ip) {
    left = 0;
    logOccasionally(
      ngx.WARN,
      "proxy",
      `${source.ip} sends X-Forwarded-For and is none of Kong's trusted_ips: all clients behind it count, and would be blocked, as one. ` +
        "Is it your load balancer? Then set KONG_TRUSTED_IPS and KONG_REAL_IP_HEADER=X-Forwarded-For. If clients need not be told apart, put it into config.trusted_proxies",
    );
  }
  return true;
};
