local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_PATH = ____rule_2Ets.AT_PATH
local AT_QUERY = ____rule_2Ets.AT_QUERY
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- SQL that somebody has to have written: whole statements.
local VALUE_BEFORE = "(?:['\")]|^[^'\"; ]{0,40})"
local JOIN = "(?:(?<![a-z_.])(?:or|and|xor|having|rlike|regexp|where|not)(?![a-z_])|\\|\\||&&)"
local function afterSemicolon()
    local literals = {}
    for ____, word in ipairs(list("select, insert, update, delete, drop, create, alter, exec, waitfor, declare, shutdown, truncate, begin, if, iif, call, grant, copy, set, merge, load, bulk, backup, (select, /*")) do
        literals[#literals + 1] = ";" .. word
        literals[#literals + 1] = "; " .. word
    end
    return literals
end
____exports.sqliStatements = {
    {
        class = "sqli",
        score = 92,
        reason = "SQL union select",
        at = ANYWHERE,
        folded = true,
        literals = {"union"},
        expression = "(?<![a-z])union[ (]{0,4}(?:all|distinct|distinctrow)?[ (+~-]{0,6}select[ (+~-]{0,6}(?:(?:all|distinct) )?(?:null|\\d|['\"@*`{]|0x|cha?r|concat|unhex|[\\w.]{1,40}(?: ?,| ?\\(| from\\b| as\\b|--|#|$))|(?<![a-z])union[ (]{0,4}(?:all|distinct)?[ (]{0,4}values ?(?:row ?)?\\(|^[^a-z]{1,20}[ )]union[ (]{0,4}(?:all )?[ (]{0,4}table [a-z_]\\w{2,}"
    },
    {
        class = "sqli",
        score = 50,
        reason = "SQL union select",
        at = ANYWHERE,
        folded = true,
        literals = {"union"},
        expression = "(?<![a-z])union[ (]{0,4}(?:all|distinct)?[ (]{0,6}select(?![a-z])"
    },
    {
        class = "sqli",
        score = 88,
        reason = "second SQL statement",
        at = ANYWHERE,
        folded = true,
        literals = afterSemicolon(),
        expression = (VALUE_BEFORE .. " ?; ?[( ]{0,3}") .. anyOf({
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
            "backup database"
        })
    },
    {
        class = "sqli",
        score = 80,
        reason = "SQL subselect in a value",
        at = ANYWHERE,
        folded = true,
        literals = list("(select, ( select, (/*, exists, select(, select (, =select"),
        expression = ("(?:" .. JOIN) .. "|['\",=<>+|*/^%-]|^[^ ]{0,20}|\\bin|\\bthen|\\belse|\\bby|\\bnot|\\bexists|\\bwhen)[ (]*\\( ?(?:select [^;]{1,200}(?<![a-z])(?:from|case|when|\\))(?![a-z])|select ?(?:\\(|['\"@\\d]|cha?r|null|count|sleep|version|user|database|concat))"
    },
    {
        class = "sqli",
        score = 45,
        reason = "whole SQL statement",
        at = bit.bor(
            bit.bor(AT_PATH, AT_QUERY),
            AT_COOKIE
        ),
        folded = true,
        literals = list("select , insert into, delete from, drop table, update , exec , select/*, select*, select("),
        expression = "^[ ('\"]*" .. anyOf({
            "select (?:[\\w.*`\\[\\]@]+(?: ?, ?[\\w.*`@]+)*|[\\w@]+ ?\\([^)]{0,40}\\)) from [\\w.`\\[\"]+",
            "select (?:@@?\\w+|(?:version|user|current_setting|pg_sleep|database) ?\\()",
            "insert into [\\w.`]+ ?(?:\\(|values)",
            "delete from [\\w.`]+(?: where|;|$)",
            "drop (?:table|database) \\w+",
            "update [\\w.`]+ set [\\w.`]+ ?=",
            "exec (?:master|sp_|xp_)"
        })
    }
}
return ____exports
