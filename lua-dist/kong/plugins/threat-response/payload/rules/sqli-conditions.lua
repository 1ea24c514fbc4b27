local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Breaking out of a SQL value: what follows the quote or number that an application expects.
local WORD = "(?<![a-z_.])(?:or|and|xor|having|rlike|regexp|where|not|div)(?![a-z_])"
local JOIN = ("(?:" .. WORD) .. "|\\|\\||&&)"
--- What a quote is closed for: without the words that also follow quotes in prose.
local CLOSING_JOIN = "(?:(?<![a-z_.])(?:or|and|xor|having|rlike|regexp|div)(?![a-z_])|\\|\\||&&)"
local COMPARISON = "(?:=|<=>|<>|!=|<=?|>=?|(?:not )?(?:like|rlike|regexp|between)\\b|is\\b|sounds like)"
local SQL_END = "(?:--|#|;|/\\*|\\0|$)"
local NUMBER = "[-+~]*\\d+(?:\\.\\d+)?"
--- A joining word, then what only a condition goes on with: a digit, a quote, a sign, a parenthesis, a function.
local function joined()
    local starts = list("0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ', \", (, -, +, ~, !, @, not , true, false, null, exists, substr, ascii, length, /*, sleep, if(")
    local literals = {}
    for ____, word in ipairs(list("or, and, xor, having, where, ||, &&, rlike, regexp")) do
        for ____, start in ipairs(starts) do
            literals[#literals + 1] = word .. start
            literals[#literals + 1] = (word .. " ") .. start
        end
    end
    for ____, word in ipairs(list("or, and, xor, union, select, having, where")) do
        for ____, byte in ipairs({
            160,
            194,
            225,
            226,
            227
        }) do
            literals[#literals + 1] = word .. string.char(byte)
        end
    end
    return literals
end
--- A closing quote or parenthesis, then a joining word.
local function closed()
    local literals = {}
    for ____, closing in ipairs(list("', \", ')")) do
        for ____, word in ipairs(list("or, and, ||, &&, xor, having, like, not, is , in(, in (, between, rlike, regexp, div, mod, where")) do
            literals[#literals + 1] = closing .. word
            literals[#literals + 1] = (closing .. " ") .. word
        end
    end
    literals[#literals + 1] = "/**/"
    literals[#literals + 1] = "/*!"
    return literals
end
local JOINED = joined()
local CLOSED = closed()
____exports.sqliConditions = {
    {
        class = "sqli",
        score = 82,
        reason = "SQL condition that is always true or false",
        at = ANYWHERE,
        folded = true,
        literals = JOINED,
        expression = anyOf({((JOIN .. "[ (!~+-]*(?:not )?\\d+[ )]*") .. COMPARISON) .. "[ (]*[-+~ ]*['\"]?\\d+(?![\\d.]*[a-z%])", ((JOIN .. "[ (!~+-]*(?:not )?(['\"])([^'\" ]{0,20})\\1? ?") .. COMPARISON) .. "[ (]*['\"\\d]", (((JOIN .. "[ (]*\\d+(?: ?[*+/-] ?\\d+)+[ )]*") .. COMPARISON) .. " ?") .. NUMBER, JOIN .. "[ (]*(\\w{1,8}) ?= ?\\3 ?(?:--|#)"})
    },
    {
        class = "sqli",
        score = 80,
        reason = "quote followed by a SQL condition",
        at = ANYWHERE,
        folded = true,
        literals = CLOSED,
        expression = (("^[^'\"=<>{]{0,60}['\"][ )]{0,8}" .. CLOSING_JOIN) .. "[ (!~+-]*(?:not )?") .. anyOf({
            "[\\w@.]{1,40} ?(?:=|<|>|!=|like\\b|in ?\\(|is (?:not )?null|\\(|between\\b|&&|\\|\\|)",
            "['\"]",
            "\\d+ ?" .. SQL_END,
            "exists\\b",
            "\\(? ?select\\b",
            "(?:true|false|null)\\b"
        })
    },
    {
        class = "sqli",
        score = 74,
        reason = "quotes joined by a SQL operator",
        at = ANYWHERE,
        folded = true,
        literals = list("'=, ' =, '<, ' <, '>, ' >, '!, ' !, '^, ' ^, '*, ' *, '/, ' /, '+, ' +, '-, ' -, '|, ' |, '&, ' &, '%, ' %, 'is , ' is , 'like, ' like, 'rlike, ' rlike, 'div, ' div, 'mod, ' mod, 'sounds, ' sounds, 'not , ' not , 'regexp, ' regexp, 'between, ' between, 'in , 'or, ' or, 'and, ' and"),
        expression = "^[^'\"=<>{ ]{0,20} ?'[ )]*(?:[=<>!^*/|&%+-]{1,3}|(?:not )?(?:like|rlike|regexp|between|in|or|and)|is(?: not)?|div|mod|sounds like)[ (!~+-]*(?:'[ \\w]{0,20}$|(?:[\\w.@]{1,30}(?:\\(\\w{0,12}\\))?|\\d+) ?(?:[=<>!^*/|&%+-]{1,3}|(?:not )?(?:like|rlike|regexp|or|and|between|in)|is(?: not)?(?: null)?|div|mod)[ (!~+-]*'[^']{0,20}$)"
    },
    {
        class = "sqli",
        score = 76,
        reason = "SQL condition, then a comment",
        at = ANYWHERE,
        folded = true,
        literals = JOINED,
        expression = "(?:['\")]|^ ?-?\\d*|^) ?(?:or|\\|\\||and|&&|xor)(?![a-z])[ (!~+-]*(?:\\d+|true|false|null|sleep ?\\([^)]{0,20}\\))[ )]*(?:--|#|;|/\\*|\\0)"
    },
    {
        class = "sqli",
        score = 76,
        reason = "quote, then a SQL comment",
        at = ANYWHERE,
        folded = true,
        literals = list("'--, ' --, '#, ' #, ')--, ') --, ')#, ') #, '/*, ' /*, \"--, \" --, \"#, \" #, \")--, \")#, ';--, ';, ')), \")), ')/*, \")/*"),
        expression = "^(?:[^'\"=<>:{} ]{0,40}['\"][ )]{0,8};?[ )]{0,4}#|[^'\"=<>:{}]{0,40}['\"][ )]{0,8};?[ )]{0,4}(?:--|/\\*))(?: ?$|[ +-])"
    },
    {
        class = "sqli",
        score = 80,
        reason = "SQL ordering or grouping after a value",
        at = ANYWHERE,
        folded = true,
        literals = list("order by, group by, order/*, group/*, limit , having , /**/by, /*!, boolean mode, like '%"),
        expression = anyOf({"^(?:-?\\d+|[^ ]{0,30}['\")]+)[ )]*(?:order by \\(? ?\\d+|group by [\\w.]{1,40}(?: having| ?,| ?--| ?#|\\()|having ['\"\\d(]|limit \\d+ ?(?:,|offset) ?\\d+ ?(?:--|#|union|procedure|into))", "^[^'\"]{0,20}['\"]? ?(?:order|group) by \\d+ ?(?:--|#|/\\*|$)", "' in boolean mode ?\\)"})
    },
    {
        class = "sqli",
        score = 78,
        reason = "SQL condition of numbers or names and nothing else",
        at = ANYWHERE,
        folded = true,
        literals = list(" xor, xor , div , rlike , regexp , ||, &&, `or`, ` or`, `or `, `||, collate , ::int, like 1, is 1, glob , 1 or, 0 or, or 1, or 0, and 1, and 0"),
        expression = anyOf({
            "^[-+~!( ]*(?:\\d+|0x[0-9a-f]+)[) ]+(?:xor|div|rlike|regexp|sounds like)[ (!~+-]*[\\w'\"]{1,12}",
            "^[-+~!( ]*(?:\\d+|0x[0-9a-f]+)[) ]*(?:::\\w+|collate \\w+|[*/%&|^<>=!+-]{1,3} ?\\d+)[) ]*(?:or|and|\\|\\||&&)[ (!~+-]*\\d+[) ]*(?:$|[-#=<>])",
            "^[-+~!( ]*0x[0-9a-f]+[) ]+(?:or|and) \\d",
            "^(\\d{1,8}) (?:like|is|regexp|rlike|between|sounds like) \\1(?: |$)",
            "` ?(?:or|and|xor|\\|\\||&&|union|having) ?[`(]?[\\w@]{1,20}[`)]? ?(?:=|<|>|like|is|select)",
            "^' ?(?:glob|match|collate|escape) ?'"
        })
    },
    {
        class = "sqli",
        score = 76,
        reason = "text in hexadecimal digits",
        at = ANYWHERE,
        literals = list("0x2, 0x3, 0x4, 0x5, 0x6, 0x7"),
        expression = "\\b0x(?:(?:[2-7][0-9a-f]){8,}|(?:[2-7][0-9a-f]00){6,})(?![0-9a-f])"
    }
}
return ____exports
