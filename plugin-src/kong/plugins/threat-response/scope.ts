import type { Scope } from "./contract/ingest.ts";

/** Where a request went; empty where no route matched. */
export const readScope = (route: KongRoute | undefined): Scope => {
  if (route === undefined) return {};
  const scope: Scope = { route_id: route.id };
  if (route.name !== undefined) scope.route_name = route.name;
  const service = kong.router.get_service();
  if (service !== undefined) {
    scope.service_id = service.id;
    if (service.name !== undefined) scope.service_name = service.name;
  }
  return scope;
};
