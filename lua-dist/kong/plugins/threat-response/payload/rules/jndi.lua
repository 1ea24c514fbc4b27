local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Look-ups that a Java logger or directory client follows.
____exports.jndi = {
    {
        class = "jndi",
        score = 95,
        reason = "JNDI look-up",
        at = bit.bor(ANYWHERE, AT_STRUCTURE),
        literals = list("jndi, ${, $%7b, {lower, {upper, ::-"),
        expression = anyOf({"\\$\\{\\s*jndi\\s*:", "\\$\\{(?:[^${}]{0,20}\\$\\{(?:lower|upper|env|sys|date|::-|:+-|[\\w:.-]{0,20}:-)[^}]{0,40}\\}){1,}", "\\$\\{[^}]{0,40}(?::-|::)[a-z]\\}[^}]{0,80}:", "j\\s*n\\s*d\\s*i\\s*:\\s*(?:ldaps?|rmi|dns|iiop|corba|nis|nds|http)"})
    },
    {
        class = "jndi",
        score = 84,
        reason = "look-up of a string substitution",
        at = ANYWHERE,
        literals = list("${env:, ${sys:, ${ctx:, ${java:, ${script:, ${dns:, ${url:, ${base64, ${const:, ${docker:, ${k8s:, ${log4j:, ${main:, ${jvmrunargs:, ${bundle:, ${spring:, ${xml:, ${properties:, ${file:, ${urlencoder:, ${urldecoder:, ${marker:, ${sd:, ${web:"),
        expression = anyOf({"^\\s*\\$\\{(?:sys|ctx|java|script|dns|url|base64(?:en|de)coder|const|docker|k8s|log4j|main|jvmrunargs|bundle|spring|xml|properties|file|url(?:en|de)coder|marker|sd|web):[^{}]{1,120}\\}\\s*$", "\\$\\{(?:script:(?:js|javascript|nashorn|groovy)|dns:address|url:utf-8):?", "^\\s*\\$\\{env:[\\w.]{0,40}(?:aws_|secret|passw|token|credential|private)[\\w.]{0,40}\\}\\s*$"})
    }
}
return ____exports
