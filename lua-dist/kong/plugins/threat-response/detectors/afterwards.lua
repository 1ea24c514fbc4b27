local ____exports = {}
local ____rollout_2Ets = require("kong.plugins.threat-response.rollout")
local markTrials = ____rollout_2Ets.markTrials
local ____abuse_2Ets = require("kong.plugins.threat-response.detectors.abuse")
local detectAbuse = ____abuse_2Ets.detectAbuse
local ____mass_2Derror_2Ets = require("kong.plugins.threat-response.detectors.mass-error")
local detectErrors = ____mass_2Derror_2Ets.detectErrors
--- The detectors that judge by the answer, in order. What they find belongs to incidents; nothing can be done to this request any more.
____exports.detectAfterwards = function(instance, outcome)
    local abuse = detectAbuse(instance, outcome)
    local errors = detectErrors(instance, outcome)
    if abuse == nil and errors == nil then
        return
    end
    local findings = {}
    for ____, finding in ipairs(outcome.findings) do
        findings[#findings + 1] = finding
    end
    if abuse ~= nil then
        findings[#findings + 1] = abuse
    end
    if errors ~= nil then
        findings[#findings + 1] = errors
    end
    markTrials(instance, outcome.source, findings)
    outcome.findings = findings
end
return ____exports
