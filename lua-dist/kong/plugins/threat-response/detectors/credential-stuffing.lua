local ____exports = {}
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local countGood = ____evidence_2Ets.countGood
local goodFor = ____evidence_2Ets.goodFor
local ____login_2Dhistory_2Ets = require("kong.plugins.threat-response.login-history")
local addAttempt = ____login_2Dhistory_2Ets.addAttempt
local askAgain = ____login_2Dhistory_2Ets.askAgain
local countAddresses = ____login_2Dhistory_2Ets.countAddresses
local isFirstSight = ____login_2Dhistory_2Ets.isFirstSight
local isKnownUser = ____login_2Dhistory_2Ets.isKnownUser
local ____guard_2Ets = require("kong.plugins.threat-response.logins.guard")
local guardOf = ____guard_2Ets.guardOf
local ____header_2Dgroups_2Ets = require("kong.plugins.threat-response.logins.header-groups")
local groupOf = ____header_2Dgroups_2Ets.groupOf
local isBadGroup = ____header_2Dgroups_2Ets.isBadGroup
local ____network_2Ets = require("kong.plugins.threat-response.logins.network")
local isBadNetwork = ____network_2Ets.isBadNetwork
--- Catches logins with many users' stolen passwords: many users from one address (within a minute, or slowly over hours), one user from many
-- addresses, or few tries each from very many addresses against one route. Example: 11 users fail from 203.0.113.7. Users who have
-- succeeded from an address before are never found.
local SCORE = 90
--- First successes excuse as many tries, but only up to this many times the limit: an attacker can make some up.
local EXCUSED = 10
--- Over hours, failures have to outnumber successes by this.
local SLOW_FACTOR = 3
local FEW_USERS = 2
local ASK_AGAIN_S = 5
local GOOD_BEFORE_S = 10
--- Pure: why this address looks like stuffing, nil when it does not. First successes weigh against it: a full office arrives in the morning.
____exports.judgeAddress = function(limits, ____bindingPattern0)
    local succeeded
    local failed
    local successes
    local failures
    local pending
    pending = ____bindingPattern0.pending
    failures = ____bindingPattern0.failures
    successes = ____bindingPattern0.successes
    failed = ____bindingPattern0.failed
    succeeded = ____bindingPattern0.succeeded
    if pending > limits.max_users_per_ip and pending >= math.min(successes, EXCUSED * limits.max_users_per_ip) then
        return ("more than " .. tostring(limits.max_users_per_ip)) .. " users tried from one address without success"
    end
    if failures > limits.max_failures_per_ip and failures >= math.min(successes, EXCUSED * limits.max_failures_per_ip) then
        return ("more than " .. tostring(limits.max_failures_per_ip)) .. " failed logins from one address"
    end
    if failed >= limits.max_users_per_ip and failed >= SLOW_FACTOR * succeeded then
        return tostring(limits.max_users_per_ip) .. " users or more failed from one address over hours, and hardly any succeeded"
    end
    return nil
end
--- Pure: what a route under attack does with a user unknown at the address. `stop`: other users failed here and nobody ever succeeded. `ask`: it
-- may be anybody, and whoever comes back in a few seconds is let in. Addresses with a good past pass.
____exports.judgeInGuard = function(level, standing, isGood, isBadClient)
    local ____standing_0 = standing
    local failed = ____standing_0.failed
    local settled = ____standing_0.settled
    local succeeded = ____standing_0.succeeded
    local isReturning = ____standing_0.isReturning
    local isTrusted = ____standing_0.isTrusted
    local hasFailedALot = failed > FEW_USERS and failed >= SLOW_FACTOR * succeeded
    if (isTrusted or succeeded > 0) and not hasFailedALot then
        return "pass"
    end
    local unexplained = isReturning and settled or failed
    if unexplained >= FEW_USERS and unexplained >= SLOW_FACTOR * succeeded then
        return "stop"
    end
    if isReturning or isGood then
        return "pass"
    end
    return (settled > 0 or isBadClient or level > 1) and "ask" or "pass"
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
local function detectByAddress(instance, source, standing)
    local reason = ____exports.judgeAddress(instance.config.login, standing)
    if reason == nil then
        return nil
    end
    local hasOthers = standing.successes > 0 or standing.isTrusted or countGood(instance, source.key) > 0 or goodFor(source.key) > 0
    local finding = build("ip", source.ip, hasOthers and "throttle" or "block", reason)
    if isFirstSight(instance, source) then
        finding.prior = {
            failures = standing.failures,
            users = math.max(standing.pending, standing.failed)
        }
    end
    return finding
end
local REASONS = {stop = "several users failed from one address without success during an attack on the route", ask = "a stranger's login during an attack on the route: asked to come again"}
local function detectInGuard(instance, facts, login, standing, ____bindingPattern0)
    local counts
    local groups
    local state
    state = ____bindingPattern0.state
    groups = ____bindingPattern0.groups
    counts = ____bindingPattern0.counts
    if state.level == 0 then
        return nil
    end
    local isGood = goodFor(facts.source.key) > ngx.now() - state.since + GOOD_BEFORE_S
    local ruling = ____exports.judgeInGuard(
        state.level,
        standing,
        isGood,
        isBadGroup(
            groups,
            groupOf(facts)
        )
    )
    if ruling == "pass" then
        return nil
    end
    counts.stopped = counts.stopped + 1
    local ____opt_1 = facts.route
    local finding = build("route", ____opt_1 and ____opt_1.id or "", "throttle", REASONS[ruling])
    if ruling == "ask" then
        askAgain(instance, facts.source, login)
        finding.retryAfter = ASK_AGAIN_S
    end
    return finding
end
local function detectByUser(instance, login)
    local limit = instance.config.login.max_ips_per_user
    if countAddresses(instance, login.user) <= limit then
        return nil
    end
    return build(
        "user",
        login.user,
        "throttle",
        ("failed logins of one user from more than " .. tostring(limit)) .. " addresses"
    )
end
local function detectByNetwork(instance, facts, login)
    local ____isBadNetwork_result_5
    if isBadNetwork(instance, facts.source, login) then
        local ____opt_3 = facts.route
        ____isBadNetwork_result_5 = build("route", ____opt_3 and ____opt_3.id or "", "throttle", "many users failed from one network (/48), and hardly any succeeded")
    else
        ____isBadNetwork_result_5 = nil
    end
    return ____isBadNetwork_result_5
end
____exports.detectStuffing = function(instance, facts)
    local ____facts_6 = facts
    local source = ____facts_6.source
    local login = ____facts_6.login
    if login == nil or isKnownUser(source, login) then
        return nil
    end
    if source.isExempt then
        return detectByUser(instance, login)
    end
    local standing = addAttempt(instance, source, login)
    local ____guardOf_9 = guardOf
    local ____opt_7 = facts.route
    local guard = ____guardOf_9(____opt_7 and ____opt_7.id or "")
    return detectByAddress(instance, source, standing) or detectInGuard(
        instance,
        facts,
        login,
        standing,
        guard
    ) or detectByNetwork(instance, facts, login) or detectByUser(instance, login)
end
return ____exports
