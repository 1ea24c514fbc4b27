import type { PayloadClass } from "../contract/categories.ts";
import { type PayloadFinding, scoreOf } from "./evaluate.ts";
import { AT_BODY } from "./rule.ts";

/**
 * Fields of bodies that are named after the language they hold: SQL in `rawSql` and a script in `jsCode` are what these fields are for. More has to
 * be said against them before they are blocked, and only of the classes that the language explains: JavaScript in `rawSql` is nothing of the kind.
 */

/** Units of the model's score. */
const LENIENCY = 80;

const DECLARED = new LuaTable<string, LuaSet<string>>();

function declare(names: string[], classes: PayloadClass[]): void {
  const explained = new LuaSet<string>();
  for (const name of classes) explained.add(name);
  for (const name of names) DECLARED.set(name, explained);
}

declare(["sql", "rawsql", "sqlquery", "sqltext", "nativequery", "dbstatement", "jql", "soql"], ["sqli"]);
declare(
  ["html", "bodyhtml", "htmlbody", "htmlcontent", "contenthtml", "descriptionhtml", "customhtml", "markup", "headhtml"],
  ["xss", "cmdi"],
);
declare(["markdown", "mrkdwn"], ["xss", "cmdi", "sqli"]);
declare(
  ["script", "scripts", "inlinescript", "javascript", "jscode", "pythoncode", "sourcecode", "painless", "customcss"],
  ["cmdi", "nosqli", "xss", "ssti", "ldap", "prototype", "sqli"],
);
declare(
  ["contextline", "precontext", "postcontext", "stacktrace", "traceback", "logtail"],
  ["cmdi", "nosqli", "xss", "ssti", "ldap", "prototype", "sqli"],
);
declare(["liquid", "handlebars", "expression", "formula", "expr"], ["ssti", "nosqli"]);

/** `json:queries.rawSql` → `rawsql`, `form:sql_query` → `sqlquery`; in Metabase's `native.query` the first word tells. */
function languageOf(field: string): string {
  const [name] = string.match(field, "([^.:%[%]]*)%]?$");
  const [plain] = string.gsub(string.lower(name ?? ""), "[_-]", "");
  const [isNative] = string.find(field, "native.query", -12, true);
  return isNative === undefined ? plain : "sql";
}

/** Takes what the field explains from a finding in it; nothing where too little is left. What was found is never remembered as ordinary (leaf.ts). */
export function spare(found: PayloadFinding | undefined, at: number): PayloadFinding | undefined {
  if (found?.class === undefined || found.total === undefined || at !== AT_BODY) return found;
  if (DECLARED.get(languageOf(found.field))?.has(found.class) !== true) return found;
  found.total -= LENIENCY;
  found.score = scoreOf(found.total);
  return found.score === 0 ? undefined : found;
}
