import type { Category } from "../../../contract/categories.ts";
import type { GatewayKind } from "../drivers/gateway.ts";
import type { Authentication } from "../preview/authentication.ts";

/** What can carry an action out. */
export const VEHICLES = [
  "decision",
  "hot-patch",
  "bot-detection",
  "key-auth",
  "ip-restriction",
  "request-size-limiting",
  "acl",
  "rate-limiting",
  "request-termination",
  "route-edit",
  "overlay-route",
] as const;
export type Vehicle = (typeof VEHICLES)[number];

/** Where it stands in the request's way. `before`: ahead of every authentication plugin. `after`: sees what they let in. */
type Reach = "before" | "authentication" | "after" | "router";

interface VehicleFacts {
  reach: Reach;
  /** Ends at its own clock on the data plane, with nobody left to remove it. */
  self_ending: boolean;
  /** Works on requests that match no route. */
  unrouted: boolean;
  /** Chooses requests by who sends them or what they carry; else it hits everybody on the route. */
  selective: boolean;
  writes: "feed" | "entities";
}

const entity = { self_ending: false, unrouted: false, writes: "entities" } as const;

/** The table's columns. Priorities and phases as in Kong 3.10: `access` never runs without a route, `rewrite` does. */
export const VEHICLE_FACTS: Readonly<Record<Vehicle, VehicleFacts>> = {
  decision: { reach: "before", self_ending: true, unrouted: true, selective: true, writes: "feed" },
  "hot-patch": { reach: "before", self_ending: true, unrouted: true, selective: true, writes: "entities" },
  "bot-detection": { ...entity, reach: "before", selective: true },
  "key-auth": { ...entity, reach: "authentication", selective: true },
  "ip-restriction": { ...entity, reach: "after", selective: true },
  "request-size-limiting": { ...entity, reach: "after", selective: true },
  acl: { ...entity, reach: "after", selective: true },
  "rate-limiting": { ...entity, reach: "after", selective: true },
  "request-termination": { ...entity, reach: "after", selective: false },
  "route-edit": { ...entity, reach: "router", selective: false },
  // Authentication is copied with the route, and what stops comes after it. The decision that leads there ends it.
  "overlay-route": { ...entity, reach: "after", selective: true, self_ending: true },
};

/** What authentication does with the category's requests. `rejected`: they are what it answers 401. */
type Sender = "stranger" | "insider" | "nobody";

/**
 * The table's rows. Strangers have no valid credential: where the gateway authenticates, it rejects them. Insiders are let in
 * (what authentication rejects never reaches the service, so only the rest is left to stop). Of errors nobody is the sender.
 */
const SENDERS: Readonly<Record<Category, Sender>> = {
  api_ddos: "stranger",
  credential_stuffing: "stranger",
  abuse: "insider",
  payload_injection: "insider",
  client_anomaly: "insider",
  route_misconfig: "nobody",
  mass_error: "nobody",
};

export interface Situation {
  category: Category;
  authentication: Authentication;
  routed: boolean;
  mode: GatewayKind;
  /** Is the attack known to pass authentication? Then it counts as an insider's, whatever is usual for its category. */
  authenticated?: boolean;
  /** Where the plugin that takes decisions runs and enforces: everywhere, only on this route, or not here at all. */
  feed?: "global" | "route" | "none";
}

export type CellState = { works: true; self_ending: boolean; note: string | null } | { works: false; reason: string };
export type Cell = { vehicle: Vehicle } & CellState;

const cannot = (reason: string): CellState => ({ works: false, reason });

/** One cell: can this vehicle work there, and if not, why. */
export function judgeVehicle(vehicle: Vehicle, situation: Situation): CellState {
  const reason =
    whyNotSender(vehicle, situation) ??
    whyNotRouting(vehicle, situation) ??
    whyNotAuthentication(vehicle, situation) ??
    whyNotMode(vehicle, situation);
  if (reason !== null) return cannot(reason);
  return { works: true, self_ending: VEHICLE_FACTS[vehicle].self_ending, note: noteOn(vehicle, situation) };
}

/** The whole row, what works first and of that what ends by itself first. */
export function judgeVehicles(situation: Situation): Cell[] {
  const cells = VEHICLES.map((vehicle) => ({ vehicle, ...judgeVehicle(vehicle, situation) }));
  const rank = (cell: Cell) => (cell.works ? (cell.self_ending ? 0 : 1) : 2);
  return cells.sort((a, b) => rank(a) - rank(b));
}

/** Of these, the one to use: it works, and ends by itself where any of them does. */
export function preferVehicle(candidates: readonly Vehicle[], situation: Situation): Vehicle | null {
  return judgeVehicles(situation).find((cell) => cell.works && candidates.includes(cell.vehicle))?.vehicle ?? null;
}

function whyNotSender(vehicle: Vehicle, { category, authentication }: Situation): string | null {
  if (SENDERS[category] === "nobody" && VEHICLE_FACTS[vehicle].selective)
    return "the errors come from the configuration or the service, whoever asks: stopping senders removes none of them";
  if (vehicle === "acl" && authentication === "none")
    return "nothing on the route tells consumers apart, so there are no groups to deny";
  if (vehicle === "key-auth" && authentication !== "none") return "the route requires authentication already";
  return null;
}

function whyNotRouting(vehicle: Vehicle, { routed, feed = "global" }: Situation): string | null {
  if (vehicle === "decision" && feed === "none") return "the plugin that takes decisions does not enforce here";
  if (vehicle === "overlay-route" && feed !== "global")
    return "only a global instance of the plugin that enforces can send requests to an overlay";
  if (routed) return null;
  if (vehicle === "decision" && feed !== "global")
    return "without a route only a global instance of the plugin runs, and there is none that enforces";
  if (vehicle === "route-edit") return "these requests match no route, so there is none to change";
  return VEHICLE_FACTS[vehicle].unrouted ? null : "Kong runs no plugin's access phase for requests that match no route";
}

function whyNotAuthentication(vehicle: Vehicle, situation: Situation): string | null {
  const { category, authentication } = situation;
  if (!situation.routed || authentication === "none" || VEHICLE_FACTS[vehicle].reach !== "after") return null;
  if (situation.authenticated === true || SENDERS[category] !== "stranger") return null;
  return `${authentication === "other" ? "authentication" : authentication} answers these requests before ${vehicle} runs`;
}

function whyNotMode(vehicle: Vehicle, { mode }: Situation): string | null {
  if (VEHICLE_FACTS[vehicle].writes === "feed" || mode !== "data-plane") return null;
  return "a data plane takes no entities; write to its control plane";
}

function noteOn(vehicle: Vehicle, { mode, routed }: Situation): string | null {
  if (VEHICLE_FACTS[vehicle].writes === "feed") return null;
  if (mode === "dbless") return "DB-less gateways take entities only as a whole document, which a reload may revert";
  if (vehicle === "hot-patch" && !routed) return "as a global instance, in the rewrite phase";
  return null;
}
