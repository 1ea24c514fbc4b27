import { type RequestParts, scanRequest } from "../payload/scan-request.ts";
import type { Finding } from "../score.ts";

/**
 * Catches injected code in any part of a request: SQL, script, shell commands, paths, templates and others (contract/categories.ts).
 * Example: `/search?q=1' union select password from users--`. Also names scanners by their user agent, which only earns a flag:
 * whoever means harm changes it.
 */
export const detectPayload = (parts: RequestParts, ip: string): Finding | undefined => {
  const found = scanRequest(parts);
  if (found === undefined) return undefined;
  const { field, window, reason, score } = found;
  const shared = { score, subject: "ip", value: ip, field, window, reason } as const;
  if (found.class === undefined) {
    return { ...shared, category: "abuse", detector: "scanner", action: "flag" };
  }
  return { ...shared, category: "payload_injection", class: found.class, detector: "payload", action: "block" };
};
