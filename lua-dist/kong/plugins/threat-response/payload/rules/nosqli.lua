local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_NAME = ____rule_2Ets.AT_NAME
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local AT_VALUE = ____rule_2Ets.AT_VALUE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Operators of document databases where a plain value is expected.
____exports.nosqli = {
    {
        class = "nosqli",
        score = 80,
        reason = "query operator in the name of a credential",
        at = AT_NAME,
        literals = list("[$"),
        expression = "(?:user(?:name)?|login|e?mail|pass(?:wo?r?d|code)?|pwd|pin|otp|secret|token|key|code|id|uid|role|admin)['\\\"]?\\]?\\[\\s*['\\\"]?\\$[a-z]{2,12}\\b|\\[\\$(?:where|function|expr|accumulator)\\]"
    },
    {
        class = "nosqli",
        score = 80,
        reason = "query operator in a parameter's name",
        at = AT_NAME,
        literals = list("[$"),
        expression = "^(?!(?:filters?|where|query|find|conditions?|populate|selector|match)\\b)[^\\[]*\\[\\s*['\\\"]?\\$(?:ne|nin|in|gte?|lte?|eq|regex|where|exists|or|and|nor|not|type|size|all|elemmatch|expr|func|mod)['\\\"]?\\s*\\]"
    },
    {
        class = "nosqli",
        score = 80,
        reason = "query operator with a value that matches everything",
        at = bit.bor(AT_STRUCTURE, AT_VALUE),
        literals = list("$ne, $gt, $lt, $nin, $regex, $where, $in, $or, $eq, $exists, $not"),
        expression = "^\\s*\\{\\s*['\\\"]?\\$(?:ne|gte?|lte?|n?in|exists|regex|eq|not)['\\\"]?\\s*:[^{}]{0,60}\\}\\s*$|[{,]\\s*['\\\"]?\\$(?:ne['\\\"]?\\s*:\\s*(?:null\\b|-?[01]\\b|\\[)|[gl]te?['\\\"]?\\s*:\\s*(?:null\\b|true|false|-[01]\\b|\\[)|nin['\\\"]?\\s*:\\s*\\[\\s*(?:\\]|null|['\\\"]{2})|(?:ne|gte?|nin|lte?)['\\\"]?\\s*:\\s*(?:undefined|['\\\"]\\s*['\\\"]|nan)|regex['\\\"]?\\s*:\\s*['\\\"]?(?:\\^?\\.\\*|\\.\\{|\\^?\\.['\\\"+]|['\\\"]{2})|where['\\\"]?\\s*:|in['\\\"]?\\s*:\\s*\\[\\s*['\\\"]?(?:admin|root|true)|or['\\\"]?\\s*:\\s*\\[\\s*\\{\\s*\\})"
    },
    {
        class = "nosqli",
        score = 80,
        reason = "query operator where a credential is expected",
        at = bit.bor(AT_STRUCTURE, AT_VALUE),
        literals = list("{\"$, { \"$, {$, { $"),
        expression = "['\\\"{,](?:(?:user(?:name)?|login|e?mail)['\\\"]?\\s*:\\s*\\{\\s*['\\\"]?\\$(?:ne|gte?|lte?|nin|not|exists|mod|type|size|all|expr|where|function)\\b|(?:pin|otp|\\w{0,16}(?:pass(?:wo?r?d|code|wd)?|pwd|secret|token|api_?key))['\\\"]?\\s*:\\s*\\{\\s*['\\\"]?\\$[a-z]{2,12}\\b)"
    },
    {
        class = "nosqli",
        score = 80,
        reason = "query operator that reads other data, changes a right or runs code",
        at = bit.bor(AT_STRUCTURE, AT_VALUE),
        literals = list("$function, $accumulator, $unionwith, $out, $lookup, $graphlookup, $set, $rename, $unset"),
        expression = anyOf({"\"\\$(?:function|accumulator)\"\\s*:\\s*\\{\\s*\"(?:body|init|lang|args|accumulate)\"", "\"\\$(?:unionwith|out)\"\\s*:\\s*[\"{]", "\"\\$(?:graph)?lookup\"\\s*:\\s*\\{[^{}]{0,80}\"from\"\\s*:\\s*\"(?:users?|accounts?|admins?|sessions?|credentials?|tokens?|secrets?|system\\.\\w+)\"", "\"\\$(?:set|rename|unset)\"\\s*:\\s*\\{[^{}]{0,160}\"(?:\\w{1,20}\\.)?(?:roles?|is_?admin|admin|password|permissions|privileges)\"\\s*:"})
    },
    {
        class = "nosqli",
        score = 78,
        reason = "clause of a graph query after a quote",
        at = bit.bor(
            bit.bor(AT_VALUE, AT_COOKIE),
            AT_NAME
        ),
        literals = list("' return , \" return , ) return , }) return, 'return , 'union match, ' union match, union match, detach delete, call dbms, call db., call apoc, load csv"),
        expression = "^[^'\"]{0,40}['\"][\\s)}\\]]*(?:[^'\"]{0,40}\\s)?(?:return\\s+\\w[\\w.]*\\s*(?://|$|union)|union\\s+(?:all\\s+)?match\\b|detach\\s+delete\\s|call\\s+(?:dbms|apoc|db)\\.|load\\s+csv\\s)"
    },
    {
        class = "nosqli",
        score = 82,
        reason = "script for a document database",
        at = ANYWHERE,
        literals = list("new date(), $where, this., db., ||1, || 1, ||', || ', && ', return , ==, mapreduce, &&"),
        expression = anyOf({
            "(?:^|[,{'\\\";]\\s*)['\\\"]?\\$where['\\\"]?\\s*(?::|$)",
            "['\\\")}]\\s*;?\\s*(?:\\|\\||&&)\\s*(?:['\\\"(]?\\s*this\\.\\w+|['\\\"]?[\\w]{1,8}['\\\"]?\\s*===?\\s*['\\\"]?\\w{1,8})",
            ";\\s*return\\s*(?:\\(|true|1\\b|this|!|'|\\\")",
            "^\\s*(?:this\\.\\w+\\s*(?:==|!=|>|\\.match)|return\\s+(?:true|this|1\\b))",
            "['\"]\\s*;[^;]{0,24}new\\s+date\\(\\)[\\s\\S]{0,60}\\bwhile\\s*\\(",
            "db\\.\\w{1,40}\\.(?:find|insert|drop|remove|update|aggregate|mapreduce)\\s*\\("
        })
    }
}
return ____exports
