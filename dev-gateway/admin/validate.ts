import { randomBytes, randomUUID } from "node:crypto";
import type { Field, Fields, Value } from "./field.ts";
import { isRecord } from "./field.ts";

/** What is wrong: a sentence for a field, or a tree of them for a record, or by position for a list. */
export type Problems = { [field: string]: string | Problems | (string | Problems | null)[] };
type Problem = Problems[string];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

const now = (): number => Math.floor(Date.now() / 1000);

function automatic(field: Field): unknown {
  if (field.uuid) return randomUUID();
  return field.timestamp ? now() : randomBytes(24).toString("base64url");
}

function complete(field: Field, value: unknown): unknown {
  if (field.type === "record" && value !== null)
    return isRecord(value ?? {}) ? withDefaults(field.fields!, value ?? {}) : value;
  if (value === undefined && field.default !== undefined) return structuredClone(field.default);
  if (value === undefined) return field.auto ? automatic(field) : field.required ? undefined : null;
  if (field.type === "set" && Array.isArray(value)) return [...new Set(value)];
  if (field.type === "array" && Array.isArray(value) && field.elements) {
    return value.map((item) => complete(field.elements!, item));
  }
  return value;
}

/** A new entity in full: what was not stated gets its default, or null. */
export function withDefaults(fields: Fields, input: unknown): Value {
  const given = input as Value;
  const result: Value = { ...given };
  for (const [name, field] of Object.entries(fields)) {
    const value = complete(field, given[name]);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** Records are merged, everything else is replaced whole. */
export function merge(fields: Fields, present: Value, change: Value): Value {
  const result: Value = { ...present };
  for (const [name, value] of Object.entries(change)) {
    const field = fields[name];
    const before = present[name];
    const isNested = field?.type === "record" && isRecord(value);
    result[name] = isNested ? merge(field.fields!, isRecord(before) ? before : {}, value) : value;
  }
  return result;
}

const TYPE_CHECKS: Record<Field["type"], (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  array: Array.isArray,
  set: Array.isArray,
  map: isRecord,
  record: isRecord,
  foreign: isRecord,
};

const article = (type: string): string => (/^[aio]/.test(type) ? `an ${type}` : `a ${type}`);

function rangeProblem(field: Field, value: unknown): string | undefined {
  if (field.between && ((value as number) < field.between[0] || (value as number) > field.between[1])) {
    return `value should be between ${field.between[0]} and ${field.between[1]}`;
  }
  if (field.gt !== undefined && (value as number) <= field.gt) return `value must be greater than ${field.gt}`;
  if (field.one_of && !field.one_of.includes(value)) return `expected one of: ${field.one_of.join(", ")}`;
  return undefined;
}

function lengthProblem(field: Field, value: unknown): string | undefined {
  if (field.type !== "string" && field.type !== "array" && field.type !== "set") return undefined;
  const length = field.type === "string" ? Buffer.byteLength(value as string) : (value as unknown[]).length;
  const least = field.len_min ?? (field.type === "string" ? 1 : 0);
  if (length < least) return `length must be at least ${least}`;
  return field.len_max !== undefined && length > field.len_max ? `length must be at most ${field.len_max}` : undefined;
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text.replace(/^\(\?[a-z]+\)/, ""));
    return true;
  } catch {
    return false;
  }
}

function textProblem(field: Field, value: unknown): string | undefined {
  if (field.uuid && !isUuid(value as string)) return "expected a valid UUID";
  if (field.starts_with && !(value as string).startsWith(field.starts_with))
    return `should start with: ${field.starts_with}`;
  return field.is_regex && !isRegex(value as string) ? `not a valid regex: ${String(value)}` : undefined;
}

function nestedProblem(field: Field, value: unknown): Problem | undefined {
  if (field.type === "record") return problemsOf(field.fields!, value as Value);
  if (field.type === "map") {
    return Object.entries(value as Value)
      .flatMap(([key, item]) => [
        problemOf({ ...field.keys!, required: true }, key),
        problemOf({ ...field.values!, required: true }, item),
      ])
      .find((problem) => problem !== undefined);
  }
  if (!field.elements) return undefined;
  const problems = (value as unknown[]).map((item) => problemOf({ ...field.elements!, required: true }, item) ?? null);
  const last = problems.findLastIndex((problem) => problem !== null);
  return last < 0 ? undefined : (problems.slice(0, last + 1) as Problem);
}

function problemOf(field: Field, value: unknown): Problem | undefined {
  if (value === null || value === undefined) return field.required ? "required field missing" : undefined;
  if (field.absent) return field.err ?? "value must be null";
  if (!TYPE_CHECKS[field.type](value)) return `expected ${article(field.type)}`;
  if (field.type === "foreign") return (value as Value).id === undefined ? { id: "missing primary key" } : undefined;
  if (field.referenceable && typeof value === "string" && value.startsWith("{vault://")) return undefined;
  return (
    nestedProblem(field, value) ??
    lengthProblem(field, value) ??
    rangeProblem(field, value) ??
    textProblem(field, value) ??
    field.check?.(value as never)
  );
}

/** Everything that is wrong with a complete entity, or nothing. */
export function problemsOf(fields: Fields, entity: Value): Problems | undefined {
  const problems: Problems = {};
  for (const name of Object.keys(entity)) {
    if (!fields[name]) problems[name] = "unknown field";
  }
  for (const [name, field] of Object.entries(fields)) {
    const problem = problemOf(field, entity[name]);
    if (problem !== undefined) problems[name] = problem;
  }
  return Object.keys(problems).length > 0 ? problems : undefined;
}
