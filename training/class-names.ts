/** The plugin's names of what corpora call their classes. */
import type { PayloadClass } from "../contract/categories.ts";

const CLASS_NAMES: [RegExp, PayloadClass][] = [
  [/graphql/i, "graphql"],
  [/nosql/i, "nosqli"],
  [/sql/i, "sqli"],
  [/xss|script injection/i, "xss"],
  [/cmd|command|server code|shell/i, "cmdi"],
  [/traversal|lfi|rfi|file inclusion/i, "traversal"],
  [/ssrf/i, "ssrf"],
  [/xxe|xml/i, "xxe"],
  [/ssti|jinja|template/i, "ssti"],
  [/ldap/i, "ldap"],
  [/crlf|splitting/i, "crlf"],
  [/jndi|log4/i, "jndi"],
  [/deserial/i, "deserialization"],
  [/prototype/i, "prototype"],
];

/** Nothing for what has no single class. */
export function classOf(category: string): PayloadClass | undefined {
  return CLASS_NAMES.find(([pattern]) => pattern.test(category))?.[1];
}
