local ____exports = {}
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local parseRange = ____cidr_2Ets.parseRange
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local DECISION_ACTIONS = ____decision_2Dfeed_2Ets.DECISION_ACTIONS
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local CONSUMER = ____decision_2Dkey_2Ets.CONSUMER
local CREDENTIAL = ____decision_2Dkey_2Ets.CREDENTIAL
local createKey = ____decision_2Dkey_2Ets.createKey
local ROUTE = ____decision_2Dkey_2Ets.ROUTE
local setNamed = ____decision_2Dkey_2Ets.setNamed
local setRange = ____decision_2Dkey_2Ets.setRange
local MAX_NAME = 128
local MAX_PATHS = 16
local SLASH = 47
local OVERLAY_DIGITS = 32
local function isOneOf(values, value)
    for ____, known in ipairs(values) do
        if known == value then
            return true
        end
    end
    return false
end
local function readRate(decision, value)
    local rps = tonumber(value)
    if rps == nil or not (rps > 0 and rps <= 1000000) then
        return "rps is not a rate"
    end
    decision.rps = rps
    return nil
end
local function readShare(decision, value)
    local share = tonumber(value)
    if share == nil or not (share >= 0 and share <= 1) then
        return "share is not between 0 and 1"
    end
    decision.share = share
    return nil
end
local function readMethods(decision, value)
    local methods = string.match(value, "^[A-Z,]+$")
    if methods == nil or #value > MAX_NAME then
        return "methods are not names in capitals"
    end
    decision.methods = ("," .. methods) .. ","
    return nil
end
local function readPaths(decision, value)
    local paths = {}
    for path in string.gmatch(value, "[^,]+") do
        if string.byte(path, 1) ~= SLASH or #paths >= MAX_PATHS then
            return "paths are not prefixes that begin with a slash"
        end
        paths[#paths + 1] = path
    end
    decision.paths = paths
    return #paths == 0 and "no paths" or nil
end
local function readOverlayValue(decision, value)
    local digits = string.match(value, "^%x+$")
    decision.to = digits
    return (digits == nil or #value ~= OVERLAY_DIGITS) and "to is not a value of the header" or nil
end
--- A parameter narrows a decision, so one that is not understood would widen it.
local function readParameter(decision, name, value)
    if name == "rps" then
        return readRate(decision, value)
    end
    if name == "share" then
        return readShare(decision, value)
    end
    if name == "methods" then
        return readMethods(decision, value)
    end
    if name == "paths" then
        return readPaths(decision, value)
    end
    if name == "scope" and value == "login" then
        decision.scope = value
        return nil
    end
    if name == "route" and #value <= MAX_NAME then
        decision.route = value
        return nil
    end
    if name == "via" and #value <= MAX_NAME then
        decision.via = value
        return nil
    end
    if name == "to" then
        return readOverlayValue(decision, value)
    end
    if name == "log" and value == "1" then
        decision.isLogged = true
        return nil
    end
    return "unknown parameter " .. name
end
local TAGS = {credential = CREDENTIAL, consumer = CONSUMER, route = ROUTE}
--- What is wrong with whom the decision is about; else the key says it.
local function readTarget(key, action, kind, value)
    if kind == "ip" then
        local range = parseRange(value)
        if range == nil then
            return "not an address or range"
        end
        setRange(key, range)
        return nil
    end
    local tag = TAGS[kind]
    if tag == nil then
        return "unknown kind: " .. kind
    end
    if tag == ROUTE and action ~= "throttle" then
        return "a route can only be throttled"
    end
    local ____setNamed_result_0
    if setNamed(key, tag, value) then
        ____setNamed_result_0 = nil
    else
        ____setNamed_result_0 = "not the hash or id that names a " .. kind
    end
    return ____setNamed_result_0
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
--- Whether more has to be known than who sends a request.
function ____exports.isNarrow(decision)
    local ____decision_1 = decision
    local scope = ____decision_1.scope
    local route = ____decision_1.route
    local methods = ____decision_1.methods
    local paths = ____decision_1.paths
    return scope ~= nil or route ~= nil or methods ~= nil or paths ~= nil
end
--- `allow` beats all; what holds everywhere beats what is limited to logins or a route; a block beats a throttle.
function ____exports.rankOf(decision)
    if decision.action == "allow" then
        return 0
    end
    return (decision.action == "block" and 1 or 3) + (____exports.isNarrow(decision) and 1 or 0)
end
function ____exports.readDecision(line)
    local action, kind, value, expires, id, incident, parameters = string.match(line, "^(%l+) (%l+) ([^ ]+) (%d+) ([^ ]+) ([^ ]+)(.*)$")
    local other = string.find(line, "[%c]")
    if action == nil or other ~= nil or #id > MAX_NAME or #incident > MAX_NAME then
        return nil, "malformed line", true
    end
    if not isOneOf(DECISION_ACTIONS, action) then
        return nil, "unknown action: " .. action
    end
    local decision = {
        action = action,
        expires = tonumber(expires),
        id = id,
        incident = incident,
        rps = 1,
        scope = nil,
        route = nil,
        methods = nil,
        paths = nil,
        via = nil,
        to = nil,
        share = 1,
        isLogged = false
    }
    local problem, isMalformed = readParameters(decision, parameters)
    if problem ~= nil then
        return nil, problem, isMalformed
    end
    if action == "overlay" ~= (decision.to ~= nil and decision.via ~= nil) then
        return nil, "only an overlay has via and to, and has both"
    end
    local key = createKey()
    local objection = readTarget(key, action, kind, value)
    if objection ~= nil then
        return nil, objection
    end
    return {key = key, decision = decision}
end
return ____exports
