import * as ffi from "ffi";
import type { Headers } from "../features/header-lines.ts";
import { decoded, decodeValue, type Encoding } from "../payload/decode.ts";

/** What is looked at; texts as the client sent them. `Facts` is one. */
export interface KnownParts {
  method: string;
  /** Without the query. */
  path: string;
  query?: string | undefined;
  userAgent?: string | undefined;
  body?: string | undefined;
  headers: Headers;
}

/** The texts of a request that conditions are about, all in lower case. Made only where a literal was met. */
export interface RequestView {
  method: string;
  /** As on the wire. */
  rawPath: string;
  /** With %XX undone once. */
  oncePath: string;
  /** With all layers undone, `\` as `/`, runs of slashes and `/./` as one slash. */
  path: string;
  /** The same without path parameters, and with `..` followed. */
  resolvedPath: string;
  rawQuery: string;
  query: string;
  headers: Headers;
  body: string | undefined;
  /** The body's texts, once somebody asked. */
  rawBody?: string;
  plainBody?: string;
}

const { find, gsub, lower } = string;
const { char } = string;

const undoEscape = (digits: string): string => char(tonumber(digits, 16) as number);

/** All layers of encoding undone, in lower case. */
export function decodeText(text: string, encoding: Encoding): string {
  const length = decodeValue(ffi.cast("const uint8_t *", text), 0, text.length, encoding);
  return lower(ffi.string(decoded, length));
}

const MAX_STEPS = 16;

/** `/a/../b` → `/b`, `/a;x=1/b` → `/a/b`. */
function resolve(path: string): string {
  let [resolved] = gsub(path, ";[^/]*", "");
  for (const _ of $range(1, MAX_STEPS)) {
    const [shorter, count] = gsub(resolved, "/[^/]+/%.%.%f[/%z]", "", 1);
    resolved = shorter;
    if (count === 0) break;
  }
  return resolved;
}

function simplify(path: string): string {
  const [slashes] = gsub(path, "[/\\]+", "/");
  const [once] = gsub(slashes, "/%./", "/");
  const [twice] = gsub(once, "/%./", "/");
  return twice;
}

export function viewOf(parts: KnownParts): RequestView {
  const rawQuery = lower(parts.query ?? "");
  const [once] = gsub(parts.path, "%%(%x%x)", undoEscape);
  const path = simplify(decodeText(parts.path, "none"));
  return {
    method: parts.method,
    rawPath: lower(parts.path),
    oncePath: lower(once),
    path,
    resolvedPath: resolve(path),
    rawQuery,
    query: rawQuery === "" ? "" : decodeText(parts.query as string, "form"),
    headers: parts.headers,
    body: parts.body,
  };
}

export function rawBodyOf(view: RequestView): string {
  view.rawBody ??= lower(view.body ?? "");
  return view.rawBody;
}

export function plainBodyOf(view: RequestView): string {
  if (view.plainBody === undefined) {
    const raw = rawBodyOf(view);
    const isEncoded = find(raw, "[%%+\\]")[0] !== undefined;
    view.plainBody = isEncoded ? decodeText(raw, "form") : raw;
  }
  return view.plainBody;
}
