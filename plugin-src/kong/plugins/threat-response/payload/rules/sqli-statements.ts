import { ANYWHERE, AT_COOKIE, AT_PATH, AT_QUERY, anyOf, list, type Rule } from "../rule.ts";

/** SQL that somebody has to have written: whole statements. */

const VALUE_BEFORE = "(?:['\")]|^[^'\"; ]{0,40})";
const JOIN = "(?:(?<![a-z_.])(?:or|and|xor|having|rlike|regexp|where|not)(?![a-z_])|\\|\\||&&)";

function afterSemicolon(): string[] {
  const literals: string[] = [];
  for (const word of list(
    "select, insert, update, delete, drop, create, alter, exec, waitfor, declare, shutdown, truncate, begin, if, iif, call, grant, copy, set, merge, load, bulk, backup, (select, /*",
  )) {
    literals.push(`;${word}`);
    literals.push(`; ${word}`);
  }
  return literals;
}

export const sqliStatements: Rule[] = [
  {
    class: "sqli",
    score: 92,
    reason: "SQL union select",
    at: ANYWHERE,
    folded: true,
    literals: ["union"],
    expression:
      "(?<![a-z])union[ (]{0,4}(?:all|distinct|distinctrow)?[ (+~-]{0,6}select[ (+~-]{0,6}(?:(?:all|distinct) )?(?:null|\\d|['\"@*`{]|0x|cha?r|concat|unhex|[\\w.]{1,40}(?: ?,| ?\\(| from\\b| as\\b|--|#|$))|(?<![a-z])union[ (]{0,4}(?:all|distinct)?[ (]{0,4}values ?(?:row ?)?\\(|^[^a-z]{1,20}[ )]union[ (]{0,4}(?:all )?[ (]{0,4}table [a-z_]\\w{2,}",
  },
  {
    class: "sqli",
    score: 50,
    reason: "SQL union select",
    at: ANYWHERE,
    folded: true,
    literals: ["union"],
    expression: "(?<![a-z])union[ (]{0,4}(?:all|distinct)?[ (]{0,6}select(?![a-z])",
  },
  {
    class: "sqli",
    score: 88,
    reason: "second SQL statement",
    at: ANYWHERE,
    folded: true,
    literals: afterSemicolon(),
    expression: `${VALUE_BEFORE} ?; ?[( ]{0,3}${anyOf([
      "select (?:[\\w*@'(\\d]|-)",
      "insert (?:into )?\\w+",
      "update \\w+ set",
      "delete from",
      "drop (?:table|database|user|view|procedure|function|index|schema)",
      "create (?:or replace )?(?:table|user|login|function|procedure|database|role|alias|trigger)",
      "alter (?:table|user|database|login|session)",
      "exec(?:ute)?[ (]",
      "waitfor (?:delay|time)",
      "declare @?\\w",
      "shutdown",
      "truncate table",
      "begin ",
      "i?if ?\\(",
      "call \\w+[ (]",
      "grant ",
      "copy \\(?\\w",
      "set @",
      "merge into",
      "load data",
      "bulk insert",
      "backup database",
    ])}`,
  },
  {
    class: "sqli",
    score: 80,
    reason: "SQL subselect in a value",
    at: ANYWHERE,
    folded: true,
    literals: list("(select, ( select, (/*, exists, select(, select (, =select"),
    expression: `(?:${JOIN}|['",=<>+|*/^%-]|^[^ ]{0,20}|\\bin|\\bthen|\\belse|\\bby|\\bnot|\\bexists|\\bwhen)[ (]*\\( ?(?:select [^;]{1,200}(?<![a-z])(?:from|case|when|\\))(?![a-z])|select ?(?:\\(|['"@\\d]|cha?r|null|count|sleep|version|user|database|concat))`,
  },
  {
    class: "sqli",
    score: 45,
    reason: "whole SQL statement",
    at: AT_PATH | AT_QUERY | AT_COOKIE,
    folded: true,
    literals: list("select , insert into, delete from, drop table, update , exec , select/*, select*, select("),
    expression: `^[ ('"]*${anyOf([
      'select (?:[\\w.*`\\[\\]@]+(?: ?, ?[\\w.*`@]+)*|[\\w@]+ ?\\([^)]{0,40}\\)) from [\\w.`\\["]+',
      "select (?:@@?\\w+|(?:version|user|current_setting|pg_sleep|database) ?\\()",
      "insert into [\\w.`]+ ?(?:\\(|values)",
      "delete from [\\w.`]+(?: where|;|$)",
      "drop (?:table|database) \\w+",
      "update [\\w.`]+ set [\\w.`]+ ?=",
      "exec (?:master|sp_|xp_)",
    ])}`,
  },
];
