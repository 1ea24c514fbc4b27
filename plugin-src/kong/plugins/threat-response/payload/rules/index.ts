import type { Rule } from "../rule.ts";
import { cmdi } from "./cmdi.ts";
import { crlf } from "./crlf.ts";
import { deserialization } from "./deserialization.ts";
import { jndi } from "./jndi.ts";
import { ldap } from "./ldap.ts";
import { nosqli } from "./nosqli.ts";
import { prototype } from "./prototype.ts";
import { sqliConditions } from "./sqli-conditions.ts";
import { sqliFunctions } from "./sqli-functions.ts";
import { sqliStatements } from "./sqli-statements.ts";
import { ssrf } from "./ssrf.ts";
import { ssti } from "./ssti.ts";
import { traversal } from "./traversal.ts";
import { wholeValues } from "./whole-values.ts";
import { xss } from "./xss.ts";
import { xxe } from "./xxe.ts";

/** In the order in which they are tried. */
const GROUPS: Rule[][] = [
  jndi,
  sqliConditions,
  sqliStatements,
  sqliFunctions,
  xss,
  cmdi,
  traversal,
  ssti,
  xxe,
  nosqli,
  prototype,
  deserialization,
  ssrf,
  crlf,
  ldap,
  wholeValues,
];

function flatten(groups: Rule[][]): Rule[] {
  const rules: Rule[] = [];
  for (const group of groups) {
    for (const rule of group) rules.push(rule);
  }
  return rules;
}

export const RULES: Rule[] = flatten(GROUPS);

/** Signs that another layer of encoding is below the first. */
export const LAYERED: string[] = [
  "%0",
  "%1",
  "%2",
  "%3",
  "%4",
  "%5",
  "%6",
  "%7",
  "%c0",
  "%c1",
  "%u0",
  "%uff",
  "%ef",
  "\\x",
  "\\u0",
  "\\u{",
  "&#",
  "&lt",
  "&gt",
  "&quot",
  "&apos",
  "&lpar",
  "&colon",
  "&tab",
  "&newline",
  "&sol",
  "&bsol",
  "&dollar",
  "&lcub",
  "&lbrace",
  "&lsqb",
  "&lbrack",
  "&grave",
  "&equals",
  "&semi",
  "&vert",
  string.char(0xef, 0xbc),
  `//${string.char(0xe2)}`,
  string.char(0xc0),
  string.char(0xc1),
];
