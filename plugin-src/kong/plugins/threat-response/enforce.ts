import type { Instance } from "./configure.ts";
import { countHit } from "./decisions.ts";
import { type Headers, wantHeader } from "./features/header-lines.ts";
import type { Trace } from "./trace.ts";
import { type Ruling, stops, stronger } from "./verdict.ts";

const HEADER = "X-Threat-Response";
const FORGED = string.lower(HEADER);

wantHeader(HEADER);

/** Clients cannot speak for the plugin towards the upstream. */
const clearForgedHeader = (): void => {
  if (ngx.var.http_x_threat_response !== undefined) kong.service.request.clear_header(HEADER);
};

/** The same for a request whose headers have been read. Where there was a ruling before, that has been done: the header may be the plugin's own. */
export const clearForged = (trace: Trace, headers: Headers): void => {
  if (trace.ruling === undefined && headers[FORGED] !== undefined) kong.service.request.clear_header(HEADER);
};

/** Whether a ruling takes effect: a detector may be enforced on some clients only. */
const isEnforced = (instance: Instance, ruling: Ruling): boolean =>
  instance.enforce && ruling.finding?.isTrial !== true;

const stop = (ruling: Ruling): void => {
  // Little for attackers: an operator finds the request by this id in the logs.
  const reference = ngx.var.kong_request_id ?? ngx.var.request_id;
  if (ruling.verdict === "block") kong.response.exit(403, { message: "Forbidden", reference });
  else kong.response.exit(429, { message: "Too many requests", reference }, { "Retry-After": ruling.retry_after });
};

const note = (trace: Trace, ruling: Ruling): void => {
  trace.ruling = ruling;
  if (ruling.decision !== undefined) countHit(ruling.decision);
};

/** Does what the ruling says, unless the instance or the detector only monitors. Nothing runs after a stop, so the marks come first. */
export const enforce = (instance: Instance, trace: Trace, ruling: Ruling | undefined): void => {
  if (ruling === undefined) return;
  const isStronger = stronger(trace.ruling, ruling) === ruling;
  if (isStronger) note(trace, ruling);
  if (!isEnforced(instance, ruling) || ruling.verdict === "allow") return;
  if (stops(ruling)) {
    trace.stopped = true;
    stop(ruling);
    return;
  }
  if (isStronger)
    kong.service.request.set_header(
      HEADER,
      `flag;category=${ruling.finding?.category ?? "uninspected"};score=${ruling.score}`,
    );
};

/** The same before the headers are read. */
export const enforceEarly = (instance: Instance, trace: Trace, ruling: Ruling | undefined): void => {
  if (ruling === undefined) return;
  clearForgedHeader();
  enforce(instance, trace, ruling);
};
