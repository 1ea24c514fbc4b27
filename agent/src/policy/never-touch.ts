import ipaddr from "ipaddr.js";
import type { Aim } from "../actions/action-kind.ts";
import type { Incident } from "../store/incidents.ts";
import { matchesAny } from "./patterns.ts";
import type { Rails } from "./schema.ts";

/** What the agent itself is reached by. */
const OWN = ["threat-response", "threat-response-*", "threat-response.*"];

/** Why this address is out of bounds, or null. */
export function refuseAddress(text: string, rails: Rails): string | null {
  if (!ipaddr.isValid(text)) return "it is not an address";
  const address = ipaddr.process(text);
  if (address.range() === "loopback" || address.range() === "unspecified") return "it is this machine itself";
  const range = rails.never_touch.cidrs.find((cidr) => contains(cidr, address));
  return range === undefined ? null : `it is in ${range}, which the policy never touches`;
}

function contains(cidr: string, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const [network, bits] = cidr.includes("/") ? ipaddr.parseCIDR(cidr) : singleAddress(cidr);
  return network.kind() === address.kind() && address.match(network, bits);
}

function singleAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

/** Why an action aimed at the incident's route or wider is out of bounds, or null. */
export function refusePlace(
  aim: Aim,
  target: Record<string, string>,
  incident: Incident,
  rails: Rails,
  tags: readonly string[] | null,
): string | null {
  if (aim !== "route" && aim !== "service" && aim !== "gateway") return null;
  const { routes, services, health_checks, tags: untouched } = rails.never_touch;
  const { route_id, route_name, service_id, service_name } = incident.scope;
  const ofRoute = [target.route_id, target.route, route_id, route_name];
  const ofService = [target.service_id, target.service, service_id, service_name];
  const route = matchesAny([...routes, ...OWN], ofRoute);
  if (route !== null) return `the policy never touches route ${route}`;
  const service = matchesAny([...services, ...OWN], ofService);
  if (service !== null) return `the policy never touches service ${service}`;
  const check = matchesAny(health_checks, [...ofRoute, ...ofService]);
  if (check !== null) return `${check} looks like a health check, which the policy never touches`;
  if (untouched.length > 0 && tags === null)
    return "the tags of route and service are not known, and the policy spares some";
  const tag = matchesAny(untouched, tags ?? []);
  if (tag !== null) return `the policy never touches what is tagged ${tag}`;
  if (aim !== "gateway") return null;
  const spared = [...routes, ...services][0];
  return spared === undefined ? null : `it would hit ${spared}, too, which the policy never touches`;
}

/** Why this consumer or credential is out of bounds, or null. */
export function refuseConsumer(aim: Aim, target: Record<string, string>, rails: Rails): string | null {
  if (aim !== "consumer" && aim !== "credential") return null;
  const consumer = matchesAny(rails.never_touch.consumers, Object.values(target));
  return consumer === null ? null : `the policy never touches consumer ${consumer}`;
}
