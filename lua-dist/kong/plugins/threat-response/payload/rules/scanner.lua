local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_AGENT = ____rule_2Ets.AT_AGENT
local list = ____rule_2Ets.list
--- Programs that look for holes and say so in their user agent.
local NAMES = "sqlmap, nikto, nessus, nmap, acunetix, netsparker, w3af, wpscan, dirbuster, gobuster, feroxbuster, wfuzz, ffuf, nuclei, masscan, zgrab, openvas, arachni, havij, jaeles, whatweb, skipfish, commix, xsser, dirsearch, joomscan, droopescan, zmeu, morfeus, webinspect, appscan, fimap, sqlninja, grendel-scan, jbrofuzz, bsqlbf, webshag, nsauditor, absinthe, pangolin, dalfox, projectdiscovery, kiterunner, hydra, brutus, dotdotpwn, zaproxy, qualys, rapid7, detectify, whcc, paros, burpsuite, interactsh, xspider, vega, wapiti, uniscan, golismero, tplmap, crlfuzz, gau, naabu, rustscan, censysinspect, shodan"
local PHRASES = "fuzz faster, security scan, vulnerability scan, pentest, penetration test, sql injection, nmap scripting"
local function bothLists()
    local names = list(NAMES)
    for ____, phrase in ipairs(list(PHRASES)) do
        names[#names + 1] = phrase
    end
    return names
end
local literals = bothLists()
____exports.scanner = {{
    score = 60,
    reason = "user agent of a vulnerability scanner",
    at = AT_AGENT,
    literals = literals,
    expression = ("(?<![a-z])(?:" .. table.concat(literals, "|")) .. ")(?:[^a-z]|$|[a-z]* ?/)"
}}
return ____exports
