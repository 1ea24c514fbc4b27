import type { Instance } from "./configure.ts";
import { OVERLAY_HEADER } from "./contract/decision-feed.ts";
import type { Decision } from "./decision-line.ts";
import { takeOverlays } from "./decision-overlays.ts";
import { countHit } from "./decisions.ts";
import type { Facts } from "./features/facts.ts";
import type { Trace } from "./trace.ts";
import type { Ruling } from "./verdict.ts";

/**
 * Overlay routes: copies of routes that match a header which clients cannot set. Routes are matched between rewrite and access: rewrite takes
 * the header from the client and gives it to those whom a decision means, access takes it away again before the request is sent on.
 */
const NAME = string.lower(OVERLAY_HEADER);
/** Kong's router finds a header of this name, too. */
const [UNDERSCORED] = string.gsub(OVERLAY_HEADER, "-", "_");

const removeHeader = (): void => {
  kong.service.request.clear_header(OVERLAY_HEADER);
  kong.service.request.clear_header(UNDERSCORED);
};

/** First of all, and in any mode: what a client says here is never so. */
export const clearOverlay = (): void => {
  if (ngx.var.http_x_threat_response_overlay !== undefined) removeHeader();
};

/** Overlays of the client that was looked up last. */
export const noteOverlays = (trace: Trace): void => {
  const overlays = takeOverlays();
  if (overlays !== undefined) trace.overlays = overlays;
};

/** Kong's router reads the first hundred headers or so: who sends more would leave the overlay by it. */
const isHidden = (): boolean => ngx.req.get_headers()[NAME] === undefined;

const HIDDEN = "too many headers to be routed";

const ruleHidden = ({ id }: Decision): Ruling => ({
  verdict: "block",
  by: "decision",
  reason: `decision ${id}: ${HIDDEN}`,
  retry_after: 0,
  score: 100,
  decision: id,
});

/** In rewrite: has the router find the overlays. A ruling where it would not. */
export const enterOverlays = (instance: Instance, trace: Trace): Ruling | undefined => {
  const { overlays } = trace;
  if (overlays === undefined || !instance.enforce) return undefined;
  let entered: Decision | undefined;
  for (const decision of overlays) {
    if (!decision.isLogged) {
      entered = decision;
      kong.service.request.add_header(OVERLAY_HEADER, decision.to as string);
    }
  }
  return entered !== undefined && isHidden() ? ruleHidden(entered) : undefined;
};

/** In access: the service never sees the header. */
export const leaveOverlays = (trace: Trace): void => {
  if (trace.overlays !== undefined) removeHeader();
};

const asOriginal = ({ request_buffering }: KongRoute, id: string): KongRoute =>
  request_buffering === undefined ? { id } : { id, request_buffering };

/** What is known of the original holds for its copy: from here on the request counts as one of the original. */
export const seeThroughOverlay = (trace: Trace, facts: Facts): void => {
  const { overlays } = trace;
  const { route } = facts;
  if (overlays === undefined || route === undefined) return;
  for (const decision of overlays) {
    if (route.id === (decision.isLogged ? decision.route : decision.via)) {
      countHit(decision.id);
      if (decision.route !== undefined) facts.route = asOriginal(route, decision.route);
      return;
    }
  }
};
