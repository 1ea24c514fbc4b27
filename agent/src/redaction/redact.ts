import { DECODERS, unwrapBase64, unwrapToken } from "./decode.ts";
import { isSensitiveName, redactPairs } from "./keys.ts";
import { KINDS } from "./kinds.ts";

/** Longer text is cut, so that the time spent is bounded whatever a client sends. */
const MAX_TEXT = 16_384;
const LAYERS = 4;
const MAX_DEPTH = 12;
const MAX_NODES = 5_000;

/**
 * Text without secrets and personal data, in whatever usual encoding they came. Where one was hidden by an encoding, the decoded
 * text is returned, so nothing can be decoded back.
 */
export function redactText(text: string): string {
  const redacted = redactLayers(cut(text), 2);
  if (!redacted.includes("+")) return redacted;
  // Forms write a space as a plus.
  const spaced = redacted.replaceAll("+", " ");
  const found = redactLayers(spaced, 2);
  return found === spaced ? redacted : found;
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  const head = text.slice(0, MAX_TEXT);
  // A secret that the cut went through would no longer look like one: leave its beginning out too.
  return `${head.replace(/[^\s&;,"'<>]{1,4096}$/, "")} …[${text.length - MAX_TEXT} more characters]`;
}

function redactLayers(text: string, depth: number): string {
  let result = redactPlain(text, depth);
  let layer = result;
  for (let i = 0; i < LAYERS; i++) {
    const before = layer;
    for (const decode of DECODERS) {
      const decoded = decode(layer);
      if (decoded === layer) continue;
      layer = redactPlain(decoded, depth);
      if (layer !== decoded) result = layer;
    }
    if (layer === before) break;
  }
  return result;
}

function redactPlain(text: string, depth: number): string {
  let result = redactPairs(text);
  for (const { kind, pattern, span } of KINDS) {
    result = result.replace(pattern, (match: string) => {
      const length = span === undefined ? match.length : span(match);
      return length === 0 ? match : `[redacted:${kind}]${match.slice(length)}`;
    });
  }
  return depth > 0 ? redactWrapped(result, depth - 1) : result;
}

const WRAPPED = /[A-Za-z0-9+/_-]{10,}={0,2}/g;

/** Base64 and hex that hide something: alone, as a path segment, or with other characters in front. */
function redactWrapped(text: string, depth: number): string {
  return text.replace(WRAPPED, (run) => {
    const pieces = new Set([run, ...run.split("/"), ...[1, 2, 3].map((offset) => run.slice(offset))]);
    for (const piece of pieces) {
      if (piece.length >= 10 && hides(piece, depth)) return "[redacted:encoded]";
    }
    return run;
  });
}

function hides(piece: string, depth: number): boolean {
  for (const unwrapped of new Set([unwrapToken(piece), unwrapBase64(piece)])) {
    if (unwrapped !== null && redactLayers(unwrapped, depth) !== unwrapped) return true;
  }
  return false;
}

/** A copy of any value without secrets and personal data: strings, keys, and whatever stands under a telling name. */
export function redact(value: unknown): unknown {
  return redactNode(value, { seen: new WeakSet(), nodes: 0 }, 0);
}

interface Walk {
  seen: WeakSet<object>;
  nodes: number;
}

function redactNode(value: unknown, walk: Walk, depth: number): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return redactText(String(value));
  if (typeof value === "number") return redactNumber(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (walk.seen.has(value)) return "[seen before]";
  if (depth > MAX_DEPTH || ++walk.nodes > MAX_NODES) return "[too much]";
  walk.seen.add(value);
  const copy = redactObject(value, walk, depth);
  walk.seen.delete(value);
  return copy;
}

function redactNumber(value: number): number | string {
  if (!Number.isSafeInteger(value) || Math.abs(value) < 1e14) return value;
  const text = redactText(String(value));
  return text === String(value) ? value : text;
}

function redactObject(value: object, walk: Walk, depth: number): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_NODES).map((item) => redactNode(item, walk, depth + 1));
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return { name: value.name, message: redactText(value.message) };
  if (value instanceof URL) return redactText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Set) return [...value].map((item) => redactNode(item, walk, depth + 1));
  if (value instanceof Map)
    return redactEntries(
      [...value].map(([key, item]) => [String(key), item]),
      walk,
      depth,
    );
  return redactEntries(Object.entries(value), walk, depth);
}

function redactEntries(entries: [string, unknown][], walk: Walk, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  const named = entries.find(
    ([key, item]) => /^(?:name|key|header|field)$/i.test(key) && typeof item === "string",
  )?.[1];
  for (const [key, item] of entries) {
    const hidden =
      isSensitiveName(key) || (/^values?$/i.test(key) && typeof named === "string" && isSensitiveName(named));
    const name = redactText(key);
    copy[name === "__proto__" ? "[proto]" : name] =
      hidden && isLeaf(item) ? "[redacted:value]" : redactNode(item, walk, depth + 1);
  }
  return copy;
}

function isLeaf(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isLeaf);
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}
