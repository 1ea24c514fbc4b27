import { createHash } from "node:crypto";
import { parse, stringify } from "yaml";
import type { AdminEntities, Entity, Reply } from "./admin-entities.ts";

/** Collections as documents name them, by collection of the Admin API. */
const IN_DOCUMENTS: Record<string, string> = {
  "key-auths": "keyauth_credentials",
  "basic-auths": "basicauth_credentials",
};

/** The configuration of a gateway without a database, as one document. */
export class AdminDocument {
  hash = "00000000000000000000000000000000";
  readonly #entities: AdminEntities;

  constructor(entities: AdminEntities) {
    this.#entities = entities;
  }

  /** References are ids, as Kong writes them. */
  text(): string {
    const document: Record<string, unknown> = { _format_version: "3.0", _transform: false };
    for (const [name, entities] of this.#entities.collections) {
      if (entities.size > 0) document[IN_DOCUMENTS[name] ?? name] = [...entities.values()].map(flat);
    }
    return stringify(document);
  }

  post(text: string): Reply {
    const document = parse(text) as Record<string, Record<string, unknown>[]>;
    for (const [name, entities] of this.#entities.collections) {
      entities.clear();
      for (const item of document[IN_DOCUMENTS[name] ?? name] ?? []) {
        const references = Object.entries(item).map(([field, value]) => [
          field,
          isReference(field, value) ? { id: value } : value,
        ]);
        entities.set(String(item.id), Object.fromEntries(references) as Entity);
      }
    }
    this.hash = createHash("md5").update(text).digest("hex");
    return [201, {}];
  }
}

const REFERENCES = ["service", "route", "consumer", "upstream"];
const isReference = (field: string, value: unknown): boolean => REFERENCES.includes(field) && typeof value === "string";

function flat(entity: Entity): Record<string, unknown> {
  const fields = Object.entries(entity).map(([field, value]) => {
    const isForeign = REFERENCES.includes(field) && value !== null && value !== undefined;
    return [field, isForeign ? (value as { id: string }).id : value];
  });
  return Object.fromEntries(fields);
}
