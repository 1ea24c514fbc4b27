local ____exports = {}
local ____login_2Dhistory_2Ets = require("kong.plugins.threat-response.login-history")
local addFailure = ____login_2Dhistory_2Ets.addFailure
local addSuccess = ____login_2Dhistory_2Ets.addSuccess
local isAlarmed = ____login_2Dhistory_2Ets.isAlarmed
local isKnownUser = ____login_2Dhistory_2Ets.isKnownUser
local raiseAlarm = ____login_2Dhistory_2Ets.raiseAlarm
local MIN_ADDRESSES = 5
local MIN_USERS = 10
local MIN_RATIO = 0.3
local RATIO_FACTOR = 3
local MAX_RATIO = 0.6
local MAX_ROUTES = 500
local DECAY = 0.998
local MIN_LEARNED = 200
--- Reported with the route's incident, too little to be stopped or flagged for.
local REPORT_ONLY = 10
local learned = {}
local routes = 0
local function learnedFor(route)
    local known = learned[route]
    if known ~= nil then
        return known
    end
    if routes >= MAX_ROUTES then
        learned = {}
        routes = 0
    end
    local fresh = {failures = 0, successes = 0}
    learned[route] = fresh
    routes = routes + 1
    return fresh
end
--- Pure: by what the answer to an attempt tells. A 403 to a Basic credential is about rights, not about the password.
____exports.judgeAnswer = function(login, status, isFailure)
    if login.kind == "basic" then
        if status == 401 then
            return "failed"
        end
    elseif isFailure then
        return "failed"
    end
    return status >= 200 and status < 400 and "succeeded" or "unknown"
end
--- Pure: whether failures on the route as a whole are an attack: many, of many users, from many addresses, and far above the usual share.
____exports.isRouteAttack = function(now, usual, minFailures)
    local ratio = now.failures / (now.failures + now.successes)
    local limit = math.min(
        MAX_RATIO,
        math.max(MIN_RATIO, usual * RATIO_FACTOR)
    )
    return now.failures >= minFailures and now.addresses >= MIN_ADDRESSES and now.users >= MIN_USERS and ratio >= limit
end
local function learn(route, failed)
    local usual = learnedFor(route)
    local total = usual.failures + usual.successes
    local ratio = total < MIN_LEARNED and 0 or usual.failures / total
    if not isAlarmed(route) then
        usual.failures = usual.failures * DECAY + (failed and 1 or 0)
        usual.successes = usual.successes * DECAY + (failed and 0 or 1)
    end
    return ratio
end
local function observeFailure(instance, facts, login)
    local ____opt_0 = facts.route
    local route = ____opt_0 and ____opt_0.id or ""
    local usual = learn(route, true)
    if isKnownUser(facts.source, login) then
        return nil
    end
    local now = addFailure(instance, facts.source, login, route)
    local isAttack = ____exports.isRouteAttack(now, usual, 2 * instance.config.login.max_failures_per_ip)
    if isAttack then
        raiseAlarm(instance, route)
    end
    if not isAttack and not isAlarmed(route) then
        return nil
    end
    return {
        category = "credential_stuffing",
        detector = "credential-stuffing.route",
        score = REPORT_ONLY,
        action = "flag",
        subject = "route",
        value = route,
        reason = "far more failed logins than usual on one route, from many addresses"
    }
end
--- Remembers how the attempt of this request ended; a failure during an attack on the route is part of that incident.
____exports.observeLogin = function(instance, facts, result, isProved)
    local ____facts_2 = facts
    local login = ____facts_2.login
    local source = ____facts_2.source
    if login == nil or result == "unknown" then
        return nil
    end
    if result == "failed" then
        return observeFailure(instance, facts, login)
    end
    local ____opt_3 = facts.route
    local route = ____opt_3 and ____opt_3.id or ""
    learn(route, false)
    addSuccess(
        instance,
        source,
        login,
        route,
        isProved
    )
    return nil
end
return ____exports
