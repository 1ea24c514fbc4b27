local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____login_2Dhistory_2Ets = require("kong.plugins.threat-response.login-history")
local addFailure = ____login_2Dhistory_2Ets.addFailure
local addSuccess = ____login_2Dhistory_2Ets.addSuccess
local countLongAddresses = ____login_2Dhistory_2Ets.countLongAddresses
local isKnownUser = ____login_2Dhistory_2Ets.isKnownUser
local readStanding = ____login_2Dhistory_2Ets.readStanding
local ____answers_2Ets = require("kong.plugins.threat-response.logins.answers")
local isLearnedFailure = ____answers_2Ets.isLearnedFailure
local isRefusal = ____answers_2Ets.isRefusal
local kindOfAnswer = ____answers_2Ets.kindOfAnswer
local noteAnswer = ____answers_2Ets.noteAnswer
local ____guard_2Ets = require("kong.plugins.threat-response.logins.guard")
local guardOf = ____guard_2Ets.guardOf
local ____header_2Dgroups_2Ets = require("kong.plugins.threat-response.logins.header-groups")
local addToGroup = ____header_2Dgroups_2Ets.addToGroup
local groupOf = ____header_2Dgroups_2Ets.groupOf
local ____named_2Ets = require("kong.plugins.threat-response.logins.named")
local noteNamed = ____named_2Ets.noteNamed
local ____network_2Ets = require("kong.plugins.threat-response.logins.network")
local noteInNetwork = ____network_2Ets.noteInNetwork
local ____regulars_2Ets = require("kong.plugins.threat-response.logins.regulars")
local addRegularFailure = ____regulars_2Ets.addRegularFailure
local addRegularSuccess = ____regulars_2Ets.addRegularSuccess
local addStrangerFailure = ____regulars_2Ets.addStrangerFailure
local explainedShare = ____regulars_2Ets.explainedShare
--- Reported with the route's incident, too little to be stopped or flagged for.
local REPORT_ONLY = 10
local TAKEOVER_SCORE = 60
--- Distinct addresses that failed a user within the hour, or distinct users an address failed, before a success of a stranger is suspicious.
local MANY_ADDRESSES = 5
local MANY_USERS = 3
local TELL_ONCE_S = 600
--- From this share on a failure is not held against its address.
local EXPLAINED = 0.5
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
--- What the status leaves open: a redirect that says so, or an answer of the kind that failed logins get on this route.
local function isOtherFailure(instance, facts, login, status)
    local ____instance_config_login_0 = instance.config.login
    local failure_locations = ____instance_config_login_0.failure_locations
    local learn_answers = ____instance_config_login_0.learn_answers
    local isRefused = status >= 300 and status < 400 and isRefusal(ngx.var.sent_http_location, failure_locations)
    if isRefused or not learn_answers or not login.isNamed then
        return isRefused
    end
    local ____opt_1 = facts.route
    local route = ____opt_1 and ____opt_1.id or ""
    local kind = kindOfAnswer(status)
    noteAnswer(route, facts.source.key .. login.user, kind)
    return isLearnedFailure(route, kind)
end
--- How the login of a request ended that the service, or a plugin before it, has answered.
____exports.readAnswer = function(instance, facts, login, status)
    if instance.isLoginFailure[status] ~= nil or login.kind == "basic" or status < 200 or status >= 500 then
        return ____exports.judgeAnswer(login, status, instance.isLoginFailure[status] ~= nil)
    end
    return ____exports.judgeAnswer(
        login,
        status,
        isOtherFailure(instance, facts, login, status)
    )
end
--- What failed before the alarm belongs to the incident; told by one worker, once.
local function tellPrior(route, guard, finding)
    local isFirst = counters:add(
        (("Jp" .. route) .. ":") .. tostring(guard.state.since),
        true,
        TELL_ONCE_S
    )
    local failures = math.ceil(guard.state.failures)
    if isFirst then
        finding.prior = {failures = failures, users = failures}
    end
end
--- A failure of somebody unknown there is counted; false where it says nothing new.
local function countFailure(instance, facts, login, guard)
    local explained = explainedShare(guard.regulars, facts.userAgent)
    local isExplained = explained >= EXPLAINED
    local effect = addFailure(instance, facts.source, login, isExplained)
    noteInNetwork(instance, facts.source, login, isExplained and "explained" or "failed")
    if facts.source.isExempt or not effect.isNew then
        return false
    end
    local ____guard_3 = guard
    local counts = ____guard_3.counts
    counts.failures = counts.failures + (1 - explained)
    if effect.isFirst then
        counts.addresses = counts.addresses + (1 - explained)
    end
    if effect.isSecond then
        counts.repeaters = counts.repeaters + (1 - explained)
    end
    addToGroup(
        guard.groups,
        groupOf(facts),
        true
    )
    addStrangerFailure(guard.regulars, facts.userAgent)
    return not isExplained
end
local function observeFailure(instance, facts, login)
    local ____facts_4 = facts
    local source = ____facts_4.source
    local ____opt_5 = facts.route
    local route = ____opt_5 and ____opt_5.id or ""
    local guard = guardOf(route)
    local ____guard_counts_7, ____logins_8 = guard.counts, "logins"
    ____guard_counts_7[____logins_8] = ____guard_counts_7[____logins_8] + 1
    if isKnownUser(source, login) then
        if not source.isExempt then
            addRegularFailure(guard.regulars, facts.userAgent, route, login.user)
        end
        return nil
    end
    if not countFailure(instance, facts, login, guard) or guard.state.level == 0 then
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
    local ____readStanding_result_9 = readStanding(instance, facts.source, login)
    local failed = ____readStanding_result_9.failed
    local succeeded = ____readStanding_result_9.succeeded
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
    local ____facts_10 = facts
    local source = ____facts_10.source
    local isRegular = isKnownUser(source, login)
    if login.kind == "path" then
        noteNamed(login.realm, login.isNamed)
    end
    local counts = login.kind == "path" or isProved
    local ____temp_11
    if counts and not isRegular then
        ____temp_11 = findTakeover(instance, facts, login)
    else
        ____temp_11 = nil
    end
    local takeover = ____temp_11
    local ____isRegular_12
    if isRegular then
        ____isRegular_12 = false
    else
        ____isRegular_12 = addSuccess(instance, source, login, isProved)
    end
    local resolves = ____isRegular_12
    if not counts then
        return nil
    end
    if not isRegular then
        noteInNetwork(instance, source, login, "succeeded")
    end
    local ____guardOf_15 = guardOf
    local ____opt_13 = facts.route
    local guard = ____guardOf_15(____opt_13 and ____opt_13.id or "")
    local ____guard_counts_16, ____logins_17 = guard.counts, "logins"
    ____guard_counts_16[____logins_17] = ____guard_counts_16[____logins_17] + 1
    if resolves and not source.isExempt then
        local ____guard_counts_18, ____failures_19 = guard.counts, "failures"
        ____guard_counts_18[____failures_19] = ____guard_counts_18[____failures_19] - 1
    end
    addToGroup(
        guard.groups,
        groupOf(facts),
        false
    )
    if isRegular then
        addRegularSuccess(guard.regulars, facts.userAgent)
    end
    return takeover
end
--- Remembers how the attempt of this request ended: a failure during an attack on the route is part of that incident, a success may be one.
____exports.observeLogin = function(instance, facts, result, isProved)
    local ____facts_20 = facts
    local login = ____facts_20.login
    if login == nil or result == "unknown" then
        return nil
    end
    if result == "failed" then
        return observeFailure(instance, facts, login)
    end
    return observeSuccess(instance, facts, login, isProved)
end
return ____exports
