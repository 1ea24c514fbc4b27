local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____login_2Dhistory_2Ets = require("kong.plugins.threat-response.login-history")
local addFailure = ____login_2Dhistory_2Ets.addFailure
local addSuccess = ____login_2Dhistory_2Ets.addSuccess
local countLongAddresses = ____login_2Dhistory_2Ets.countLongAddresses
local isKnownUser = ____login_2Dhistory_2Ets.isKnownUser
local readStanding = ____login_2Dhistory_2Ets.readStanding
local ____guard_2Ets = require("kong.plugins.threat-response.logins.guard")
local guardOf = ____guard_2Ets.guardOf
local ____header_2Dgroups_2Ets = require("kong.plugins.threat-response.logins.header-groups")
local addToGroup = ____header_2Dgroups_2Ets.addToGroup
local groupOf = ____header_2Dgroups_2Ets.groupOf
local ____named_2Ets = require("kong.plugins.threat-response.logins.named")
local noteNamed = ____named_2Ets.noteNamed
--- Reported with the route's incident, too little to be stopped or flagged for.
local REPORT_ONLY = 10
local TAKEOVER_SCORE = 60
--- Distinct addresses that failed a user within the hour, or distinct users an address failed, before a success of a stranger is suspicious.
local MANY_ADDRESSES = 5
local MANY_USERS = 3
local TELL_ONCE_S = 600
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
--- What failed before the alarm belongs to the incident; told by one worker, once.
local function tellPrior(route, guard, finding)
    local isFirst = counters:add(
        (("lp" .. route) .. ":") .. tostring(guard.state.since),
        true,
        TELL_ONCE_S
    )
    if isFirst then
        finding.prior = {failures = guard.state.failures, users = guard.state.failures}
    end
end
local function observeFailure(instance, facts, login)
    local ____facts_0 = facts
    local source = ____facts_0.source
    local ____opt_1 = facts.route
    local route = ____opt_1 and ____opt_1.id or ""
    local guard = guardOf(route)
    local ____guard_counts_3, ____logins_4 = guard.counts, "logins"
    ____guard_counts_3[____logins_4] = ____guard_counts_3[____logins_4] + 1
    if isKnownUser(source, login) then
        return nil
    end
    local effect = addFailure(instance, source, login)
    if source.isExempt or not effect.isNew then
        return nil
    end
    local ____guard_counts_5, ____failures_6 = guard.counts, "failures"
    ____guard_counts_5[____failures_6] = ____guard_counts_5[____failures_6] + 1
    if effect.isFirst then
        local ____guard_counts_7, ____addresses_8 = guard.counts, "addresses"
        ____guard_counts_7[____addresses_8] = ____guard_counts_7[____addresses_8] + 1
    end
    if effect.isSecond then
        local ____guard_counts_9, ____repeaters_10 = guard.counts, "repeaters"
        ____guard_counts_9[____repeaters_10] = ____guard_counts_9[____repeaters_10] + 1
    end
    addToGroup(
        guard.groups,
        groupOf(facts),
        true
    )
    if guard.state.level == 0 then
        return nil
    end
    local finding = {
        category = "credential_stuffing",
        detector = "credential-stuffing.route",
        score = REPORT_ONLY,
        action = "flag",
        subject = "route",
        value = route,
        reason = "far more failed logins than usual on one route, from many addresses"
    }
    tellPrior(route, guard, finding)
    return finding
end
--- Pure: why a success from where the user never succeeded before may be somebody else's; nil when it may not.
____exports.judgeTakeover = function(addresses, failed, succeeded)
    if addresses >= MANY_ADDRESSES then
        return ("a user logs in from a new address after failures from " .. tostring(addresses)) .. " addresses"
    end
    if failed >= MANY_USERS and failed >= 3 * succeeded then
        return ("a user logs in for the first time from an address where " .. tostring(failed)) .. " others failed"
    end
    return nil
end
--- Told, never stopped for: who forgot a password looks much the same.
local function findTakeover(instance, facts, login)
    if login.user == "" or facts.source.isExempt then
        return nil
    end
    local ____readStanding_result_11 = readStanding(instance, facts.source, login)
    local failed = ____readStanding_result_11.failed
    local succeeded = ____readStanding_result_11.succeeded
    local reason = ____exports.judgeTakeover(
        countLongAddresses(login.user),
        failed,
        succeeded
    )
    if reason == nil then
        return nil
    end
    return {
        category = "credential_stuffing",
        detector = "credential-stuffing.takeover",
        score = TAKEOVER_SCORE,
        action = "flag",
        subject = "user",
        value = login.user,
        isWeak = true,
        reason = reason
    }
end
local function observeSuccess(instance, facts, login, isProved)
    local ____facts_12 = facts
    local source = ____facts_12.source
    local isRegular = isKnownUser(source, login)
    if login.kind == "path" then
        noteNamed(login.realm, login.isNamed)
    end
    local counts = login.kind == "path" or isProved
    local ____temp_13
    if counts and not isRegular then
        ____temp_13 = findTakeover(instance, facts, login)
    else
        ____temp_13 = nil
    end
    local takeover = ____temp_13
    local ____isRegular_14
    if isRegular then
        ____isRegular_14 = false
    else
        ____isRegular_14 = addSuccess(instance, source, login, isProved)
    end
    local resolves = ____isRegular_14
    if not counts then
        return nil
    end
    local ____guardOf_17 = guardOf
    local ____opt_15 = facts.route
    local guard = ____guardOf_17(____opt_15 and ____opt_15.id or "")
    local ____guard_counts_18, ____logins_19 = guard.counts, "logins"
    ____guard_counts_18[____logins_19] = ____guard_counts_18[____logins_19] + 1
    if resolves and not source.isExempt then
        local ____guard_counts_20, ____failures_21 = guard.counts, "failures"
        ____guard_counts_20[____failures_21] = ____guard_counts_20[____failures_21] - 1
    end
    addToGroup(
        guard.groups,
        groupOf(facts),
        false
    )
    return takeover
end
--- Remembers how the attempt of this request ended: a failure during an attack on the route is part of that incident, a success may be one.
____exports.observeLogin = function(instance, facts, result, isProved)
    local ____facts_22 = facts
    local login = ____facts_22.login
    if login == nil or result == "unknown" then
        return nil
    end
    if result == "failed" then
        return observeFailure(instance, facts, login)
    end
    return observeSuccess(instance, facts, login, isProved)
end
return ____exports
