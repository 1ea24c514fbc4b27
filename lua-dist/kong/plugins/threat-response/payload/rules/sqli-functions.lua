local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_PATH = ____rule_2Ets.AT_PATH
local AT_VALUE = ____rule_2Ets.AT_VALUE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- SQL functions that delay, read the server, or tell true from false: how a blind injection asks its questions.
local JOIN = "(?:(?<![a-z_.])(?:or|and|xor|having|rlike|regexp|where|not)(?![a-z_])|\\|\\||&&)"
____exports.sqliFunctions = {
    {
        class = "sqli",
        score = 88,
        reason = "SQL function that delays",
        at = ANYWHERE,
        folded = true,
        literals = list("sleep(, sleep (, waitfor, benchmark, dbms_, like('abcdefg, generate_series(, randomblob("),
        expression = anyOf({
            "waitfor (?:delay|time) ?['\"(@]",
            "(?<![a-z])benchmark ?\\( ?\\d{4,}",
            "pg_sleep ?\\(",
            "dbms_(?:pipe|lock|session|utility|xmlquery|xmlgen|ldap|java|assert|aw|export)\\w*\\.",
            "(?:and|or|xor|select|union|case|then|where|when|not|by|limit|like|rlike|if ?\\( ?[^()]{1,60},)[ (]+sleep ?\\([ \\d.]{1,10}\\)",
            "[,|&'\"`;)*^+=-][ (]*sleep ?\\([ \\d.]{1,10}\\)",
            "^[ (]*sleep ?\\( ?\\d+ ?\\)[ )#-]*$",
            "randomblob ?\\( ?\\d{6,}",
            "like ?\\( ?'abcdefg",
            "select count\\([^)]{0,20}\\) from generate_series ?\\("
        })
    },
    {
        class = "sqli",
        score = 88,
        reason = "SQL function that reads the server or forces an error",
        at = ANYWHERE,
        folded = true,
        literals = list("extractvalue, updatexml, procedure analyse, outfile, dumpfile, load_file, xp_, sp_executesql, sp_oacreate, openrowset, opendatasource, utl_, ctxsys, xmltype, load_extension, sp_makewebtask, sp_addsrv, exp(~, name_const, gtid_sub, json_keys((, polygon((, geometrycollection((, multipoint((, linestring((, procedure/*, procedure ana"),
        expression = anyOf({
            "(?:extractvalue|updatexml) ?\\( ?[\\w'\"(]",
            "procedure analyse ?\\(",
            "into (?:out|dump)file ?['\"0(]",
            "load_file ?\\( ?['\"0c(]",
            "(?<![a-z_])xp_(?:cmdshell|dirtree|regread|regwrite|fileexist|servicecontrol|availablemedia|enumdsn|loginconfig|subdirs)",
            "sp_(?:executesql|oacreate|makewebtask|addsrvrolemember)",
            "(?:openrowset|opendatasource) ?\\( ?'",
            "utl_(?:inaddr|http|file|smtp)\\.",
            "ctxsys\\.",
            "xmltype ?\\( ?(?:cha?r|'<|\\()",
            "load_extension ?\\(",
            "exp ?\\( ?~ ?\\(",
            "name_const ?\\( ?[\\w@']",
            "gtid_subset ?\\(",
            "json_keys ?\\( ?\\( ?select",
            "(?:polygon|geometrycollection|multipoint|linestring) ?\\( ?\\( ?select"
        })
    },
    {
        class = "sqli",
        score = 80,
        reason = "SQL function that tells true from false",
        at = ANYWHERE,
        folded = true,
        literals = list("if(, if (, case when, (case, elt(, elt (, make_set(, make_set (, row(, substring(, substr(, mid(, ascii(, ord(, length(, substr (, substring (, ascii (, lower(, upper(, hex("),
        expression = anyOf({("(?:" .. JOIN) .. "|['\",=+|*^%;-]|^ ?|\\))[ (]*(?:i?if|elt|make_set) ?\\( ?\\(?(?:\\d+|'\\w{0,20}'|ascii|substr|length|select|ord|user|database|version)[^(),]{0,10}(?:=|<|>|\\()", ("(?:" .. JOIN) .. "|['\",=+|*^%-]|^|\\() ?\\(? ?(?:row ?\\( ?\\d+ ?, ?\\d+ ?\\)|\\(? ?case (?:when|['\"\\w]+ when) [^;]{1,80} then )", "(?<![a-z])(?:ascii|ord|hex|length|lower|upper|bin|lpad|count|unhex|substr(?:ing)?|mid) ?\\( ?\\(?(?:ascii|substr(?:ing)?|mid|length|lower|upper) ?\\(", "(?<![a-z])(?:ascii|ord|hex|length|lower|upper|substr(?:ing)?|mid|left|right) ?\\( ?\\(? ?(?:(?:version|database|user|current_user|system_user|schema) ?\\( ?\\)|@@\\w|select |user ?,|database ?,)"})
    },
    {
        class = "sqli",
        score = 72,
        reason = "characters built or joined in SQL",
        at = bit.bor(
            bit.bor(AT_VALUE, AT_PATH),
            AT_COOKIE
        ),
        folded = true,
        literals = list("char(, chr(, concat(, char (, chr (, concat (, concat_ws, select 0x, =0x, = 0x, unhex(, @@, char/*, user(), database(), version(), current_user, session_user, system_user, schema(), user ()"),
        expression = anyOf({
            "(?<![a-z.])n?cha?r ?\\( ?\\d{1,3} ?\\) ?(?:\\|\\||\\+|&)",
            "(?<![a-z.])char ?\\( ?\\d{2,3} ?, ?\\d{2,3}",
            "(?<![a-z.])(?:group_)?concat(?:_ws)? ?\\( ?(?:0x[0-9a-f]|n?cha?r ?\\(|@@|\\( ?select|(?:user|database|version|schema) ?\\()",
            "(?:select|=|,) ?0x[0-9a-f]{6,}(?:[ ,)#]|$)",
            "@@(?:version|datadir|hostname|basedir|servername|global|tmpdir|port)(?![a-z_])",
            "(?:select|(?:and|or|not) [^'\"]{0,10}|,|=) ?\\(?(?:current_user ?=|session_user|system_user|(?:user|database|version|schema) ?\\( ?\\))"
        })
    },
    {
        class = "sqli",
        score = 78,
        reason = "SQL catalogue tables",
        at = ANYWHERE,
        folded = true,
        literals = list("information_schema, sysobjects, syscolumns, sys., pg_catalog, pg_shadow, pg_user, sqlite_master, all_tables, all_users, user_tables, mysql.user, msysaccess, rdb$, sysibm, sysusers, domain.domains, from dual, v$version, mysql.db"),
        expression = anyOf({"(?:from|join|,|\\() ?[(`\\[]?(?:information_schema[`\\]]? ?\\.|(?:master ?\\.[. ]*|sys\\.)?(?:sysobjects|syscolumns|sysusers|sysdatabases|sysprocesses|sys\\.\\w+)|pg_catalog\\.|pg_shadow|pg_user|sqlite_master|all_tables|all_users|user_tables|mysql\\.(?:user|db)|msysaccess|rdb\\$|sysibm\\.|domain\\.domains|v\\$version)", "(?:select|['\"(,]) ?[^;]{1,100} from dual(?![a-z])"})
    }
}
return ____exports
