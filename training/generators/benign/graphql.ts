import type { Random } from "../../../demo/random.ts";
import type { BenignGenerator } from "../benign-generator.ts";
import { getQuery, postJson } from "../benign-generator.ts";
import { plainValue, word } from "../frame.ts";
import { characters } from "../grammar.ts";

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function selection(random: Random, depth: number): string {
  const fields = Array.from({ length: random.between(1, 6) }, () => {
    const name = word(random);
    if (depth > 0 && random.chance(0.4))
      return `${name}${random.chance(0.3) ? `(first: ${random.between(1, 50)}, orderBy: {field: CREATED_AT, direction: DESC})` : ""} ${selection(random, depth - 1)}`;
    if (random.chance(0.1)) return `${word(random)}: ${name}`;
    if (random.chance(0.08)) return `... on ${capital(name)} { id name }`;
    if (random.chance(0.05)) return `...${capital(name)}Fields`;
    return name;
  });
  const separator = random.pick(["\n  ", "\n", " ", "\n      "]);
  return `{${separator}id${separator}${fields.join(separator)}${separator}__typename${separator}}`;
}

function operation(random: Random): { query: string; variables: Record<string, unknown>; operationName: string } {
  const name = capital(word(random)) + capital(word(random));
  const kind = random.pick(["query", "query", "mutation", "subscription"]);
  const field = word(random);
  const query = random.pick([
    `${kind} ${name}($id: ID!, $first: Int = 20) {\n  ${field}(id: $id, first: $first) ${selection(random, 3)}\n}`,
    `${kind} ${name}($input: ${capital(field)}Input!) { ${field}(input: $input) { ${word(random)} { id } errors { field message } } }`,
    `${kind} ${name}($where: ${capital(field)}_bool_exp, $order_by: [${capital(field)}_order_by!]) { ${field}(where: $where, order_by: $order_by, limit: 10) ${selection(random, 1)} }`,
    `fragment ${capital(field)}Fields on ${capital(field)} ${selection(random, 1)}\n${kind} ${name} { ${field} { ...${capital(field)}Fields @include(if: true) } }`,
    `{ ${field}(filter: {${word(random)}: {eq: "${word(random)}'s"}}, sort: "${word(random)}:desc") ${selection(random, 2)} }`,
  ]);
  const variables = random.pick<Record<string, unknown>>([
    { id: characters(random, "b", 20, 32), first: random.between(1, 100) },
    { input: { [word(random)]: plainValue(random), [word(random)]: `it's ${word(random)}`, tags: [word(random)] } },
    {
      where: { _and: [{ [word(random)]: { _eq: word(random) } }, { [word(random)]: { _ilike: `%${word(random)}%` } }] },
      order_by: [{ created_at: "desc" }],
    },
    {},
  ]);
  return { query, variables, operationName: name };
}

function persisted(random: Random) {
  const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash: characters(random, "h", 64, 64) } });
  const variables = encodeURIComponent(JSON.stringify({ id: random.between(1, 9999), slug: word(random) }));
  return getQuery(
    random,
    "/graphql",
    `operationName=${word(random)}&variables=${variables}&extensions=${encodeURIComponent(extensions)}`,
  );
}

/** Queries, mutations, batches and persisted queries with variables. */
export const graphql: BenignGenerator = {
  name: "graphql",
  weight: 7,
  generate: (random) => {
    if (random.chance(0.15)) return persisted(random);
    const path = random.pick(["/graphql", "/api/graphql", "/v1/graphql", "/admin/api/2024-01/graphql.json"]);
    if (random.chance(0.1))
      return { ...postJson(random, path, [operation(random), operation(random)]), method: "POST" };
    if (random.chance(0.1)) return getQuery(random, path, `query=${encodeURIComponent(operation(random).query)}`);
    return { ...postJson(random, path, operation(random)), method: "POST" };
  },
};
