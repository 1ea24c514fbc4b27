import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, postJson } from "../benign-generator.ts";
import { plainPath, plainValue, word } from "../frame.ts";
import { expand, loadGrammar } from "../grammar.ts";

const prose = loadGrammar("prose");
const odd = loadGrammar("values");

/** A value as JSON documents have them, at times with text in it. */
export function jsonValue(random: Random, depth: number): unknown {
  const at = random.next();
  if (depth > 0 && at < 0.22) return jsonRecord(random, depth - 1);
  if (depth > 0 && at < 0.32) return Array.from({ length: random.between(0, 4) }, () => jsonValue(random, depth - 1));
  if (at < 0.5) return random.between(0, 100_000) / random.pick([1, 1, 10, 100]);
  if (at < 0.6) return random.pick([true, false, null]);
  if (at < 0.7) return expand(random, prose);
  if (at < 0.8) return expand(random, odd);
  return plainValue(random);
}

const NAMES = [
  "id",
  "created_at",
  "updatedAt",
  "_links",
  "@type",
  "$schema",
  "$ref",
  "meta",
  "attributes",
  "data",
  "type",
  "order-by",
  "select",
  "where",
  "from",
  "values",
  "script",
  "style",
  "onClick",
  "user.name",
  "x-id",
  "items[]",
  "and",
  "or",
];

function memberName(random: Random): string {
  const at = random.next();
  if (at < 0.15) return random.pick(NAMES);
  if (at < 0.3) return `${word(random)}_${word(random)}`;
  if (at < 0.4) return `${word(random)}Id`;
  return word(random);
}

export function jsonRecord(random: Random, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: random.between(1, 7) }, () => [memberName(random), jsonValue(random, depth)]),
  );
}

function patch(random: Random): Draft {
  const operations = Array.from({ length: random.between(1, 5) }, () => {
    const path = `/${word(random)}/${random.pick(["-", "0", word(random), `${word(random)}~1${word(random)}`])}`;
    const op = random.pick(["add", "replace", "remove", "test", "move", "copy"]);
    if (op === "remove") return { op, path };
    if (op === "move" || op === "copy") return { op, from: `/${word(random)}`, path };
    return { op, path, value: jsonValue(random, 1) };
  });
  const draft = postJson(random, plainPath(random), operations);
  draft.headers["Content-Type"] = "application/json-patch+json";
  return { ...draft, method: "PATCH" };
}

function rpc(random: Random): Draft {
  const call = () => ({
    jsonrpc: "2.0",
    id: random.between(1, 9999),
    method: random.pick([
      "eth_call",
      "textDocument/completion",
      "tools/call",
      `${word(random)}.${word(random)}`,
      "system.listMethods",
      "query.execute",
      "user.update",
    ]),
    params: random.chance(0.5) ? [jsonValue(random, 1), "latest"] : jsonRecord(random, 2),
  });
  return {
    ...postJson(
      random,
      random.pick(["/rpc", "/jsonrpc", "/api", "/mcp"]),
      random.chance(0.2) ? [call(), call()] : call(),
    ),
    method: "POST",
  };
}

function jsonApi(random: Random): Draft {
  const body = {
    data: {
      type: `${word(random)}s`,
      id: String(random.between(1, 9999)),
      attributes: jsonRecord(random, 1),
      relationships: { [word(random)]: { data: { type: word(random), id: "1" } } },
    },
  };
  const draft = postJson(random, plainPath(random), body);
  draft.headers["Content-Type"] = "application/vnd.api+json";
  return draft;
}

function elastic(random: Random): Draft {
  const body = {
    query: {
      bool: {
        must: [
          { query_string: { query: `${word(random)} AND (${word(random)} OR "${word(random)} ${word(random)}")` } },
        ],
        filter: [
          { range: { "@timestamp": { gte: "now-15m", lt: "now" } } },
          { term: { [word(random)]: word(random) } },
        ],
      },
    },
    aggs: { by: { terms: { field: `${word(random)}.keyword`, size: random.between(1, 100) } } },
    sort: [{ _score: "desc" }],
    _source: [`${word(random)}*`],
    size: random.between(0, 500),
  };
  return { ...postJson(random, `/${word(random)}-*/_search`, body), method: "POST" };
}

const write: ((random: Random) => Draft)[] = [
  ...Array<(random: Random) => Draft>(6).fill((random) => postJson(random, plainPath(random), jsonRecord(random, 3))),
  patch,
  rpc,
  jsonApi,
  elastic,
];

/** REST documents, JSON Patch, JSON-RPC, JSON:API and searches. */
export const jsonApis: BenignGenerator = {
  name: "json-api",
  weight: 10,
  generate: (random) => random.pick(write)(random),
};
