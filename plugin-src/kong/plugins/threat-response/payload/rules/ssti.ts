import { ANYWHERE, anyOf, list, type Rule } from "../rule.ts";

/** Expressions that a template engine evaluates. */

export const ssti: Rule[] = [
  {
    class: "ssti",
    score: 88,
    inDocument: 30,
    reason: "arithmetic for a template engine",
    at: ANYWHERE,
    literals: list("{{, ${, #{, <%, *{, @(, [[, {%, $%7b, {{="),
    expression:
      "(?:\\{\\{=?|\\$\\{\\{?|#\\{|\\*\\{|@\\(|\\[\\[\\$?\\{?|<%=?|\\{%)\\s*['\\\"]?\\(?\\s*\\d{1,8}\\s*['\\\"]?\\s*[*+x-]\\s*['\\\"]?\\d{1,8}['\\\"]?\\s*\\)?\\s*(?:\\}|%>|\\)|\\]|%\\})",
  },
  {
    class: "ssti",
    score: 82,
    inDocument: 25,
    reason: "object walk for a template engine",
    at: ANYWHERE,
    literals: list(
      "__class__, __mro__, __subclasses__, __globals__, __builtins__, __import__, __init__, |attr(, lipsum, cycler, joiner, self., request., config, _self.env, constructor, getclass, forname, {php}, freemarker, #set, ?new(, java.lang, java.util, processbuilder, |filter, |map, |join, #context, _memberaccess, @ognl, ognl., %{(#, %{#, t(java, smarty, $smarty, {self, getenv, __proto__, range.constructor, settings., #foreach, include(",
    ),
    expression: anyOf([
      "__(?:class|mro|base|bases|subclasses|globals|builtins)__",
      `(?:\\{\\{|\\{%|\\$\\{|#\\{)[^}]{0,120}(?:(?:\\b|_)config(?:\\.|\\b\\s*[}|]|\\[)|self\\b|_self\\b|request\\.(?:application|__|environ|args|getclass)|lipsum|cycler|joiner|namespace\\.|\\|attr\\(|\\|\\s*(?:filter|map|join|sort|reduce)\\s*\\(\\s*['\\"]|\\.constructor\\b|\\.mro\\b|getclass\\(|forname\\(|settings\\.\\w*secret|url_for\\.|get_flashed|range\\.constructor|system\\(|exec\\(|popen|file_excerpt|phpinfo|java\\.|class\\.)`,
      "_self\\.env\\.",
      "freemarker\\.template\\.utility",
      "\\?new\\(\\)",
      "\\bt\\(\\s*java\\.",
      "\\.getclass\\(\\)\\s*\\.\\s*forname",
      "#set\\s*\\(\\s*\\$\\w+\\s*=",
      "(?:^|[{(=])\\{(?:php|literal|system|self::|\\$smarty)",
      "%\\{\\s*\\(?#",
      "#_?memberaccess",
      "#context\\[",
      "@java\\.lang",
      `\\$\\{\\s*(?:t\\(|@|class\\.|\\(?#|''\\.getclass|\\"\\"\\.getclass|self\\.|product\\.getclass)`,
      "java\\.lang\\.(?:runtime|processbuilder|class)",
      "\\[\\[\\$?\\{?.{0,40}t\\(java",
      "<%=?\\s*(?:system|file\\.|dir\\.|`|ruby|self|global|process|require)",
    ]),
  },
];
