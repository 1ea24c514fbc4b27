local ____exports = {}
local ____crowd_2Ets = require("kong.plugins.threat-response.crowd")
local noteCrowd = ____crowd_2Ets.noteCrowd
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local addEvidence = ____evidence_2Ets.addEvidence
local addGood = ____evidence_2Ets.addGood
local ____observe_2Ets = require("kong.plugins.threat-response.learning.observe")
local observePayload = ____observe_2Ets.observePayload
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local addArrival = ____route_2Drate_2Ets.addArrival
local addClean = ____route_2Drate_2Ets.addClean
local addServed = ____route_2Drate_2Ets.addServed
local ____sampling_2Ets = require("kong.plugins.threat-response.sampling")
local watchSource = ____sampling_2Ets.watchSource
local ____score_2Ets = require("kong.plugins.threat-response.score")
local isEvidence = ____score_2Ets.isEvidence
local ____unrouted_2Ets = require("kong.plugins.threat-response.unrouted")
local markUnrouted = ____unrouted_2Ets.markUnrouted
--- What a request that is over teaches about its source and its route.
local function hasSign(instance, findings)
    for ____, finding in ipairs(findings) do
        if finding.score >= instance.config.thresholds.flag then
            return true
        end
    end
    return false
end
local function findEvidence(instance, findings)
    for ____, finding in ipairs(findings) do
        if isEvidence(finding, instance.config.thresholds.block) then
            return finding
        end
    end
    return nil
end
local function isGood(outcome)
    return not outcome.isSuspicious and not outcome.isStopped and outcome.status < 400 and outcome.answeredBy ~= "error"
end
--- What another plugin answers says nothing about the service.
local function learnHealth(____bindingPattern0)
    local status
    local answeredBy
    local route
    route = ____bindingPattern0.route
    answeredBy = ____bindingPattern0.answeredBy
    status = ____bindingPattern0.status
    if route == nil or answeredBy == "exit" then
        return
    end
    addServed(
        route.id,
        ngx.now() - ngx.req.start_time(),
        status >= 500
    )
end
--- Requests with a route were counted when they came. Of those that this plugin stopped before routing only a flood's own count.
local function learnRate(instance, outcome)
    if outcome.route == nil then
        local ____outcome_isStopped_4 = outcome.isStopped
        if ____outcome_isStopped_4 then
            local ____opt_2 = outcome.ruling
            local ____opt_0 = ____opt_2 and ____opt_2.finding
            ____outcome_isStopped_4 = (____opt_0 and ____opt_0.detector) ~= "flood.unrouted"
        end
        if ____outcome_isStopped_4 then
            return
        end
        addArrival(instance, "", outcome.source.key)
        markUnrouted(
            outcome.source.key,
            ngx.now()
        )
    end
    if not outcome.isStopped then
        learnHealth(outcome)
    end
    if not outcome.isStopped and not outcome.isSuspicious then
        local ____addClean_7 = addClean
        local ____opt_5 = outcome.route
        ____addClean_7(____opt_5 and ____opt_5.id or "")
    end
end
local function learnGood(instance, ____bindingPattern0)
    local requests
    local identity
    local facts
    local source
    source = ____bindingPattern0.source
    facts = ____bindingPattern0.facts
    identity = ____bindingPattern0.identity
    requests = ____bindingPattern0.requests
    addGood(instance, source)
    if facts ~= nil then
        noteCrowd(instance, facts, identity, requests)
    end
end
____exports.learnFrom = function(instance, outcome)
    learnRate(instance, outcome)
    if isGood(outcome) then
        learnGood(instance, outcome)
    end
    observePayload(instance, outcome)
    if hasSign(instance, outcome.findings) then
        watchSource(instance, outcome.source)
    end
    local ____temp_8
    if #outcome.findings > 0 then
        ____temp_8 = findEvidence(instance, outcome.findings)
    else
        ____temp_8 = nil
    end
    local evidence = ____temp_8
    if evidence == nil then
        return
    end
    local blocks = addEvidence(instance, outcome.source, evidence)
    if not blocks then
        return
    end
    kong.log.notice(
        instance.enforce and evidence.isTrial ~= true and "blocks " or "would block ",
        outcome.source.ip,
        " for ",
        instance.config.source.block_s,
        " s after repeated evidence of ",
        evidence.category
    )
end
return ____exports
