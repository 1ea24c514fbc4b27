local ____exports = {}
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local parseRange = ____cidr_2Ets.parseRange
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local DECISION_ACTIONS = ____decision_2Dfeed_2Ets.DECISION_ACTIONS
local DECISION_KINDS = ____decision_2Dfeed_2Ets.DECISION_KINDS
local MAX_NAME = 128
local function isOneOf(values, value)
    for ____, known in ipairs(values) do
        if known == value then
            return true
        end
    end
    return false
end
--- A parameter narrows a decision, so one that is not understood would widen it.
local function readParameter(decision, name, value)
    if name == "rps" then
        local rps = tonumber(value)
        if rps == nil or not (rps > 0 and rps <= 1000000) then
            return "rps is not a rate"
        end
        decision.rps = rps
        return nil
    end
    if name == "scope" and value == "login" then
        decision.scope = value
        return nil
    end
    if name == "route" and #value <= MAX_NAME then
        decision.route = value
        return nil
    end
    return "unknown parameter " .. name
end
local function readParameters(decision, text)
    local position = 1
    while position <= #text do
        local name, value, next = string.match(text, "^ (%l+)=([^ ]+)()", position)
        if name == nil then
            return "malformed parameters", true
        end
        local problem = readParameter(decision, name, value)
        if problem ~= nil then
            return problem
        end
        position = next
    end
    return nil
end
--- `allow` beats all; what holds everywhere beats what is limited to logins or a route; a block beats a throttle.
function ____exports.rankOf(decision)
    if decision.action == "allow" then
        return 0
    end
    local isLimited = decision.scope ~= nil or decision.route ~= nil
    return (decision.action == "block" and 1 or 3) + (isLimited and 1 or 0)
end
function ____exports.readDecision(line)
    local action, kind, value, expires, id, incident, parameters = string.match(line, "^(%l+) (%l+) ([^ ]+) (%d+) ([^ ]+) ([^ ]+)(.*)$")
    local other = string.find(line, "[%c]")
    if action == nil or other ~= nil or #id > MAX_NAME or #incident > MAX_NAME then
        return nil, "malformed line", true
    end
    if not isOneOf(DECISION_ACTIONS, action) or not isOneOf(DECISION_KINDS, kind) then
        return nil, (("unknown action or kind: " .. action) .. " ") .. kind
    end
    local decision = {
        action = action,
        expires = tonumber(expires),
        id = id,
        incident = incident,
        rps = 1,
        scope = nil,
        route = nil
    }
    local problem, isMalformed = readParameters(decision, parameters)
    if problem ~= nil then
        return nil, problem, isMalformed
    end
    local range = parseRange(value)
    if range == nil then
        return nil, "not an address or range"
    end
    return {range = range, decision = decision}
end
return ____exports
