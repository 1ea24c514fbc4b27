import { z } from "zod";
import { ActionRefused } from "./action-kind.ts";
import { entitiesOf, needEntity, referenceId } from "./entities.ts";
import { entityAction } from "./entity-action.ts";
import { editEntity } from "./restore-tag.ts";

const params = z.strictObject({});

/**
 * Gives one target of an upstream no new requests, while others are there to take them.
 *
 * Example: `{ target_id }`, which the policy has to name; `{}`.
 */
export const drainTarget = entityAction({
  type: "drain_target",
  risk: "service",
  aim: "gateway",
  params,
  ends_itself: false,
  changes: (action, configuration) => {
    const target = needEntity(configuration, "targets", action.target.target_id);
    const upstream = referenceId(target, "upstream");
    const others = entitiesOf(configuration, "targets").filter(
      (other) => other.id !== target.id && referenceId(other, "upstream") === upstream && Number(other.weight) > 0,
    );
    if (others.length === 0) throw new ActionRefused("no other target would take its requests");
    return editEntity(action, "targets", target, [[["weight"], 0]]);
  },
});
