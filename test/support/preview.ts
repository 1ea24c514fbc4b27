import type { Entity, EntityType } from "../../agent/src/drivers/gateway.ts";
import type { PlannedDecision } from "../../agent/src/preview/decisions.ts";
import type { PlannedEffects } from "../../agent/src/preview/preview.ts";
import type { RecordedRequest } from "../../agent/src/preview/recorded-request.ts";

export const NONE: PlannedEffects = { changes: [], decisions: [], patches: [] };
export const T0 = Date.UTC(2026, 0, 5, 12);

export const request = (over: Partial<RecordedRequest> = {}): RecordedRequest => ({
  at: T0,
  method: "GET",
  path: "/shop/lamps",
  route_id: "shop",
  service_id: "s",
  ip: "192.0.2.1",
  consumer: null,
  credential: null,
  header_names: ["host", "user-agent"],
  user_agent: "Firefox/144.0",
  size: 0,
  status: 200,
  source: "service",
  attack: false,
  weight: 1,
  ...over,
});
export const attack = (over: Partial<RecordedRequest> = {}) => request({ ip: "203.0.113.9", attack: true, ...over });

export const plugin = (name: string, config: object = {}, over: object = {}): Entity => ({
  id: name,
  name,
  config,
  ...over,
});
export const OURS = plugin("threat-response", { mode: "enforce" });
export const ROUTES: Entity[] = [
  { id: "shop", name: "shop", paths: ["/shop"], service: { id: "s" } },
  { id: "api", name: "api", paths: ["/api"], service: { id: "s" } },
];
export const world = (plugins: Entity[] = [], more: Partial<Record<EntityType, Entity[]>> = {}) => ({
  entities: { services: [{ id: "s", host: "upstream" }], routes: ROUTES, plugins: [OURS, ...plugins], ...more },
});
export const create = (entity: Entity, type: EntityType = "plugins"): PlannedEffects => ({
  ...NONE,
  changes: [{ op: "create", type, entity }],
});
export const decide = (...decisions: PlannedDecision[]): PlannedEffects => ({ ...NONE, decisions });
export const on = (route: string) => ({ route: { id: route } });
export const many = (count: number, make: (i: number) => RecordedRequest) =>
  Array.from({ length: count }, (_, i) => make(i));
