import { isRecord } from "./field.ts";
import type { Problems } from "./validate.ts";

/** An answer of the Admin API other than success, with Kong's body. */
export class AdminError extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>) {
    super(String(body.message));
    this.status = status;
    this.body = body;
  }
}

/** How a value looks in Kong's messages. */
function inLua(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(inLua).join(",")}}`;
  if (isRecord(value)) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${inLua(item)}`)
      .join(",")}}`;
  }
  return typeof value === "string" ? `"${value}"` : String(value);
}

function sentences(problems: Problems): string[] {
  const own = (problems["@entity"] ?? []) as string[];
  const found = [...own];
  for (const name of Object.keys(problems).sort()) {
    const problem = problems[name];
    if (name === "@entity") continue;
    if (isRecord(problem) || Array.isArray(problem)) {
      for (const [key, item] of Object.entries(problem)) {
        if (item !== null)
          found.push(
            `${name}.${Array.isArray(problem) ? Number(key) + 1 : key}: ${typeof item === "string" ? item : inLua(item)}`,
          );
      }
    } else {
      found.push(`${name}: ${problem}`);
    }
  }
  return found;
}

export function schemaViolation(problems: Problems): AdminError {
  const found = sentences(problems);
  const message =
    found.length === 1 ? `schema violation (${found[0]})` : `${found.length} schema violations (${found.join("; ")})`;
  return new AdminError(400, { code: 2, name: "schema violation", message, fields: problems });
}

export function uniqueViolation(fields: Record<string, unknown>): AdminError {
  const message = `UNIQUE violation detected on '${inLua(fields)}'`;
  return new AdminError(409, { code: 5, name: "unique constraint violation", message, fields });
}

export function missingForeign(field: string, key: unknown, parent: string): AdminError {
  const message = `the foreign key '${inLua(key)}' does not reference an existing '${parent}' entity.`;
  return new AdminError(400, { code: 4, name: "foreign key violation", message, fields: { [field]: key } });
}

export function referencedByOthers(parent: string, child: string): AdminError {
  const message = `an existing '${child}' entity references this '${parent}' entity`;
  const fields = { "@referenced_by": child };
  return new AdminError(400, { code: 4, name: "foreign key violation", message, fields });
}

export const notFound = (): AdminError => new AdminError(404, { message: "Not found" });

export const unexpected = (): AdminError => new AdminError(500, { message: "An unexpected error occurred" });

export const methodNotAllowed = (): AdminError => new AdminError(405, { message: "Method not allowed" });

/** An entity write without a database. */
export function unsupported(verb: string, entity: string, by?: string): AdminError {
  const named = by === undefined ? "" : ` by '${by}'`;
  const message = `cannot ${verb} '${entity}' entities${named} when not using a database`;
  return new AdminError(405, { code: 12, name: "operation unsupported", message });
}

export function invalidOption(option: string, problem: string): AdminError {
  const message = `invalid option (${option}: ${problem})`;
  return new AdminError(400, { code: 11, name: "invalid options", message, options: { [option]: problem } });
}

export const invalidSize = (message: string): AdminError =>
  new AdminError(400, { code: 9, name: "invalid size", message });

export const invalidOffset = (offset: string): AdminError =>
  new AdminError(400, {
    code: 7,
    name: "invalid offset",
    message: `'${offset}' is not a valid offset: bad base64 encoding`,
  });

export function invalidDocument(fields: unknown): AdminError {
  const message = `declarative config is invalid: ${inLua(fields)}`;
  return new AdminError(400, { code: 14, name: "invalid declarative configuration", message, fields });
}
