import { bytesOf } from "./bytes.ts";

/** As a hot patch sees a request. Strings as they come over the wire, one character for each byte. */
export interface PatchRequest {
  method: string;
  /** Normalised and decoded, without the query. */
  path: string;
  /** As sent, without the question mark. */
  query: string;
  /** Lower-case names; several values where a header is repeated. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  /** Null where it is longer than `MAX_BODY_BYTES`. */
  body: string | null;
  client: string;
}

/** What a hot patch reads of a body; a longer one has no fields for it. */
export const MAX_BODY_BYTES = 65_536;
export const MAX_ELEMENTS = 100;

const decode = (part: string): string =>
  part
    .replaceAll("+", " ")
    .replace(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** Of a query or a form, all of that name. */
function valuesOfPairs(text: string, name: string): string[] {
  const values: string[] = [];
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    if (decode(at < 0 ? pair : pair.slice(0, at)) === name) values.push(at < 0 ? "" : decode(pair.slice(at + 1)));
  }
  return values;
}

/** Text of a scalar, or undefined for what has no text that both languages would write alike. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return bytesOf(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number" || !Number.isInteger(value) || Math.abs(value) >= 1e14) return undefined;
  return value === 0 ? "0" : String(value);
}

/** Undefined stands for a value without text, which is there nevertheless. */
function collect(node: unknown, path: readonly string[], into: (string | undefined)[]): void {
  if (node === null || node === undefined) return;
  if (Array.isArray(node)) {
    if (path.length === 0) into.push(undefined);
    for (const element of node.slice(0, MAX_ELEMENTS)) collect(element, path, into);
    return;
  }
  const [name, ...rest] = path;
  if (name === undefined) into.push(textOf(node));
  else if (typeof node === "object" && Object.hasOwn(node, name))
    collect((node as Record<string, unknown>)[name], rest, into);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(Buffer.from(body, "latin1").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** What the body itself looks like decides: clients may declare anything. */
function valuesInBody(body: string | null, name: string): readonly (string | undefined)[] {
  if (body === null || body.length > MAX_BODY_BYTES) return [];
  if (!/^[ \t\r\n]*[[{]/.test(body)) return valuesOfPairs(body, bytesOf(name));
  const values: (string | undefined)[] = [];
  collect(parseJson(body), name.split("."), values);
  return values;
}

function valuesOfHeader(headers: PatchRequest["headers"], name: string): readonly string[] {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** All values of that name; undefined for one that is there and has no text. */
export function valuesOf(
  request: PatchRequest,
  field: "header" | "query" | "body",
  name: string,
): readonly (string | undefined)[] {
  if (field === "header") return valuesOfHeader(request.headers, name.toLowerCase());
  return field === "query" ? valuesOfPairs(request.query, bytesOf(name)) : valuesInBody(request.body, name);
}

export function sizeOf(request: PatchRequest): number {
  const declared = valuesOfHeader(request.headers, "content-length")[0];
  if (declared !== undefined && /^[0-9]+$/.test(declared)) return Number(declared);
  return request.body === null ? MAX_BODY_BYTES + 1 : request.body.length;
}
