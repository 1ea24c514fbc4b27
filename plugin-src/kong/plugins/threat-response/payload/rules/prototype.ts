import { AT_AGENT, AT_BODY, AT_COOKIE, AT_HEADER, AT_NAME, AT_QUERY, AT_STRUCTURE, list, type Rule } from "../rule.ts";

/** Names that change the prototype of all JavaScript objects. */

export const prototype: Rule[] = [
  {
    class: "prototype",
    score: 82,
    reason: "prototype of all objects in a name",
    at: AT_NAME,
    literals: list("__proto__, __pro, constructor"),
    expression:
      "__pro_*__proto__to_*_|constconstructor|(?:^|[.\\[\\]'\\\"])__proto__(?:$|[.\\[\\]'\\\"])|constructor['\\\"]?\\s*[\\].\\[]+\\s*['\\\"]?prototype",
  },
  {
    class: "prototype",
    score: 82,
    reason: "prototype of all objects in JSON",
    at: AT_STRUCTURE,
    literals: list("__proto__, constructor"),
    expression: '\\"__proto__\\"\\s*[:,\\]}]|\\"constructor\\"\\s*:\\s*\\{\\s*\\"prototype\\"\\s*:',
  },
  {
    class: "prototype",
    score: 72,
    reason: "prototype of all objects",
    at: AT_QUERY | AT_BODY | AT_COOKIE | AT_HEADER | AT_AGENT,
    literals: list("__proto__, constructor, object.prototype"),
    expression:
      "^\\s*[\\[\"']{0,3}__proto__[\\]\"']{0,3}(?:$|[\\s,=])|^\\s*object\\.prototype\\.\\w+\\s*=|^[^\\s]{0,60}__proto__\\s*[.\\[]|[{,]\\s*[\\\"']?__proto__[\\\"']?\\s*:|constructor(?:\\]?\\[|\\.)['\\\"]?prototype\\b",
  },
];
