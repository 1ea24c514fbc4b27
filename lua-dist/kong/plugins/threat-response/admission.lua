local ____exports = {}
local ____apply_2Ddecision_2Ets = require("kong.plugins.threat-response.apply-decision")
local ruleDecision = ____apply_2Ddecision_2Ets.ruleDecision
local ____decision_2Dline_2Ets = require("kong.plugins.threat-response.decision-line")
local isNarrow = ____decision_2Dline_2Ets.isNarrow
local ____flood_2Ets = require("kong.plugins.threat-response.detectors.flood")
local detectSourceFlood = ____flood_2Ets.detectSourceFlood
local detectUnroutedFlood = ____flood_2Ets.detectUnroutedFlood
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local findRecord = ____evidence_2Ets.findRecord
local ____identities_2Ets = require("kong.plugins.threat-response.identities")
local findIdentity = ____identities_2Ets.findIdentity
local ____request_2Dview_2Ets = require("kong.plugins.threat-response.known.request-view")
local servedPath = ____request_2Dview_2Ets.servedPath
local ____lists_2Ets = require("kong.plugins.threat-response.lists")
local matchList = ____lists_2Ets.matchList
local ____rollout_2Ets = require("kong.plugins.threat-response.rollout")
local isTrial = ____rollout_2Ets.isTrial
local ____verdict_2Ets = require("kong.plugins.threat-response.verdict")
local ruleFinding = ____verdict_2Ets.ruleFinding
--- What can be said by address, method and path alone, before routing: lists, decisions, the source's record and its rate.
local function ruleAllowedConsumer(instance)
    local allowed = instance.allowedConsumers
    if allowed == nil then
        return nil
    end
    local identity = findIdentity(instance)
    if identity == nil then
        return nil
    end
    local consumer = identity.consumer
    local username = identity.username
    local customId = identity.customId
    if not (allowed[consumer] ~= nil) and not (allowed[username] ~= nil) and not (allowed[customId] ~= nil) then
        return nil
    end
    return {
        verdict = "allow",
        by = "list",
        reason = "allowed by consumer",
        retry_after = 0,
        score = 0
    }
end
local function matchAs(list, source, path)
    local variables = ngx.var
    return matchList(
        list,
        source.binary,
        variables.request_method or "",
        path,
        variables.http_user_agent
    )
end
--- Which part of the list the request matches. A service may read `/a/..;/b` as `/b`: to be allowed both have to be, to be denied one of them.
local function matchRequest(list, source, isAllowList)
    if list == nil then
        return nil
    end
    local path = ngx.var.uri or ""
    local part = matchAs(list, source, path)
    if list.paths == nil or part == nil == isAllowList then
        return part
    end
    local served = servedPath(path)
    local ____temp_0
    if served == nil then
        ____temp_0 = part
    else
        ____temp_0 = matchAs(list, source, served)
    end
    return ____temp_0
end
local function ruleAllowed(instance, source)
    local part = matchRequest(instance.allow, source, true)
    if part == nil then
        return ruleAllowedConsumer(instance)
    end
    return {
        verdict = "allow",
        by = "list",
        reason = "allowed by " .. part,
        retry_after = 0,
        score = 0
    }
end
local function ruleDenied(instance, source)
    local part = matchRequest(instance.deny, source, false)
    if part == nil then
        return nil
    end
    return {
        verdict = "block",
        by = "list",
        reason = "denied by " .. part,
        retry_after = 0,
        score = 100
    }
end
local function ruleRecord(instance, source)
    local finding = findRecord(instance, source)
    if finding == nil then
        return nil
    end
    return {
        verdict = "block",
        by = "source",
        reason = finding.reason,
        retry_after = 0,
        score = finding.score,
        finding = finding
    }
end
local function ruleRate(instance, source, requests)
    local finding = detectSourceFlood(instance, source, requests) or detectUnroutedFlood(instance, source, requests)
    if finding == nil then
        return nil
    end
    if instance.enforce and isTrial(instance, source, finding) then
        finding.isTrial = true
    end
    return ruleFinding(finding, instance.config.thresholds, instance.config.flood.window_s)
end
--- The first that has something to say decides. A decision to allow beats the deny list; decisions for one route or for logins wait.
____exports.admit = function(instance, arrival)
    local ____arrival_1 = arrival
    local source = ____arrival_1.source
    local decision = ____arrival_1.decision
    local allowed = ruleAllowed(instance, source)
    if allowed ~= nil then
        return allowed
    end
    if (decision and decision.action) == "allow" then
        return ruleDecision(source, decision)
    end
    local denied = ruleDenied(instance, source)
    if denied ~= nil then
        return denied
    end
    local ____temp_4
    if decision ~= nil and not isNarrow(decision) then
        ____temp_4 = ruleDecision(source, decision)
    else
        ____temp_4 = nil
    end
    local decided = ____temp_4
    if decided ~= nil or source.isExempt then
        return decided
    end
    return ruleRecord(instance, source) or ruleRate(instance, source, arrival.requests)
end
return ____exports
