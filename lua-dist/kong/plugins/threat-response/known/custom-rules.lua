local ____exports = {}
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local wantHeader = ____header_2Dlines_2Ets.wantHeader
local ____literal_2Dindex_2Ets = require("kong.plugins.threat-response.known.literal-index")
local buildIndex = ____literal_2Dindex_2Ets.buildIndex
local mentions = ____literal_2Dindex_2Ets.mentions
--- Ends of literals are what is searched for; the rest is compared where one was met.
local ANCHOR = 14
local function isText(value)
    return type(value) == "string" and value ~= ""
end
local function compileRule(config)
    local literals = {}
    for ____, literal in ipairs(config.literals) do
        literals[#literals + 1] = string.lower(literal)
    end
    local methods
    for ____, method in ipairs(config.methods) do
        if methods == nil then
            methods = {}
        end
        methods[method] = true
    end
    local header = config.on == "header" and isText(config.header) and string.lower(config.header) or nil
    if header ~= nil then
        wantHeader(header)
    end
    return {
        config = config,
        literals = literals,
        pattern = isText(config.pattern) and config.pattern or nil,
        methods = methods,
        header = header
    }
end
local function compilePart(rules, on)
    local chosen = {}
    local anchors = {}
    local isAlways = false
    for ____, rule in ipairs(rules) do
        if rule.config.on == on or rule.config.on == "any" then
            chosen[#chosen + 1] = rule
            local list = {}
            for ____, literal in ipairs(rule.literals) do
                list[#list + 1] = string.sub(literal, -ANCHOR)
            end
            anchors[#anchors + 1] = list
            if #list == 0 then
                isAlways = true
            end
        end
    end
    local ____temp_0
    if #chosen == 0 then
        ____temp_0 = nil
    else
        ____temp_0 = {
            rules = chosen,
            index = buildIndex(anchors),
            isAlways = isAlways
        }
    end
    return ____temp_0
end
--- Nil without rules.
function ____exports.compileRules(configs)
    if configs == nil or #configs == 0 then
        return nil
    end
    local rules = {}
    local headers = {}
    for ____, config in ipairs(configs) do
        local rule = compileRule(config)
        rules[#rules + 1] = rule
        if rule.header ~= nil then
            headers[#headers + 1] = rule
        end
    end
    return {
        path = compilePart(rules, "path"),
        query = compilePart(rules, "query"),
        agent = compilePart(rules, "agent"),
        other = compilePart(rules, "any"),
        body = compilePart(rules, "body"),
        headers = headers
    }
end
--- Whether some rule about a part may hold for this text.
function ____exports.mayHold(part, text, isForm)
    return part.isAlways or mentions(part.index, isForm and part.index.form or part.index.wire, text)
end
--- Bytes that a pattern is tried on, at most.
local MAX_SUBJECT = 2048
local function hasLiteral(rule, raw, decoded)
    if #rule.literals == 0 then
        return true
    end
    for ____, literal in ipairs(rule.literals) do
        if (string.find(decoded, literal, 1, true)) ~= nil then
            return true
        end
        if (string.find(raw, literal, 1, true)) ~= nil then
            return true
        end
    end
    return false
end
--- `raw` and `decoded` in lower case. A pattern that fails while it runs holds for nothing.
function ____exports.ruleHolds(rule, method, raw, decoded)
    if rule.methods ~= nil and not (rule.methods[method] ~= nil) then
        return false
    end
    if not hasLiteral(rule, raw, decoded) then
        return false
    end
    if rule.pattern == nil then
        return true
    end
    local start = ngx.re.find(
        string.sub(decoded, 1, MAX_SUBJECT),
        rule.pattern,
        "ijo"
    )
    return start ~= nil
end
--- The value of the header that a rule is about; several of one name are one text.
function ____exports.headerOf(headers, rule)
    local value = rawget(headers, rule.header)
    return type(value) == "table" and table.concat(value, "; ") or value
end
return ____exports
