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

/** What a path may be written with that is not what it means: any byte that `decodeText` reads, and what is simplified or resolved. */
const DISGUISES = ffi.new("uint8_t[256]");
for (const byte of $range(128, 255)) DISGUISES[byte] = 1;
for (const byte of [37, 38, 59, 92]) DISGUISES[byte] = 1;
const SLASH = 47;
const DOT = 46;

/** Whether no reading of the path differs from how it is written, but for capitals. */
function isPlainPath(path: string): boolean {
  const bytes = ffi.cast("const uint8_t *", path);
  let previous = 0;
  for (const i of $range(0, path.length - 1)) {
    const byte = bytes[i];
    if (DISGUISES[byte] !== 0 || (previous === SLASH && (byte === SLASH || byte === DOT))) return false;
    previous = byte;
  }
  return true;
}

/** What a path comes to for services that take parameters off its segments, or `\\` for `/`; nil where that is the path itself. */
export function servedPath(path: string): string | undefined {
  if (find(path, ";", 1, true)[0] === undefined && find(path, "\\", 1, true)[0] === undefined) return undefined;
  return resolve(simplify(path));
}

/** The path without any disguise, in lower case; nil where it has none. */
export function undisguisedPath(path: string): string | undefined {
  return isPlainPath(path) ? undefined : resolve(simplify(decodeText(path, "none")));
}

export function viewOf(parts: KnownParts): RequestView {
  const rawPath = lower(parts.path);
  const isPlain = isPlainPath(parts.path);
  const path = isPlain ? rawPath : simplify(decodeText(parts.path, "none"));
  const rawQuery = lower(parts.query ?? "");
  return {
    method: parts.method,
    rawPath,
    oncePath: isPlain ? rawPath : lower(gsub(parts.path, "%%(%x%x)", undoEscape)[0]),
    path,
    resolvedPath: isPlain ? path : resolve(path),
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
