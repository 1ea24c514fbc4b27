local ____exports = {}
local ____apply_2Ets = require("kong.plugins.threat-response.learning.apply")
local applyLearned = ____apply_2Ets.applyLearned
local prepareScreen = ____apply_2Ets.prepareScreen
local ____rollout_2Ets = require("kong.plugins.threat-response.rollout")
local markTrials = ____rollout_2Ets.markTrials
local ____abuse_2Ets = require("kong.plugins.threat-response.detectors.abuse")
local detectLimited = ____abuse_2Ets.detectLimited
local ____client_2Danomaly_2Ets = require("kong.plugins.threat-response.detectors.client-anomaly")
local detectClient = ____client_2Danomaly_2Ets.detectClient
local ____credential_2Dstuffing_2Ets = require("kong.plugins.threat-response.detectors.credential-stuffing")
local detectStuffing = ____credential_2Dstuffing_2Ets.detectStuffing
local ____custom_2Drules_2Ets = require("kong.plugins.threat-response.detectors.custom-rules")
local detectCustom = ____custom_2Drules_2Ets.detectCustom
local ____flood_2Ets = require("kong.plugins.threat-response.detectors.flood")
local detectFlood = ____flood_2Ets.detectFlood
local ____known_2Dbad_2Ets = require("kong.plugins.threat-response.detectors.known-bad")
local detectKnown = ____known_2Dbad_2Ets.detectKnown
local ____payload_2Dinjection_2Ets = require("kong.plugins.threat-response.detectors.payload-injection")
local detectPayload = ____payload_2Dinjection_2Ets.detectPayload
--- What has been learned about the route screens the findings.
local function inspectPayload(instance, facts)
    prepareScreen(instance, facts)
    return applyLearned(detectPayload(facts, facts.source.ip, instance.config.payload))
end
local headersOnly = {path = "/"}
--- Outside the sample: headers repeat, and what was plain before is left out when they are read. To look at the rest is cheaper than to read it anew.
local function inspectHeaders(instance, facts)
    prepareScreen(instance, facts)
    headersOnly.contentType = facts.contentType
    headersOnly.headers = facts.headers
    return applyLearned(detectPayload(headersOnly, facts.source.ip, instance.config.payload))
end
local function add(findings, finding)
    if finding == nil then
        return findings
    end
    if findings == nil then
        return {finding}
    end
    findings[#findings + 1] = finding
    return findings
end
--- All detectors in order; nil where none found anything, which is nearly always.
____exports.detect = function(instance, facts, requests)
    local ____instance_config_0 = instance.config
    local payload = ____instance_config_0.payload
    local known = ____instance_config_0.known
    local findings
    if payload.enabled then
        local ____findings_2 = findings
        local ____facts_isInspected_1
        if facts.isInspected then
            ____facts_isInspected_1 = inspectPayload(instance, facts)
        else
            ____facts_isInspected_1 = inspectHeaders(instance, facts)
        end
        findings = add(____findings_2, ____facts_isInspected_1)
    end
    findings = add(
        findings,
        detectKnown(facts, facts.source.ip, known)
    )
    findings = add(
        findings,
        detectCustom(instance.rules, facts)
    )
    findings = add(
        findings,
        detectStuffing(instance, facts)
    )
    findings = add(
        findings,
        detectFlood(instance, facts, requests)
    )
    findings = add(
        findings,
        detectClient(instance, facts)
    )
    findings = add(
        findings,
        detectLimited(instance, facts)
    )
    if findings ~= nil then
        markTrials(instance, facts.source, findings)
    end
    return findings
end
return ____exports
