import type { Condition } from "./condition.ts";
import { expressionOf } from "./expression.ts";
import { RUNTIME } from "./runtime.ts";
import { PATCH_DICTIONARY, writeShare } from "./share.ts";

export interface HotPatch {
  /** Letters, digits and hyphens: it names counters and is written into the code. */
  id: string;
  when: Condition;
  /** Epoch seconds by the gateway's clock; from then on it lets everything pass. */
  expires_at: number;
  /** Of the answer; null only counts. */
  status: number | null;
  /** Of the sources, 0 to 1, on whom it takes effect; the others are only counted. */
  share: number;
  /** Only requests of this route or service, where the code stands on a wider scope. */
  only?: { route: string } | { service: string };
}

const SAFE_ID = /^[A-Za-z0-9-]{1,64}$/;
const COUNTER_STAYS_S = 3_600;
/** Little for attackers: why is in the logs. */
const MESSAGES: Record<number, string> = { 404: "Not found", 429: "Too many requests", 503: "Service unavailable" };

const marker = (id: string) => `--[[threat-response patch ${id} `;

/** Whose code it is, and until when; null for what is not a hot patch of the agent. */
export function patchOf(source: string): { id: string; expires_at: number } | null {
  const found = /^--\[\[threat-response patch ([A-Za-z0-9-]{1,64}) until (\d{1,12})\]\]/.exec(source);
  return found === null ? null : { id: found[1] ?? "", expires_at: Number(found[2]) };
}

/**
 * Reviewed Lua for `pre-function`. It fails open, ends by its own clock, and does everything else before it ends the request,
 * since nothing runs after that. Counts are kept in the plugin's shared dictionary where there is one: how many requests the
 * condition met, and (for the plugin to report) that there is something to take.
 */
export function compile(patch: HotPatch): string {
  if (!SAFE_ID.test(patch.id)) throw new Error("a patch's id has to be 1 to 64 letters, digits or hyphens");
  const { code, parts } = expressionOf(patch.when);
  const runtime = parts.map((part) => RUNTIME[part]).join("\n");
  const lines = [
    `${marker(patch.id)}until ${Math.floor(patch.expires_at)}]] return function()`,
    `if ngx.time() >= ${Math.floor(patch.expires_at)} then return end`,
    ...writeOnly(patch),
    "local stops = false",
    "local ok, problem = pcall(function()",
    runtime,
    `if not ${code} then return end`,
    writeCount(patch),
    ...writeEffect(patch),
    "end)",
    `if not ok then kong.log.warn("hot patch ${patch.id} failed and let the request pass: ", problem) end`,
    ...writeExit(patch),
    "end",
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function writeOnly({ only }: HotPatch): string[] {
  if (only === undefined) return [];
  const [getter, id] = "route" in only ? ["get_route", only.route] : ["get_service", only.service];
  if (!SAFE_ID.test(id)) throw new Error("a route or service is named by its id");
  return [`local scope = kong.router.${getter}()`, `if not scope or scope.id ~= "${id}" then return end`];
}

function writeCount({ id, expires_at }: HotPatch): string {
  return `local counters = ngx.shared.${PATCH_DICTIONARY}
if counters then
local stays = math.max(${Math.floor(expires_at)} - ngx.time(), 0) + ${COUNTER_STAYS_S}
local count = counters:incr("patch:${id}", 1, 0, stays)
if count == 1 then counters:rpush("patches", "${id}") end
end`;
}

function writeEffect({ id, status, share }: HotPatch): string[] {
  if (status === null || share <= 0) return [];
  return [...(share < 1 ? [writeShare(id, share)] : []), "stops = true"];
}

function writeExit({ id, status, share }: HotPatch): string[] {
  if (status === null || share <= 0) return [];
  return [
    "if stops then",
    `kong.ctx.shared.threat_response_patch = "${id}"`,
    `return kong.response.exit(${Math.floor(status)}, { message = "${MESSAGES[status] ?? "Forbidden"}" })`,
    "end",
  ];
}
