local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local lookup = ____decisions_2Ets.lookup
local ____login_2Dhistory_2Ets = require("kong.plugins.threat-response.login-history")
local isKnownUser = ____login_2Dhistory_2Ets.isKnownUser
____exports.findDecision = function(instance, source)
    local action, id, ____, rps, scope, route = lookup(instance.config, source.binary)
    if action == nil then
        return nil
    end
    return {
        action = action,
        id = id,
        rps = rps or 1,
        scope = scope,
        route = route
    }
end
--- Whether a throttled address has used up what it may still send. Slower than one a second means a longer window.
local function exceeds(decision, source)
    local window = decision.rps < 1 and 1 / decision.rps or 1
    local count = counters:incr((("d" .. decision.id) .. ":") .. source.key, 1, 0, window)
    return (count or 0) > math.max(1, decision.rps)
end
--- What the decision means for a request to which it applies.
____exports.ruleDecision = function(source, decision)
    local ____decision_0 = decision
    local action = ____decision_0.action
    local id = ____decision_0.id
    local rps = ____decision_0.rps
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
--- A decision for one route or for logins only, once route and login are known.
____exports.ruleNarrowDecision = function(facts, decision)
    if decision == nil or decision.action == "allow" then
        return nil
    end
    if decision.scope == nil and decision.route == nil then
        return nil
    end
    local ____temp_4 = decision.route ~= nil
    if ____temp_4 then
        local ____decision_route_3 = decision.route
        local ____opt_1 = facts.route
        ____temp_4 = ____decision_route_3 ~= (____opt_1 and ____opt_1.id)
    end
    if ____temp_4 then
        return nil
    end
    if decision.scope == "login" and (facts.login == nil or isKnownUser(facts.source, facts.login)) then
        return nil
    end
    return ____exports.ruleDecision(facts.source, decision)
end
return ____exports
