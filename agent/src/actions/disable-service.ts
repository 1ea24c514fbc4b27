import { z } from "zod";
import { ActionRefused } from "./action-kind.ts";
import { entitiesOf, needEntity, referenceId } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { wouldFallTo } from "./fall-through.ts";
import { editEntity } from "./restore-tag.ts";

const params = z.strictObject({});

/** Takes all routes of a service out of the router: their clients get 404. */
export const disableService = entityAction({
  type: "disable_service",
  risk: "service",
  params,
  ends_itself: false,
  changes: (action, configuration) => {
    const service = needEntity(configuration, "services", action.target.service_id);
    const routes = entitiesOf(configuration, "routes").filter((route) => referenceId(route, "service") === service.id);
    const ids = routes.map(({ id }) => id);
    for (const route of routes) {
      const other = wouldFallTo(configuration, route, ids);
      if (other !== null) throw new ActionRefused(`its requests would fall to route ${String(other.name ?? other.id)}`);
    }
    return editEntity(action, "services", service, [[["enabled"], false]]);
  },
});
