local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_HEADER = ____rule_2Ets.AT_HEADER
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local AT_VALUE = ____rule_2Ets.AT_VALUE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Serialised objects of Java, PHP, Python, .NET, Ruby and JavaScript that run code when read.
____exports.deserialization = {
    {
        class = "deserialization",
        score = 82,
        reason = "serialised object",
        at = ANYWHERE,
        literals = list("ro0ab, o:, aced0005, aaeaaad, gasv, gawv, gajj, gajd, gaj9, gajc, ganj, gand, gan9, ganc, aqaaap////, py/object, py/reduce, !!python, !!javax, !!ruby, !ruby/, nd_func, cposix, c__builtin__, cos system, objectdataprovider, !!com., bah, {x:i:, js/function, !!js/, 2002:js, $$bcel, dynamic-proxy, gem::, nashorn.internal, system.windows."),
        expression = anyOf({
            "(?-i:rO0AB[A-Za-z0-9+/_-]{4,})",
            "\\baced0005[0-9a-f]{8}",
            "(?-i:AAEAAAD/////)",
            "(?-i:^\\s*gA(?:S[A-Z]|WV|[JN][jd9c])[A-Za-z0-9+/_-]{12})",
            "(?-i:AQAAAP////8B)",
            "\"py/(?:object(?:/apply|/new)?|reduce)\"\\s*:",
            "(?-i:^\\s*BAh[bvUVSTcl][A-Za-z0-9+/_-]{12})",
            "tag:yaml\\.org,2002:(?:js|python|ruby|java)\\b",
            "!!js/(?:function|regexp|undefined)",
            "(?-i:\\$\\$BCEL\\$\\$)",
            "<dynamic-proxy>|jdk\\.nashorn\\.internal",
            "gem::(?:installer|requirement|specfetcher|requestset|package|source|dependency)",
            "system\\.windows\\.(?:data|application|markup|resourcedictionary)\\b[^,]{0,60},\\s*presentationframework",
            "(?:^|[;{:\\s])(?:O|C):\\+?\\d+:\\\"[\\w\\\\]+\\\":\\d+:\\{",
            "!!python/(?:object|name|module)",
            "!!javax?\\.",
            "!!com\\.sun",
            "!(?:!)?ruby/(?:object|hash|struct)",
            "_\\$\\$nd_func\\$\\$_",
            "c(?:posix|__builtin__|os)[\\r\\n ]+(?:system|eval|exec|popen)",
            "objectdataprovider"
        })
    },
    {
        class = "deserialization",
        score = 88,
        reason = "class that runs code when deserialised",
        at = bit.bor(ANYWHERE, AT_STRUCTURE),
        literals = list("com.sun., org.apache., javax., java., org.spring, org.hibernate., org.codehaus., org.mozilla., org.jboss., org.python., com.mchange., com.zaxxer., ch.qos., net.sf., sun.rmi, sun.reflect, system., typeconfuse, ysoserial, $type"),
        expression = anyOf({
            "com\\.sun\\.(?:rowset|org\\.apache\\.xalan|jndi)",
            "org\\.apache\\.(?:commons\\.(?:collections\\d?\\.(?:functors|keyvalue|map)|configuration|dbcp|beanutils|fileupload)|xbean\\.(?:naming|propertyeditor)|ibatis\\.datasource|tomcat\\.dbcp|xalan)",
            "javax\\.(?:script\\.scriptenginemanager|swing\\.jeditorpane|management\\.badattribute)",
            "java\\.(?:lang\\.(?:processbuilder|runtime)|beans\\.xmldecoder)",
            "org\\.springframework\\.(?:context\\.support\\.\\w*xmlapplicationcontext|beans\\.factory\\.(?:config|objectfactory)|aop\\.support)",
            "system\\.(?:windows\\.data\\.objectdataprovider|diagnostics\\.process|configuration\\.install|management\\.automation)",
            "ch\\.qos\\.logback\\.core\\.(?:db\\.)?jndi|ch\\.qos\\.logback\\.core\\.db\\.\\w+connectionsource",
            "com\\.(?:mchange\\.v2\\.c3p0|zaxxer\\.hikari\\.hikari(?:config|datasource)|caucho\\.\\w+\\.\\w+jndi)",
            "org\\.(?:codehaus\\.groovy\\.runtime\\.(?:convertedclosure|methodclosure)|mozilla\\.javascript\\.native|hibernate\\.jmx|jboss\\.interceptor|python\\.core\\.pyfunction)",
            "net\\.sf\\.ehcache\\.transaction\\.manager",
            "sun\\.(?:rmi\\.server|reflect\\.annotation)\\.",
            "typeconfusedelegate",
            "ysoserial"
        })
    },
    {
        class = "deserialization",
        score = 84,
        reason = "type that a parser would make an object of",
        at = bit.bor(ANYWHERE, AT_STRUCTURE),
        literals = list("py/object, py/reduce, py/function, py/type, java.net., java.lang., java.io., java.rmi, java.sql, java.beans, javax., com.sun., com.mysql., com.alibaba., com.mchange., com.zaxxer., com.ibatis, com.caucho, com.ibm., org.apache., org.spring, org.hibernate, org.codehaus, org.h2, org.postgresql, org.python, org.mozilla, org.eclipse, org.jboss, oracle., ch.qos, br.com, net.sf, <jdk.nashorn, java.util.priority, java.util.service, groovy.util, <sun., <dynamic-proxy, <objectdataprovider, serialization=, xmldecoder"),
        expression = anyOf({
            "\"py/(?:object(?:/apply|/new)?|reduce|function|type)\"\\s*:",
            "\"@type\"\\s*:\\s*\"\\[?l?(?:java\\.(?:net|lang|io|rmi|sql|beans)|javax|com\\.(?:sun|mysql|alibaba|mchange|zaxxer|ibatis|caucho|ibm)|org\\.(?:apache|springframework|hibernate|codehaus|h2|postgresql|python|mozilla|eclipse|jboss)|oracle\\.|sun\\.|ch\\.qos|br\\.com|net\\.sf|groovy\\.)",
            "<(?:jdk\\.nashorn|java\\.(?:util\\.(?:priorityqueue|serviceloader)|lang\\.(?:process|runtime)|beans\\.)|javax\\.(?:naming|script|imageio|crypto|swing|xml\\.ws)|com\\.sun\\.|org\\.(?:apache\\.(?:commons|xalan)|codehaus\\.groovy)|groovy\\.util|sun\\.|dynamic-proxy|objectdataprovider)[\\w.$-]*(?:[\\s/]|$)",
            "\\sserialization=['\"]custom['\"]",
            "<java\\s[^<>]{0,60}xmldecoder"
        })
    },
    {
        class = "deserialization",
        score = 82,
        reason = "address of a database that runs code in who connects",
        at = bit.bor(
            bit.bor(AT_VALUE, AT_COOKIE),
            AT_HEADER
        ),
        literals = {"jdbc:"},
        expression = "jdbc:[\\w:+]{1,30}[^\"]{0,400}?(?:autodeserialize=|(?:query|statement)interceptors=|allowloadlocalinfile=true|allowurlinlocalinfile=true|init=\\s*(?:runscript|create|drop|call)|trace_level_system_out|socketfactory=org\\.springframework|sslfactory=|loggerfile=|jndiname=|create\\s+alias\\s)"
    }
}
return ____exports
