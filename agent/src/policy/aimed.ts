import type { ActionKind, Aim, Risk } from "../actions/action-kind.ts";
import { ACTION_KINDS } from "../actions/index.ts";
import { counted } from "../counted.ts";
import type { Incident } from "../store/incidents.ts";
import type { GenericTemplate, ThrottleRouteTemplate } from "./action-template.ts";
import { refuseAddress, refuseConsumer, refusePlace } from "./never-touch.ts";
import { type DecideContext, idempotencyKey, type PlannedAction } from "./plan.ts";
import { escalatedTtl, refuseTarget } from "./rails.ts";
import type { Rails } from "./schema.ts";

const AIM_OF: Record<Risk, Aim> = {
  source: "source",
  consumer: "consumer",
  route: "route",
  service: "service",
  global: "gateway",
  security_removing: "route",
};

const aimOf = (kind: ActionKind): Aim => kind.aim ?? AIM_OF[kind.risk];

/** Actions with one target that the incident's scope names; a text says why there is none. */
export function planAimed(
  template: ThrottleRouteTemplate | GenericTemplate,
  incident: Incident,
  rails: Rails,
  context: DecideContext,
  dry: boolean,
): PlannedAction | string {
  const type = template.action;
  const kind = ACTION_KINDS[type];
  const aim = aimOf(kind);
  const given = "target" in template ? template.target : {};
  const found = targetOf(aim, kind.needs, given, incident);
  if (typeof found === "string") return found;
  const isOnRoute = aim === "source" && kind.needs === "admin-api";
  const refused =
    (aim === "source" && (found.kind ?? "ip") === "ip" ? refuseAddress(found.value ?? "", rails) : null) ??
    refusePlace(isOnRoute ? "route" : aim, found, incident, rails, context.tags) ??
    refuseConsumer(aim, found, rails) ??
    (kind.needs === "admin-api" ? context.admin_api_refusal : null) ??
    refuseTarget(type, found, incident, rails, context, dry);
  if (refused !== null) return refused;
  return {
    type,
    vehicle: kind.needs === "feed" ? "decision" : "admin-api",
    target: found,
    ...("params" in template ? { params: template.params, reason: saying(aim, incident) } : throttleOf(template)),
    ttl_s: escalatedTtl(template.ttl_s, type, found, rails, context),
    idempotency_key: idempotencyKey(incident.id, type, found),
  };
}

function throttleOf({
  limit_by,
  per_second,
  per_minute,
}: ThrottleRouteTemplate): Pick<PlannedAction, "params" | "reason"> {
  const params = {
    limit_by,
    ...(per_second === undefined ? {} : { second: per_second }),
    ...(per_minute === undefined ? {} : { minute: per_minute }),
  };
  const window = per_second === undefined ? "minute" : "second";
  return { params, reason: `each ${limit_by} may still send ${per_second ?? per_minute} a ${window}` };
}

const saying = (aim: Aim, { counts, category }: Incident): string =>
  `${counted(counts.requests, "request")} of ${category.replaceAll("_", " ")}, aimed at the ${aim}`;

type Target = Record<string, string>;

function targetOf(aim: Aim, needs: ActionKind["needs"], given: Target, incident: Incident): Target | string {
  const found = fromIncident(aim, needs, incident);
  if (typeof found !== "string") return { ...found, ...given };
  return Object.keys(given).length > 0 ? given : found;
}

/** What the incident says of where it is, or why that is not enough. */
function fromIncident(
  aim: Aim,
  needs: ActionKind["needs"],
  { subject_kind, subject_value, scope }: Incident,
): Target | string {
  switch (aim) {
    case "source":
      if (subject_kind !== "ip") return "it is not about one address";
      if (needs === "feed") return { kind: "ip", value: subject_value };
      // For one address on one route.
      return scope.route_id
        ? { kind: "ip", value: subject_value, route_id: scope.route_id }
        : "no route matched these requests, so there is none to copy";
    case "credential":
    case "consumer":
      // Kong's entities know consumers by their ids; the gateway's plugin knows credentials by their hashes.
      if (needs === "feed" && subject_kind === "credential") return { kind: "credential", value: subject_value };
      return `no ${aim} is known; name one under target`;
    case "route":
      if (scope.route_id) return { route_id: scope.route_id };
      return needs === "feed" ? { route_id: "" } : "no route matched these requests, so there is none to act on";
    case "service":
      return scope.service_id ? { service_id: scope.service_id } : "the service is not known";
    case "gateway":
      return {};
  }
}
