import type { Instance } from "./configure.ts";
import { type Ruling, stops } from "./verdict.ts";

/** What this request went through, kept in `kong.ctx.plugin` from phase to phase. */
export interface Trace {
  /** The ruling that counts, enforced or not. */
  ruling?: Ruling;
  /** This plugin ended the request; the answer is its own and no evidence of anything. */
  stopped?: boolean;
}

const HEADER = "X-Threat-Response";

/** Clients cannot speak for the plugin towards the upstream. */
export const clearForgedHeader = (): void => {
  if (ngx.var.http_x_threat_response !== undefined) kong.service.request.clear_header(HEADER);
};

const stop = (ruling: Ruling): void => {
  // Little for attackers: an operator finds the request by this id in logs and incidents.
  const body = {
    message: ruling.verdict === "block" ? "Forbidden" : "Too many requests",
    reference: ngx.var.kong_request_id ?? ngx.var.request_id,
  };
  if (ruling.verdict === "block") kong.response.exit(403, body);
  else kong.response.exit(429, body, { "Retry-After": ruling.retry_after });
};

/** Does what the ruling says, unless the instance only monitors. Nothing runs after a stop, so the mark comes first. */
export const enforce = (instance: Instance, trace: Trace, ruling: Ruling | undefined): void => {
  if (ruling === undefined) return;
  trace.ruling = ruling;
  kong.log.set_serialize_value("threat_response", {
    verdict: ruling.verdict,
    enforced: instance.enforce,
    by: ruling.by,
    category: ruling.finding?.category,
    score: ruling.score,
    reason: ruling.reason,
    decision: ruling.decision,
  });
  if (!instance.enforce) return;
  if (stops(ruling)) {
    trace.stopped = true;
    stop(ruling);
    return;
  }
  kong.service.request.set_header(HEADER, `flag;category=${ruling.finding?.category};score=${ruling.score}`);
};
