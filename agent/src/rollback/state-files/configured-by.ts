import { ENTITY_TYPES, type Entity, type EntityType } from "../../drivers/gateway.ts";
import type { Configured } from "../../preview/apply-changes.ts";
import { flatten } from "./flatten.ts";
import type { StateFile } from "./parse.ts";

/** What a gateway would have by these files alone; identities serve as ids. Throws `StateFileError`. */
export function configuredBy(files: readonly StateFile[]): Configured {
  const entities: Partial<Record<EntityType, Entity[]>> = {};
  for (const { type, identity, fields, references } of flatten(files, new Map()).values()) {
    const known = ENTITY_TYPES.find((one) => one === type);
    if (known === undefined) continue;
    const foreign = Object.entries(references).map(([field, name]) => [field, { id: `${field}s ${name}` }]);
    entities[known] = [...(entities[known] ?? []), { ...fields, ...Object.fromEntries(foreign), id: identity }];
  }
  return { entities };
}
