local ____exports = {}
local ____custom_2Drules_2Ets = require("kong.plugins.threat-response.known.custom-rules")
local headerOf = ____custom_2Drules_2Ets.headerOf
local mayHold = ____custom_2Drules_2Ets.mayHold
local ruleHolds = ____custom_2Drules_2Ets.ruleHolds
local ____request_2Dview_2Ets = require("kong.plugins.threat-response.known.request-view")
local decodeText = ____request_2Dview_2Ets.decodeText
local undisguisedPath = ____request_2Dview_2Ets.undisguisedPath
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local redactText = ____redact_2Ets.redactText
--- Catches what the rules of the configuration say. Example: `{id: "no-legacy", on: "path", literals: ["/legacy/"], action: "block"}`.
local MAX_WINDOW = 160
local MAX_DESCRIPTION = 120
local function build(rule, facts, field, text)
    local ____rule_config_0 = rule.config
    local id = ____rule_config_0.id
    local description = ____rule_config_0.description
    local score = ____rule_config_0.score
    local action = ____rule_config_0.action
    local told = type(description) == "string" and ": " .. string.sub(description, 1, MAX_DESCRIPTION) or ""
    return {
        category = "abuse",
        detector = "rules",
        score = score,
        action = action,
        subject = "ip",
        value = facts.source.ip,
        field = field,
        window = field == "header:cookie" and "[redacted]" or redactText(text, MAX_WINDOW),
        reason = ("rule " .. id) .. told,
        rule = id
    }
end
local function stronger(a, b)
    return (a == nil or b.score > a.score) and b or a
end
local function inPart(best, part, facts, field, text)
    if part == nil or text == nil or text == "" then
        return best
    end
    local isForm = field == "query" or field == "body"
    if not mayHold(part, text, isForm) then
        return best
    end
    local raw = string.lower(text)
    local decoded = decodeText(text, isForm and "form" or "none")
    local found = best
    for ____, rule in ipairs(part.rules) do
        if ruleHolds(rule, facts.method, raw, decoded) then
            found = stronger(
                found,
                build(rule, facts, field, text)
            )
        end
    end
    return found
end
local function inHeaders(best, rules, facts)
    local found = best
    for ____, rule in ipairs(rules.headers) do
        local text = headerOf(facts.headers, rule)
        if text ~= nil and ruleHolds(
            rule,
            facts.method,
            string.lower(text),
            decodeText(text, "none")
        ) then
            found = stronger(
                found,
                build(
                    rule,
                    facts,
                    "header:" .. tostring(rule.header),
                    text
                )
            )
        end
    end
    return found
end
--- The finding of the rule with the highest score that holds.
____exports.detectCustom = function(rules, facts)
    if rules == nil then
        return nil
    end
    local best = inPart(
        nil,
        rules.path,
        facts,
        "path",
        facts.path
    )
    if rules.path ~= nil then
        best = inPart(
            best,
            rules.path,
            facts,
            "path",
            undisguisedPath(facts.path)
        )
    end
    best = inPart(
        best,
        rules.query,
        facts,
        "query",
        facts.query
    )
    best = inPart(
        best,
        rules.agent,
        facts,
        "header:user-agent",
        facts.userAgent
    )
    best = inPart(
        best,
        rules.other,
        facts,
        "header:cookie",
        facts.cookie
    )
    best = inPart(
        best,
        rules.other,
        facts,
        "header:referer",
        facts.referer
    )
    best = inPart(
        best,
        rules.body,
        facts,
        "body",
        facts.body
    )
    return inHeaders(best, rules, facts)
end
return ____exports
