local ____exports = {}
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local countGood = ____evidence_2Ets.countGood
local goodFor = ____evidence_2Ets.goodFor
local ____login_2Dhistory_2Ets = require("kong.plugins.threat-response.login-history")
local addAttempt = ____login_2Dhistory_2Ets.addAttempt
local countAddresses = ____login_2Dhistory_2Ets.countAddresses
local isAlarmed = ____login_2Dhistory_2Ets.isAlarmed
local isFirstSight = ____login_2Dhistory_2Ets.isFirstSight
local isKnownUser = ____login_2Dhistory_2Ets.isKnownUser
--- Catches logins with many users' stolen passwords: many users from one address, one user from many addresses, or few tries each from
-- very many addresses against one route. Example: 11 users fail from 203.0.113.7 within a minute. Users who have succeeded from an address
-- before are never found.
local SCORE = 90
local FEW_USERS = 3
local FEW_FAILURES = 2
--- First successes excuse as many tries, but only up to this many times the limit: an attacker can make some up.
local EXCUSED = 10
--- Pure: why this address looks like stuffing, nil when it does not. First successes weigh against it: a full office arrives in the morning.
____exports.judgeAddress = function(limits, logins)
    local ____logins_0 = logins
    local pending = ____logins_0.pending
    local failures = ____logins_0.failures
    local successes = ____logins_0.successes
    if pending > limits.max_users_per_ip and pending >= math.min(successes, EXCUSED * limits.max_users_per_ip) then
        return ("more than " .. tostring(limits.max_users_per_ip)) .. " users tried from one address without success"
    end
    if failures > limits.max_failures_per_ip and failures >= math.min(successes, EXCUSED * limits.max_failures_per_ip) then
        return ("more than " .. tostring(limits.max_failures_per_ip)) .. " failed logins from one address"
    end
    return nil
end
--- Pure: the same while the route as a whole is under attack, when a few tries are enough, unless any of them has succeeded.
____exports.judgeAddressInAlarm = function(logins)
    local isOne = logins.successes == 0 and logins.pending >= FEW_USERS and logins.failures >= FEW_FAILURES
    return isOne and "several users tried from one address without success during an attack on the route" or nil
end
local function build(subject, value, action, reason)
    return {
        category = "credential_stuffing",
        detector = "credential-stuffing." .. subject,
        score = SCORE,
        action = action,
        subject = subject,
        value = value,
        reason = reason,
        isWeak = action == "throttle"
    }
end
--- The failures that made an address suspicious belong to its incident, though each by itself said nothing.
local function buildForAddress(instance, source, logins, action, reason)
    local finding = build("ip", source.ip, action, reason)
    if isFirstSight(instance, source) then
        finding.prior = {failures = logins.failures, users = logins.pending}
    end
    return finding
end
____exports.detectStuffing = function(instance, facts)
    local ____facts_1 = facts
    local source = ____facts_1.source
    local login = ____facts_1.login
    if login == nil or isKnownUser(source, login) then
        return nil
    end
    local limits = instance.config.login
    local logins = addAttempt(instance, source, login)
    local hasOthers = logins.successes > 0 or countGood(instance, source.key) > 0 or goodFor(source.key) > 0
    local action = hasOthers and "throttle" or "block"
    local ____source_isExempt_2
    if source.isExempt then
        ____source_isExempt_2 = nil
    else
        ____source_isExempt_2 = ____exports.judgeAddress(limits, logins)
    end
    local reason = ____source_isExempt_2
    if reason ~= nil then
        return buildForAddress(
            instance,
            source,
            logins,
            action,
            reason
        )
    end
    local ____opt_3 = facts.route
    local route = ____opt_3 and ____opt_3.id or ""
    local ____temp_5
    if source.isExempt or not isAlarmed(route) then
        ____temp_5 = nil
    else
        ____temp_5 = ____exports.judgeAddressInAlarm(logins)
    end
    local inAlarm = ____temp_5
    if inAlarm ~= nil then
        return build("route", route, action, inAlarm)
    end
    local addresses = countAddresses(login.user)
    if addresses <= limits.max_ips_per_user then
        return nil
    end
    return build(
        "user",
        login.user,
        "throttle",
        ("failed logins of one user from more than " .. tostring(limits.max_ips_per_user)) .. " addresses"
    )
end
return ____exports
