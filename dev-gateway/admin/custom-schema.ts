import type { PluginSchema } from "./bundled-plugins.ts";
import { atLeastOneOf, type EntityCheck, type Field, type Fields, isRecord, onlyOneOf, type Value } from "./field.ts";

/** Lists of Lua that are empty look like objects. */
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function fieldOf(raw: Value): Field {
  const { default: preset, elements, keys, values, fields, eq, ...rest } = raw;
  const field = { ...rest } as unknown as Field;
  if (eq === null) field.absent = true;
  if (preset !== undefined && preset !== null) {
    const isList = field.type === "array" || field.type === "set";
    field.default = isList && !Array.isArray(preset) ? [] : preset;
  }
  if (isRecord(elements)) field.elements = fieldOf(elements);
  if (isRecord(keys)) field.keys = fieldOf(keys);
  if (isRecord(values)) field.values = fieldOf(values);
  if (fields !== undefined) field.fields = fieldsOf(fields);
  return field;
}

function fieldsOf(raw: unknown): Fields {
  const entries = listOf(raw).flatMap((item) => Object.entries(item as Value));
  return Object.fromEntries(entries.map(([name, field]) => [name, fieldOf(field as Value)]));
}

/** Rules over several fields that are data; those that are functions are left to a real Kong. */
function checksOf(raw: unknown): EntityCheck[] {
  return listOf(raw).flatMap((check) => {
    const { at_least_one_of: some, only_one_of: one } = check as Value;
    if (Array.isArray(some)) return [atLeastOneOf(...(some as string[]))];
    return Array.isArray(one) ? [onlyOneOf(...(one as string[]))] : [];
  });
}

/** A plugin's `schema.lua`, as nginx read it, in the terms used here. What only Lua can evaluate is asked of nginx. */
export function customSchema(raw: unknown): PluginSchema {
  const { fields, entity_checks: checks } = raw as Value;
  const { config, ...entity } = fieldsOf(fields);
  return { config: config?.fields ?? {}, entity, checks: checksOf(checks) };
}
