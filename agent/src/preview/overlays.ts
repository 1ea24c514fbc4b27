import { matcherOf, type PlannedDecision } from "./decisions.ts";
import type { RequestScope } from "./plugins-in-effect.ts";
import type { Routed, Router } from "./router.ts";

/** A copy of a route over which a plan would send one client's requests. */
export interface PlannedOverlay {
  client: Pick<PlannedDecision, "kind" | "value">;
  original: Place;
  copy: Place;
}

interface Place {
  route_id: string;
  service_id: string | null;
}

/** Where requests go after a change, and those of the chosen clients over the copies. */
export function withOverlays(router: Router | null, overlays: readonly PlannedOverlay[]): Router | null {
  if (overlays.length === 0) return router;
  const all = overlays.map((overlay) => ({ ...overlay, isMeant: matcherOf(overlay.client) }));
  return (request) => {
    const where = router === null ? recorded(request) : router(request);
    const overlay = all.find(({ original, isMeant }) => original.route_id === where?.route_id && isMeant(request));
    if (where === null || overlay === undefined) return where;
    const { copy } = overlay;
    return { ...copy, diverted: where.diverted || copy.service_id !== where.service_id };
  };
}

const recorded = ({ route_id, service_id }: Place | { route_id: null; service_id: string | null }): Routed | null =>
  route_id === null ? null : { route_id, service_id, diverted: false };

/** By the copy's id. */
export const originalsOf = (
  overlays: readonly PlannedOverlay[],
): Map<string, Pick<RequestScope, "route_id" | "service_id">> =>
  new Map(overlays.map(({ copy, original }) => [copy.route_id, original]));
