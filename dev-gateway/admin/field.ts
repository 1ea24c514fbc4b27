/** A field of an entity or of a plugin's configuration, in the terms of Kong's schemas. */
export interface Field {
  type: "string" | "integer" | "number" | "boolean" | "array" | "set" | "map" | "record" | "foreign";
  required?: boolean;
  default?: unknown;
  one_of?: readonly unknown[];
  between?: readonly [number, number];
  gt?: number;
  len_min?: number;
  len_max?: number;
  starts_with?: string;
  uuid?: boolean;
  /** Filled in when absent: an id, a time or, for another string, a random one. */
  auto?: boolean;
  timestamp?: boolean;
  unique?: boolean;
  /** Must be absent. */
  absent?: boolean;
  /** What to say instead of the usual. */
  err?: string;
  is_regex?: boolean;
  referenceable?: boolean;
  reference?: string;
  on_delete?: "cascade";
  elements?: Field;
  keys?: Field;
  values?: Field;
  fields?: Fields;
  /** Says what is wrong with a value of the right type, or nothing. */
  check?: (value: never) => string | undefined;
}

export type Fields = Record<string, Field>;
export type Value = Record<string, unknown>;

/** A rule over several fields; returns what is wrong, or nothing. */
export type EntityCheck = (entity: Value) => string | undefined;

export const isRecord = (value: unknown): value is Value =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function at(entity: Value, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), entity);
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(", ");

export const atLeastOneOf =
  (...names: string[]): EntityCheck =>
  (entity) =>
    names.some((name) => !isEmpty(at(entity, name)))
      ? undefined
      : `at least one of these fields must be non-empty: ${quoted(names)}`;

export const onlyOneOf =
  (...names: string[]): EntityCheck =>
  (entity) =>
    names.filter((name) => !isEmpty(at(entity, name))).length === 1
      ? undefined
      : `exactly one of these fields must be non-empty: ${quoted(names)}`;
