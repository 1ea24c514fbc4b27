import type { Limits } from "../payload/inspection.ts";
import { type RequestParts, scanRequest } from "../payload/scan-request.ts";
import type { Finding } from "../score.ts";

/**
 * Catches injected code in any part of a request: SQL, script, shell commands, paths, templates and others (contract/categories.ts).
 * Example: `/search?q=1' union select password from users--`. Also names scanners by their user agent, which only earns a flag:
 * whoever means harm changes it.
 */
export const detectPayload = (parts: RequestParts, ip: string, limits?: Limits): Finding | undefined => {
  const found = scanRequest(parts, limits);
  if (found === undefined) return undefined;
  const isInjection = found.class !== undefined;
  const finding: Finding = {
    category: isInjection ? "payload_injection" : "abuse",
    detector: isInjection ? "payload" : "scanner",
    score: found.score,
    action: isInjection ? "block" : "flag",
    subject: "ip",
    value: ip,
    field: found.field,
    window: found.window,
    reason: found.reason,
  };
  if (found.class !== undefined) finding.class = found.class;
  return finding;
};
