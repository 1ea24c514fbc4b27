local ____exports = {}
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local UNROUTED = ____decision_2Dfeed_2Ets.UNROUTED
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____decision_2Dline_2Ets = require("kong.plugins.threat-response.decision-line")
local isNarrow = ____decision_2Dline_2Ets.isNarrow
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local countHit = ____decisions_2Ets.countHit
local hasRouteDecisions = ____decisions_2Ets.hasRouteDecisions
local lookupRoute = ____decisions_2Ets.lookupRoute
local ____error_2Dpaths_2Ets = require("kong.plugins.threat-response.error-paths")
local wasRouted = ____error_2Dpaths_2Ets.wasRouted
local ____login_2Dhistory_2Ets = require("kong.plugins.threat-response.login-history")
local isKnownUser = ____login_2Dhistory_2Ets.isKnownUser
local ____unrouted_2Ets = require("kong.plugins.threat-response.unrouted")
local isMarkedUnrouted = ____unrouted_2Ets.isMarkedUnrouted
local ____string_0 = string
local find = ____string_0.find
local sub = ____string_0.sub
--- Whether a throttled address has used up what it may still send. Slower than one a second means a longer window.
local function exceeds(decision, source)
    local window = decision.rps < 1 and 1 / decision.rps or 1
    local count = counters:incr((("d" .. decision.id) .. ":") .. source.key, 1, 0, window)
    return (count or 0) > math.max(1, decision.rps)
end
--- What the decision means for a request to which it applies.
____exports.ruleDecision = function(source, decision)
    local ____decision_1 = decision
    local action = ____decision_1.action
    local id = ____decision_1.id
    local rps = ____decision_1.rps
    if action == "overlay" then
        return nil
    end
    if action == "throttle" and not exceeds(decision, source) then
        return nil
    end
    return {
        verdict = action,
        by = "decision",
        reason = "decision " .. id,
        retry_after = math.max(
            1,
            math.ceil(1 / rps)
        ),
        score = action == "allow" and 0 or 100,
        decision = id
    }
end
local function hasPrefix(paths, path)
    for ____, prefix in ipairs(paths) do
        if sub(path, 1, #prefix) == prefix then
            return true
        end
    end
    return false
end
local function isMethodMeant(methods, method)
    local at = find(methods, ("," .. method) .. ",", 1, true)
    return at ~= nil
end
--- Whether a decision that is limited to some requests means this one.
local function isMeant(facts, decision)
    local ____decision_2 = decision
    local scope = ____decision_2.scope
    local route = ____decision_2.route
    local methods = ____decision_2.methods
    local paths = ____decision_2.paths
    local ____temp_6 = route ~= nil
    if ____temp_6 then
        local ____route_5 = route
        local ____opt_3 = facts.route
        ____temp_6 = ____route_5 ~= (____opt_3 and ____opt_3.id)
    end
    if ____temp_6 then
        return false
    end
    if methods ~= nil and not isMethodMeant(methods, facts.method) then
        return false
    end
    if paths ~= nil and not hasPrefix(paths, ngx.var.uri or facts.path) then
        return false
    end
    return scope ~= "login" or facts.login ~= nil and not isKnownUser(facts.source, facts.login)
end
--- A decision for one route or for logins only and the like, once route and login are known.
____exports.ruleNarrowDecision = function(facts, decision)
    if decision == nil or decision.action == "allow" or not isNarrow(decision) then
        return nil
    end
    local ____isMeant_result_7
    if isMeant(facts, decision) then
        ____isMeant_result_7 = ____exports.ruleDecision(facts.source, decision)
    else
        ____isMeant_result_7 = nil
    end
    return ____isMeant_result_7
end
--- Counts what a decision would do that is not in force.
local function countLogged(ruling)
    if (ruling and ruling.decision) ~= nil then
        countHit(ruling.decision)
    end
end
____exports.countLoggedPlain = function(source, logged)
    if logged ~= nil and not isNarrow(logged) then
        countLogged(____exports.ruleDecision(source, logged))
    end
end
____exports.countLoggedNarrow = function(facts, logged)
    if logged ~= nil then
        countLogged(____exports.ruleNarrowDecision(facts, logged))
    end
end
--- A decision about the route of the request, for each client address.
____exports.ruleRouteDecision = function(instance, facts)
    if facts.source.isExempt or not hasRouteDecisions(instance) then
        return nil
    end
    local ____lookupRoute_14 = lookupRoute
    local ____instance_12 = instance
    local ____facts_source_13 = facts.source
    local ____opt_10 = facts.route
    local decision, logged = ____lookupRoute_14(____instance_12, ____facts_source_13, ____opt_10 and ____opt_10.id or UNROUTED)
    if logged ~= nil and isMeant(facts, logged) then
        countLogged(____exports.ruleDecision(facts.source, logged))
    end
    local ____temp_15
    if decision ~= nil and isMeant(facts, decision) then
        ____temp_15 = ____exports.ruleDecision(facts.source, decision)
    else
        ____temp_15 = nil
    end
    return ____temp_15
end
--- A decision about requests without a route, where nothing but the address and the path is known: it is for whoever asked for such paths again and
-- again, and not for paths that lately had a route.
____exports.ruleUnroutedDecision = function(instance, source)
    if source.isExempt or not hasRouteDecisions(instance) or not isMarkedUnrouted(source.key) then
        return nil
    end
    local decision, logged = lookupRoute(instance, source, UNROUTED)
    if decision == nil and logged == nil or wasRouted(ngx.var.uri or "") then
        return nil
    end
    if logged ~= nil then
        countLogged(____exports.ruleDecision(source, logged))
    end
    local ____temp_16
    if decision == nil then
        ____temp_16 = nil
    else
        ____temp_16 = ____exports.ruleDecision(source, decision)
    end
    return ____temp_16
end
return ____exports
