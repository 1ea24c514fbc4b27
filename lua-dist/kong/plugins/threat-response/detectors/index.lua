local ____exports = {}
local ____apply_2Ets = require("kong.plugins.threat-response.learning.apply")
local applyLearned = ____apply_2Ets.applyLearned
local prepareScreen = ____apply_2Ets.prepareScreen
local ____rollout_2Ets = require("kong.plugins.threat-response.rollout")
local markTrials = ____rollout_2Ets.markTrials
local ____client_2Danomaly_2Ets = require("kong.plugins.threat-response.detectors.client-anomaly")
local detectClient = ____client_2Danomaly_2Ets.detectClient
local ____credential_2Dstuffing_2Ets = require("kong.plugins.threat-response.detectors.credential-stuffing")
local detectStuffing = ____credential_2Dstuffing_2Ets.detectStuffing
local ____flood_2Ets = require("kong.plugins.threat-response.detectors.flood")
local detectFlood = ____flood_2Ets.detectFlood
local ____payload_2Dinjection_2Ets = require("kong.plugins.threat-response.detectors.payload-injection")
local detectPayload = ____payload_2Dinjection_2Ets.detectPayload
--- What has been learned about the route screens the findings.
local function inspectPayload(instance, facts)
    prepareScreen(instance, facts)
    return applyLearned(detectPayload(facts, facts.source.ip, instance.config.payload))
end
--- All detectors in order; nil where none found anything, which is nearly always.
____exports.detect = function(instance, facts, requests)
    local ____temp_0
    if instance.config.payload.enabled and facts.isInspected then
        ____temp_0 = inspectPayload(instance, facts)
    else
        ____temp_0 = nil
    end
    local payload = ____temp_0
    local stuffing = detectStuffing(instance, facts)
    local flood = detectFlood(instance, facts, requests)
    local client = detectClient(instance, facts)
    if payload == nil and stuffing == nil and flood == nil and client == nil then
        return nil
    end
    local findings = {}
    if payload ~= nil then
        findings[#findings + 1] = payload
    end
    if stuffing ~= nil then
        findings[#findings + 1] = stuffing
    end
    if flood ~= nil then
        findings[#findings + 1] = flood
    end
    if client ~= nil then
        findings[#findings + 1] = client
    end
    markTrials(instance, facts.source, findings)
    return findings
end
return ____exports
