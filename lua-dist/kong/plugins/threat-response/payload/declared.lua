local ____exports = {}
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local scoreOf = ____evaluate_2Ets.scoreOf
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
--- Units of the model's score.
local LENIENCY = 80
local DECLARED = {}
local function declare(names, classes)
    local explained = {}
    for ____, name in ipairs(classes) do
        explained[name] = true
    end
    for ____, name in ipairs(names) do
        DECLARED[name] = explained
    end
end
declare({
    "sql",
    "rawsql",
    "sqlquery",
    "sqltext",
    "nativequery",
    "dbstatement",
    "jql",
    "soql"
}, {"sqli"})
declare({
    "html",
    "bodyhtml",
    "htmlbody",
    "htmlcontent",
    "contenthtml",
    "descriptionhtml",
    "customhtml",
    "markup",
    "headhtml"
}, {"xss", "cmdi"})
declare({"markdown", "mrkdwn"}, {"xss", "cmdi", "sqli"})
declare({
    "script",
    "scripts",
    "inlinescript",
    "javascript",
    "jscode",
    "pythoncode",
    "sourcecode",
    "painless",
    "customcss"
}, {
    "cmdi",
    "nosqli",
    "xss",
    "ssti",
    "ldap",
    "prototype",
    "sqli"
})
declare({
    "contextline",
    "precontext",
    "postcontext",
    "stacktrace",
    "traceback",
    "logtail"
}, {
    "cmdi",
    "nosqli",
    "xss",
    "ssti",
    "ldap",
    "prototype",
    "sqli"
})
declare({
    "liquid",
    "handlebars",
    "expression",
    "formula",
    "expr"
}, {"ssti", "nosqli"})
--- `json:queries.rawSql` → `rawsql`, `form:sql_query` → `sqlquery`; in Metabase's `native.query` the first word tells.
local function languageOf(field)
    local name = string.match(field, "([^.:%[%]]*)%]?$")
    local plain = string.gsub(
        string.lower(name or ""),
        "[_-]",
        ""
    )
    local isNative = string.find(field, "native.query", -12, true)
    return isNative == nil and plain or "sql"
end
--- Takes what the field explains from a finding in it; nothing where too little is left. What was found is never remembered as ordinary (leaf.ts).
function ____exports.spare(found, at)
    if (found and found.class) == nil or found.total == nil or at ~= AT_BODY then
        return found
    end
    local ____opt_2 = DECLARED[languageOf(found.field)]
    if (____opt_2 and ____opt_2[found.class] ~= nil) ~= true then
        return found
    end
    found.total = found.total - LENIENCY
    found.score = scoreOf(found.total)
    local ____temp_4
    if found.score == 0 then
        ____temp_4 = nil
    else
        ____temp_4 = found
    end
    return ____temp_4
end
return ____exports
