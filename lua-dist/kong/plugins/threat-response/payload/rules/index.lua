local ____exports = {}
local ____cmdi_2Ets = require("kong.plugins.threat-response.payload.rules.cmdi")
local cmdi = ____cmdi_2Ets.cmdi
local ____crlf_2Ets = require("kong.plugins.threat-response.payload.rules.crlf")
local crlf = ____crlf_2Ets.crlf
local ____deserialization_2Ets = require("kong.plugins.threat-response.payload.rules.deserialization")
local deserialization = ____deserialization_2Ets.deserialization
local ____jndi_2Ets = require("kong.plugins.threat-response.payload.rules.jndi")
local jndi = ____jndi_2Ets.jndi
local ____ldap_2Ets = require("kong.plugins.threat-response.payload.rules.ldap")
local ldap = ____ldap_2Ets.ldap
local ____nosqli_2Ets = require("kong.plugins.threat-response.payload.rules.nosqli")
local nosqli = ____nosqli_2Ets.nosqli
local ____prototype_2Ets = require("kong.plugins.threat-response.payload.rules.prototype")
local prototype = ____prototype_2Ets.prototype
local ____sqli_2Dconditions_2Ets = require("kong.plugins.threat-response.payload.rules.sqli-conditions")
local sqliConditions = ____sqli_2Dconditions_2Ets.sqliConditions
local ____sqli_2Dfunctions_2Ets = require("kong.plugins.threat-response.payload.rules.sqli-functions")
local sqliFunctions = ____sqli_2Dfunctions_2Ets.sqliFunctions
local ____sqli_2Dstatements_2Ets = require("kong.plugins.threat-response.payload.rules.sqli-statements")
local sqliStatements = ____sqli_2Dstatements_2Ets.sqliStatements
local ____ssrf_2Ets = require("kong.plugins.threat-response.payload.rules.ssrf")
local ssrf = ____ssrf_2Ets.ssrf
local ____ssti_2Ets = require("kong.plugins.threat-response.payload.rules.ssti")
local ssti = ____ssti_2Ets.ssti
local ____traversal_2Ets = require("kong.plugins.threat-response.payload.rules.traversal")
local traversal = ____traversal_2Ets.traversal
local ____whole_2Dvalues_2Ets = require("kong.plugins.threat-response.payload.rules.whole-values")
local wholeValues = ____whole_2Dvalues_2Ets.wholeValues
local ____xss_2Ets = require("kong.plugins.threat-response.payload.rules.xss")
local xss = ____xss_2Ets.xss
local ____xxe_2Ets = require("kong.plugins.threat-response.payload.rules.xxe")
local xxe = ____xxe_2Ets.xxe
--- In the order in which they are tried.
local GROUPS = {
    jndi,
    sqliConditions,
    sqliStatements,
    sqliFunctions,
    xss,
    cmdi,
    traversal,
    ssti,
    xxe,
    nosqli,
    prototype,
    deserialization,
    ssrf,
    crlf,
    ldap,
    wholeValues
}
local function flatten(groups)
    local rules = {}
    for ____, group in ipairs(groups) do
        for ____, rule in ipairs(group) do
            rules[#rules + 1] = rule
        end
    end
    return rules
end
____exports.RULES = flatten(GROUPS)
--- Signs that another layer of encoding is below the first.
____exports.LAYERED = {
    "%0",
    "%1",
    "%2",
    "%3",
    "%4",
    "%5",
    "%6",
    "%7",
    "%c0",
    "%c1",
    "%u0",
    "%uff",
    "%ef",
    "\\x",
    "\\u0",
    "\\u{",
    "&#",
    "&lt",
    "&gt",
    "&quot",
    "&apos",
    "&lpar",
    "&colon",
    "&tab",
    "&newline",
    "&sol",
    "&bsol",
    "&dollar",
    "&lcub",
    "&lbrace",
    "&lsqb",
    "&lbrack",
    "&grave",
    "&equals",
    "&semi",
    "&vert",
    string.char(239, 188),
    "//" .. string.char(226),
    string.char(192),
    string.char(193)
}
return ____exports
