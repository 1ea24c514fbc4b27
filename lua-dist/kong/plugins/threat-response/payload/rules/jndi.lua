local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Look-ups that a Java logger or directory client follows.
____exports.jndi = {{
    class = "jndi",
    score = 95,
    reason = "JNDI look-up",
    at = bit.bor(ANYWHERE, AT_STRUCTURE),
    literals = list("jndi, ${, $%7b, {lower, {upper, ::-"),
    expression = anyOf({"\\$\\{\\s*jndi\\s*:", "\\$\\{(?:[^${}]{0,20}\\$\\{(?:lower|upper|env|sys|date|::-|:+-|[\\w:.-]{0,20}:-)[^}]{0,40}\\}){1,}", "\\$\\{[^}]{0,40}(?::-|::)[a-z]\\}[^}]{0,80}:", "j\\s*n\\s*d\\s*i\\s*:\\s*(?:ldaps?|rmi|dns|iiop|corba|nis|nds|http)"})
}}
return ____exports
