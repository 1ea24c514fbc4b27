local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_HEADER = ____rule_2Ets.AT_HEADER
local AT_QUERY = ____rule_2Ets.AT_QUERY
local AT_VALUE = ____rule_2Ets.AT_VALUE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Filters of LDAP searches that are closed and continued.
____exports.ldap = {{
    class = "ldap",
    score = 78,
    reason = "LDAP filter that is closed and continued",
    at = bit.bor(
        bit.bor(
            bit.bor(AT_QUERY, AT_VALUE),
            AT_COOKIE
        ),
        AT_HEADER
    ),
    literals = list("*)(, )(|, )(&, )(!, *))(, (|(, (&(, )(uid, (objectclass, *)|, *(|, ))(|, (cn=, (uid=, (mail=, *)), )(, *|, *(), \\29\\28, \\2a\\2, ] | //, ]|//"),
    expression = anyOf({
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
        "^[^'\"]{0,20}['\"]?\\s*\\]\\s*\\|\\s*//"
    })
}}
return ____exports
