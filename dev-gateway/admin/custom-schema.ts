import type { PluginSchema } from "./bundled-plugins.ts";
import { atLeastOneOf, type EntityCheck, type Field, type Fields, isRecord, onlyOneOf, type Value } from "./field.ts";

/** A Lua pattern as a regular expression: character classes are written with `%` there. */
function fromLuaPattern(pattern: string): RegExp {
  const classes: Record<string, string> = {
    a: "[A-Za-z]",
    d: "\\d",
    l: "[a-z]",
    s: "\\s",
    u: "[A-Z]",
    w: "[A-Za-z0-9]",
    x: "[0-9A-Fa-f]",
  };
  const inside = { a: "A-Za-z", d: "\\d", l: "a-z", s: "\\s", u: "A-Z", w: "A-Za-z0-9", x: "0-9A-Fa-f" } as Record<
    string,
    string
  >;
  let depth = 0;
  const source = pattern.replace(/%(.)|([[\]])|\\/g, (_, escaped?: string, bracket?: string) => {
    if (bracket) {
      depth += bracket === "[" ? 1 : -1;
      return bracket;
    }
    if (escaped === undefined) return "\\\\";
    return (depth > 0 ? inside : classes)[escaped] ?? `\\${escaped}`;
  });
  return new RegExp(source);
}

/** Lists of Lua that are empty look like objects. */
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function checkOf(raw: Value): Field["check"] {
  if (typeof raw.match !== "string") return undefined;
  const pattern = fromLuaPattern(raw.match);
  return (value: string) => (pattern.test(value) ? undefined : String(raw.err ?? `invalid value: ${value}`));
}

function fieldOf(raw: Value): Field {
  const { default: preset, elements, keys, values, fields, eq, match, ...rest } = raw;
  const field = { ...rest } as unknown as Field;
  const check = checkOf({ ...raw, match });
  if (check) field.check = check;
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

/** Rules of a custom schema that are data; those that are functions are left to a real Kong. */
function checksOf(raw: unknown): EntityCheck[] {
  return listOf(raw).flatMap((check) => {
    const { at_least_one_of: some, only_one_of: one } = check as Value;
    if (Array.isArray(some)) return [atLeastOneOf(...(some as string[]))];
    return Array.isArray(one) ? [onlyOneOf(...(one as string[]))] : [];
  });
}

/** A plugin's `schema.lua`, as nginx read it, in the terms used here. */
export function customSchema(raw: unknown): PluginSchema {
  const { fields, entity_checks: checks } = raw as Value;
  const { config, ...entity } = fieldsOf(fields);
  return { config: config?.fields ?? {}, entity, checks: checksOf(checks) };
}
