import { bytesOf } from "../../agent/src/hot-patch/bytes.ts";
import type { Condition, PatchRequest } from "../../agent/src/hot-patch/index.ts";
import type { Random } from "../../demo/random.ts";

/** Few words, so that conditions are met about as often as not. */
const WORDS = [
  "a",
  "ab",
  "Ab",
  "ABBA",
  "login",
  "/login",
  "/api/",
  "../",
  "%2e",
  "é",
  "ß→",
  "1",
  "12",
  "true",
  "'; --",
  '"',
  "\\",
  "]]",
  "\n",
  "*",
  "%",
  "+",
];
const NAMES = ["q", "id", "user.email", "items.sku", "x-key", "a b", "é", "constructor", "length"];
const METHODS = ["GET", "POST", "PUT"];
const CLIENTS = ["203.0.113.7", "203.0.113.200", "10.0.0.1", "2001:db8::1", "2001:db8:0:1::9", "::ffff:203.0.113.7"];
const RANGES = [
  "203.0.113.0/24",
  "203.0.113.7",
  "203.0.113.128/25",
  "0.0.0.0/0",
  "10.0.0.0/13",
  "2001:db8::/32",
  "2001:db8::/63",
  "::/0",
  "::ffff:203.0.113.0/120",
];

const text = (random: Random, most: number): string =>
  Array.from({ length: random.between(0, most) }, () => random.pick(WORDS)).join("");
const some = (random: Random): string => text(random, 2) || random.pick(WORDS);

function comparison(random: Random): Record<string, unknown> {
  const which = random.pick(["equals", "contains", "prefix", "suffix", "wildcard", "in", "longer_than", "exists"]);
  const folded = random.chance(0.3) ? { ignore_case: true } : {};
  if (which === "in") return { in: [some(random), text(random, 1), some(random)], ...folded };
  if (which === "longer_than") return { longer_than: random.between(0, 12) };
  if (which === "exists") return { exists: random.chance(0.5) };
  if (which === "wildcard")
    return {
      wildcard: `${text(random, 1)}*${text(random, 1)}${random.chance(0.5) ? "*" : ""}${text(random, 1)}`,
      ...folded,
    };
  return { [which]: which === "equals" ? text(random, 1) : random.pick(WORDS), ...folded };
}

function leaf(random: Random): unknown {
  const field = random.pick(["method", "path", "header", "query", "body", "body", "query", "size", "client"]);
  if (field === "size") return { field, longer_than: random.between(0, 60) };
  if (field === "client") return { field, in: [random.pick(RANGES), random.pick(RANGES)] };
  if (field === "method" && random.chance(0.7)) return { field, in: [random.pick(METHODS), "PATCH"] };
  return field === "method" || field === "path"
    ? { field, ...comparison(random) }
    : { field, name: random.pick(NAMES), ...comparison(random) };
}

export function someTree(random: Random, depth = 3): Condition {
  const kind = depth === 0 ? "leaf" : random.pick(["leaf", "leaf", "all", "any", "not"]);
  const children = () => Array.from({ length: random.between(1, 3) }, () => someTree(random, depth - 1));
  if (kind === "all") return { all: children() };
  if (kind === "any") return { any: children() };
  return kind === "not" ? { not: someTree(random, depth - 1) } : (leaf(random) as Condition);
}

const encode = (random: Random, part: string): string => {
  const bytes = bytesOf(part);
  const always = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  return bytes.replace(/[^A-Za-z0-9]/g, (character) =>
    random.chance(0.8) ? always(character) : character === " " ? "+" : character,
  );
};

function pairs(random: Random): string {
  const one = () => {
    const name = encode(random, random.pick(NAMES));
    return random.chance(0.15) ? name : `${name}=${encode(random, text(random, 2))}`;
  };
  return Array.from({ length: random.between(0, 4) }, one).join(random.chance(0.1) ? "&&" : "&");
}

function member(random: Random, depth: number): unknown {
  const kind = random.pick(["text", "text", "number", "boolean", "null", "list", "object"]);
  if (kind === "number") return random.pick([0, 1, 12, -3, 1.5, 1e20, 123456789012]);
  if (kind === "boolean") return random.chance(0.5);
  if (kind === "null") return null;
  if (depth > 0 && kind === "list")
    return Array.from({ length: random.between(0, 3) }, () => member(random, depth - 1));
  if (depth > 0 && kind === "object") return members(random, depth - 1);
  return text(random, 2);
}

function members(random: Random, depth: number): Record<string, unknown> {
  const names = ["q", "id", "user", "email", "items", "sku", "é", "constructor", "length"];
  const chosen = Array.from({ length: random.between(0, 4) }, () => random.pick(names));
  return Object.fromEntries(chosen.map((name) => [name, member(random, depth)]));
}

function body(random: Random): string | null {
  const kind = random.pick(["none", "form", "json", "json", "broken", "long"]);
  if (kind === "none") return "";
  if (kind === "form") return pairs(random);
  if (kind === "broken") return random.pick(["{", '{"q":', "[1,", " [", "{]", "q=%zz&id=%4"]);
  if (kind === "long") return random.chance(0.2) ? null : `q=${"a".repeat(70_000)}`;
  const value = random.chance(0.2) ? [members(random, 2), member(random, 1)] : members(random, 3);
  return bytesOf(`${random.chance(0.2) ? " \n" : ""}${JSON.stringify(value)}`);
}

export function someRequest(random: Random): PatchRequest {
  const headers: Record<string, string | string[]> = {};
  for (const name of ["x-key", "q", "id"]) {
    if (random.chance(0.3)) headers[name] = bytesOf(text(random, 2));
    else if (random.chance(0.2)) headers[name] = [bytesOf(text(random, 1)), bytesOf(text(random, 1))];
  }
  const sent = body(random);
  if (random.chance(0.5) && sent !== null) headers["content-length"] = String(sent.length);
  return {
    method: random.pick(METHODS),
    path: `/${bytesOf(text(random, 3))}`,
    query: pairs(random),
    headers,
    body: sent,
    client: random.pick(CLIENTS),
  };
}
