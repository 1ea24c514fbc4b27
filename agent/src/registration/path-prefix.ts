import type { IncomingMessage } from "node:http";

const PREFIX = /^(?:\/[A-Za-z0-9._~-]+)+$/;

/** As `/threat-response`, or as `/ops/threat-response`. */
export const isPathPrefix = (text: string): boolean => PREFIX.test(text) && text.length <= 200;

/** For proxies that leave the prefix on: what is asked below it is answered as if it was not there. */
export function withoutPrefix(url: string, prefix: string | undefined): string {
  if (prefix === undefined || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest === "") return "/";
  if (rest.startsWith("?")) return `/${rest}`;
  return rest.startsWith("/") ? rest : url;
}

/** Where the client sees the agent's root: what the gateway took off and says so, else what the agent takes off itself. */
export function prefixSeen(headers: IncomingMessage["headers"], prefix: string | undefined): string {
  const told = headers["x-forwarded-prefix"];
  return typeof told === "string" && isPathPrefix(told) ? told : (prefix ?? "");
}
