local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Document types and entities that make an XML parser fetch or expand.
____exports.xxe = {
    {
        class = "xxe",
        score = 92,
        reason = "external XML entity",
        at = bit.bor(ANYWHERE, AT_STRUCTURE),
        literals = list("<!entity"),
        expression = "<!entity\\s+(?:%\\s*)?[\\w.:-]+\\s+(?:system|public)\\b"
    },
    {
        class = "xxe",
        score = 75,
        reason = "XML entity",
        at = bit.bor(ANYWHERE, AT_STRUCTURE),
        literals = list("<!entity"),
        expression = "<!doctype[^>\\[]{0,200}\\[[\\s\\S]{0,400}<!entity|<!entity\\s+(?:%\\s*)?[\\w.:-]+\\s+['\\\"]"
    },
    {
        class = "xxe",
        score = 78,
        reason = "external document type",
        at = bit.bor(ANYWHERE, AT_STRUCTURE),
        literals = list("<!doctype"),
        expression = "<!doctype\\s+[\\w:.-]+\\s+(?:system\\s+['\\\"]|public\\s+['\\\"][^'\\\"]{0,100}['\\\"]\\s+['\\\"](?!https?://(?:[\\w-]+\\.)?(?:w3\\.org|netscape\\.com|apple\\.com|apache\\.org|sun\\.com|oracle\\.com|oasis-open\\.org|hibernate\\.org|mybatis\\.org|springframework\\.org|jboss\\.org|wapforum\\.org|openmobilealliance\\.org|dtbook\\.org|daisy\\.org|gribuser\\.ru)/)|\\[\\s*%)"
    },
    {
        class = "xxe",
        score = 80,
        reason = "inclusion of another document",
        at = bit.bor(ANYWHERE, AT_STRUCTURE),
        literals = list("xinclude, xi:include, <!--#, xsl:, xml-stylesheet, <esi:, <!--esi, php:function, xalan/java, <include, +adwaiq-, +adw-"),
        expression = anyOf({
            "<xi:include\\b",
            "xmlns:\\w+\\s*=\\s*['\\\"]http://www\\.w3\\.org/2001/xinclude",
            "<!--#(?:exec|include|echo|config|printenv)",
            "<xsl:(?:value-of\\s+select\\s*=\\s*['\\\"](?:system-property|unparsed-text|document)|include|import|copy-of\\s+select\\s*=\\s*['\\\"]document)",
            "<esi:(?:include|vars|inline|debug|remove|choose|try)\\b|<!--esi\\s",
            "php:function(?:string)?\\s*\\(|xmlns:\\w+\\s*=\\s*['\"]http://xml\\.apache\\.org/xalan/java",
            "<include\\s(?:[^<>]{0,100}\\s)?href\\s*=\\s*['\"](?:https?|ftp|file):",
            "\\+adwaiq-(?:doctype|entity)|\\+adw-\\?xml",
            "<\\?xml-stylesheet[^>]{0,100}href\\s*=\\s*['\\\"]?(?:javascript|data|http)"
        })
    }
}
return ____exports
