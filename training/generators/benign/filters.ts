import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { type BenignGenerator, getQuery, postJson } from "../benign-generator.ts";
import { plainPath, plainValue, word } from "../frame.ts";
import { pickQueryEncoder } from "../wire.ts";

const COMPARISONS = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists"];
const SEARCHES = [
  "$containsi",
  "$contains",
  "$startsWith",
  "$notNull",
  "$null",
  "$between",
  "$regex",
  "$iLike",
  "$like",
];
const FIELDS = ["age", "price", "status", "createdAt", "category", "rating", "stock", "total", "updated_at", "tags"];

const field = (random: Random) => (random.chance(0.6) ? random.pick(FIELDS) : word(random));

function operand(random: Random, operator: string): unknown {
  if (/in$|between/.test(operator)) return [word(random), word(random)];
  if (/exists|ull$/.test(operator)) return random.chance(0.7);
  if (/gte?$|lte?$/.test(operator))
    return random.chance(0.7) ? random.between(0, 5000) : `20${random.between(10, 29)}-01-02T00:00:00.000Z`;
  return random.chance(0.6) ? word(random) : random.between(1, 99);
}

function condition(random: Random): Record<string, unknown> {
  const operator = random.pick(random.chance(0.7) ? COMPARISONS : SEARCHES);
  return { [operator]: operand(random, operator) };
}

function where(random: Random): Record<string, unknown> {
  const filter: Record<string, unknown> = { [field(random)]: condition(random) };
  if (random.chance(0.5)) filter[field(random)] = plainValue(random);
  if (random.chance(0.3))
    filter[random.pick(["$or", "$and"])] = [
      { [field(random)]: condition(random) },
      { [field(random)]: plainValue(random) },
    ];
  return filter;
}

/** As data services of document databases take it. */
function documents(random: Random): Draft {
  const body = {
    [random.pick(["filter", "where", "query", "selector", "conditions"])]: where(random),
    sort: { [field(random)]: random.pick([1, -1]) },
    limit: random.between(1, 100),
  };
  return postJson(random, plainPath(random), body);
}

function pipeline(random: Random): Draft {
  const stages = [
    { $match: where(random) },
    { $group: { _id: `$${field(random)}`, total: { $sum: `$${field(random)}` }, average: { $avg: "$price" } } },
    { $sort: { total: -1 } },
    { $project: { [field(random)]: 1, _id: 0 } },
  ];
  return postJson(random, "/api/aggregate", { pipeline: stages.slice(0, random.between(2, 4)) });
}

/** As content systems and REST frameworks take it: `filters[price][$gte]=10`, `createdAt[$lt]=2026`. */
function bracketed(random: Random): Draft {
  const encode = pickQueryEncoder(random);
  const root = random.pick(["filters", "filters", "filter", "where", "query", "", ""]);
  const pairs = Array.from({ length: random.between(1, 3) }, (_, at) => {
    const operator = random.pick(random.chance(0.7) ? COMPARISONS : SEARCHES);
    const name = root === "" ? field(random) : `${root}[${random.chance(0.2) ? `$or][${at}][` : ""}${field(random)}]`;
    const list = operator.endsWith("in") ? "[]" : "";
    return `${encode(`${name}[${operator}]${list}`)}=${encode(String([operand(random, operator)].flat()[0]))}`;
  });
  const rest = random.pick(["sort=createdAt%3Adesc", "$limit=10&$skip=20", "$sort[createdAt]=-1", "populate=*"]);
  return getQuery(random, plainPath(random), [...pairs, rest].join("&"));
}

/** As search engines take it. */
function search(random: Random): Draft {
  const must = [
    { match: { [field(random)]: { query: `${word(random)} ${word(random)}`, operator: "and" } } },
    { query_string: { query: `${word(random)}:"${word(random)}" OR ${word(random)}:[1 TO 5]` } },
    { term: { "status.keyword": word(random) } },
    { range: { "@timestamp": { gte: `now-${random.between(1, 30)}d/d`, lt: "now" } } },
  ];
  const script = { lang: "painless", source: `doc['${field(random)}'].value * params.factor`, params: { factor: 2 } };
  const body = {
    size: random.between(0, 50),
    query: { bool: { must: [random.pick(must)], filter: [random.pick(must)], must_not: [random.pick(must)] } },
    aggs: { by: { terms: { field: `${field(random)}.keyword` } } },
    ...(random.chance(0.2) ? { script_fields: { [word(random)]: { script } } } : {}),
  };
  return postJson(random, random.pick([`/${word(random)}/_search`, "/api/search", plainPath(random)]), body);
}

/** As directory settings hold it. */
function directory(random: Random): Draft {
  const user = random.pick(["(&(objectClass=person)(uid={0}))", "(sAMAccountName={{username}})", "(mail=%s)"]);
  const group = `(&(objectClass=groupOfNames)(cn=${word(random)}*))`;
  const both = `(|(uid=%(user)s)(mail=%(user)s))`;
  return postJson(random, "/api/admin/settings/ldap", {
    url: `ldaps://ldap.${word(random)}.example:636`,
    base_dn: `ou=people,dc=${word(random)},dc=example`,
    user_filter: random.chance(0.7) ? user : both,
    group_filter: group,
  });
}

const write = [documents, documents, bracketed, bracketed, bracketed, pipeline, search, search, directory];

/** Filters in the languages of document databases, frameworks, search engines and directories, sent as such. */
export const filters: BenignGenerator = {
  name: "filters",
  weight: 4,
  generate: (random) => random.pick(write)(random),
};
