local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_AGENT = ____rule_2Ets.AT_AGENT
local AT_BODY = ____rule_2Ets.AT_BODY
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_HEADER = ____rule_2Ets.AT_HEADER
local AT_NAME = ____rule_2Ets.AT_NAME
local AT_QUERY = ____rule_2Ets.AT_QUERY
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local list = ____rule_2Ets.list
--- Names that change the prototype of all JavaScript objects.
____exports.prototype = {
    {
        class = "prototype",
        score = 82,
        reason = "prototype of all objects in a name",
        at = AT_NAME,
        literals = list("__proto__, __pro, constructor"),
        expression = "__pro_*__proto__to_*_|constconstructor|(?:^|[.\\[\\]'\\\"])__proto__(?:$|[.\\[\\]'\\\"])|constructor['\\\"]?\\s*[\\].\\[]+\\s*['\\\"]?prototype"
    },
    {
        class = "prototype",
        score = 82,
        reason = "prototype of all objects in JSON",
        at = AT_STRUCTURE,
        literals = list("__proto__, constructor"),
        expression = "\\\"__proto__\\\"\\s*[:,\\]}]|\\\"constructor\\\"\\s*:\\s*\\{\\s*\\\"prototype\\\"\\s*:"
    },
    {
        class = "prototype",
        score = 72,
        reason = "prototype of all objects",
        at = bit.bor(
            bit.bor(
                bit.bor(
                    bit.bor(AT_QUERY, AT_BODY),
                    AT_COOKIE
                ),
                AT_HEADER
            ),
            AT_AGENT
        ),
        literals = list("__proto__, constructor, object.prototype"),
        expression = "^\\s*[\\[\"']{0,3}__proto__[\\]\"']{0,3}(?:$|[\\s,=])|^\\s*object\\.prototype\\.\\w+\\s*=|^[^\\s]{0,60}__proto__\\s*[.\\[]|[{,]\\s*[\\\"']?__proto__[\\\"']?\\s*:|constructor(?:\\]?\\[|\\.)['\\\"]?prototype\\b"
    }
}
return ____exports
