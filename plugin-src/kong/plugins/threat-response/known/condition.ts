import type { Headers } from "../features/header-lines.ts";
import { plainBodyOf, type RequestView, rawBodyOf } from "./request-view.ts";
import { split } from "./table.ts";

/**
 * `path~/cgi-bin/ or /scripts/`: one of the literals is contained in (`~`), equal to (`=`), the beginning (`^`) or the end (`$`) of a
 * part of the request; `!` before it turns it round. Literals are lower case. Parts:
 *
 * - `path` decoded and simplified, also with `..` followed; `once` with %XX undone once; `raw` as on the wire
 * - `query` decoded or raw, `rawquery` raw only, `body`, `input` (query or body), `target` (path or query)
 * - `arg` the name of a parameter in query or body, `header:<name>`, `method`
 */
export interface Condition {
  part: string;
  /** Of a header. */
  name: string;
  relation: string;
  isNegated: boolean;
  literals: string[];
}

export function parseCondition(text: string): Condition | undefined {
  const [mark, part, name, relation, literals] = string.match(text, "^(!?)(%l+):?([%w._-]*)([~=^$])(.*)$");
  if (part === undefined) return undefined;
  return { part, name, relation, isNegated: mark === "!", literals: split(literals, " or ") };
}

const { byte, find, sub } = string;

function relates(text: string, relation: string, literal: string): boolean {
  if (relation === "~") return find(text, literal, 1, true)[0] !== undefined;
  if (relation === "^") return sub(text, 1, literal.length) === literal;
  if (relation === "$") return sub(text, -literal.length) === literal;
  return text === literal;
}

/** A parameter's name ends at `=`, `[`, `&` or the end. */
function hasParameter(pairsText: string, name: string): boolean {
  const text = `&${pairsText}&`;
  const sought = `&${name}`;
  let from = 1;
  while (true) {
    const [start, stop] = find(text, sought, from, true);
    if (start === undefined) return false;
    const next = byte(text, (stop as number) + 1);
    if (next === 61 || next === 91 || next === 38) return true;
    from = (stop as number) + 1;
  }
}

/** Several headers of one name count together. */
function headerText(value: string | string[] | boolean): string {
  return string.lower(type(value) === "table" ? table.concat(value as string[], "; ") : tostring(value));
}

/** Whether one of the literals is in the header; an empty one only asks for the header itself. */
export function meetsHeader(headers: Headers, condition: Condition): boolean {
  const value = rawget(headers, condition.name) as string | string[] | boolean | undefined;
  if (value === undefined) return false;
  const text = headerText(value);
  for (const literal of condition.literals) {
    if (relates(text, condition.relation, literal)) return true;
  }
  return false;
}

const eitherRelates = (a: string, b: string, relation: string, literal: string): boolean =>
  relates(a, relation, literal) || relates(b, relation, literal);

const inPath = (view: RequestView, relation: string, literal: string): boolean =>
  eitherRelates(view.path, view.resolvedPath, relation, literal);

const inQuery = (view: RequestView, relation: string, literal: string): boolean =>
  eitherRelates(view.query, view.rawQuery, relation, literal);

const inBody = (view: RequestView, relation: string, literal: string): boolean =>
  eitherRelates(rawBodyOf(view), plainBodyOf(view), relation, literal);

const isIn = (view: RequestView, condition: Condition, literal: string): boolean => {
  const { part, relation } = condition;
  if (part === "path") return inPath(view, relation, literal);
  if (part === "query") return inQuery(view, relation, literal);
  if (part === "body") return inBody(view, relation, literal);
  if (part === "input") return inQuery(view, relation, literal) || inBody(view, relation, literal);
  if (part === "target") return inPath(view, relation, literal) || inQuery(view, relation, literal);
  if (part === "arg") return hasParameter(view.query, literal) || hasParameter(plainBodyOf(view), literal);
  if (part === "method") return relates(string.lower(view.method), relation, literal);
  if (part === "once") return relates(view.oncePath, relation, literal);
  if (part === "raw") return relates(view.rawPath, relation, literal);
  return relates(view.rawQuery, relation, literal);
};

export function holds(condition: Condition, view: RequestView): boolean {
  if (condition.part === "header") return meetsHeader(view.headers, condition) !== condition.isNegated;
  for (const literal of condition.literals) {
    if (isIn(view, condition, literal)) return !condition.isNegated;
  }
  return condition.isNegated;
}
