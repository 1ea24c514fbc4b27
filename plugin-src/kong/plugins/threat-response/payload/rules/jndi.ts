import { ANYWHERE, AT_STRUCTURE, anyOf, list, type Rule } from "../rule.ts";

/** Look-ups that a Java logger or directory client follows. */

export const jndi: Rule[] = [
  {
    class: "jndi",
    score: 95,
    reason: "JNDI look-up",
    at: ANYWHERE | AT_STRUCTURE,
    literals: list("jndi, ${, $%7b, {lower, {upper, ::-"),
    expression: anyOf([
      "\\$\\{\\s*jndi\\s*:",
      "\\$\\{(?:[^${}]{0,20}\\$\\{(?:lower|upper|env|sys|date|::-|:+-|[\\w:.-]{0,20}:-)[^}]{0,40}\\}){1,}",
      "\\$\\{[^}]{0,40}(?::-|::)[a-z]\\}[^}]{0,80}:",
      "j\\s*n\\s*d\\s*i\\s*:\\s*(?:ldaps?|rmi|dns|iiop|corba|nis|nds|http)",
    ]),
  },
];
