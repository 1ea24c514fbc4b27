import { AT_COOKIE, AT_HEADER, AT_QUERY, AT_VALUE, anyOf, list, type Rule } from "../rule.ts";

/** Filters of LDAP searches that are closed and continued. */

export const ldap: Rule[] = [
  {
    class: "ldap",
    score: 78,
    reason: "LDAP filter that is closed and continued",
    at: AT_QUERY | AT_VALUE | AT_COOKIE | AT_HEADER,
    literals: list(
      "*)(, )(|, )(&, )(!, *))(, (|(, (&(, )(uid, (objectclass, *)|, *(|, ))(|, (cn=, (uid=, (mail=, *)), )(, *|, *(), \\29\\28, \\2a\\2, ] | //, ]|//",
    ),
    expression: anyOf([
      "\\*\\)+\\s*\\(\\s*[|&!]?",
      "\\)\\s*\\(\\s*[|&!]\\s*(?:\\(|$)",
      "\\)\\s*\\(\\s*\\w{1,20}\\s*[~<>]?=\\s*\\*?",
      "^[|&!*]*\\(\\s*[|&!]\\s*\\(\\s*\\w+\\s*=",
      "\\(\\s*objectclass\\s*=",
      "^\\*\\)",
      "\\*\\(\\s*\\|",
      "^[\\w*]{0,20}\\)\\s*\\(\\s*\\w{1,20}\\s*=",
      "^\\(?\\w*\\)?\\s*\\|\\s*\\(?\\w+=\\*",
      "\\*\\|[(%&]|^\\*\\(\\)[|&]",
      "(?:\\\\2[89a]){2}",
      // The same in XPath.
      "^[^'\"]{0,20}['\"]?\\s*\\]\\s*\\|\\s*//",
    ]),
  },
];
