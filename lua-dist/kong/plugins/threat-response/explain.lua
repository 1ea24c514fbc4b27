local ____exports = {}
local ____verdict_2Ets = require("kong.plugins.threat-response.verdict")
local isStop = ____verdict_2Ets.isStop
local MAX_FINDINGS = 5
local function explainFinding(finding)
    return {
        detector = finding.detector,
        category = finding.category,
        class = finding.class,
        score = finding.score,
        field = finding.field,
        window = finding.window,
        reason = finding.reason,
        rule = finding.rule
    }
end
local function explainFindings(findings)
    if #findings == 0 then
        return nil
    end
    local explained = {}
    for ____, finding in ipairs(findings) do
        if #explained < MAX_FINDINGS then
            explained[#explained + 1] = explainFinding(finding)
        end
    end
    return explained
end
local function strongestOf(findings)
    local best
    for ____, finding in ipairs(findings) do
        if best == nil or finding.score > best.score then
            best = finding
        end
    end
    return best
end
--- Pure: the line of an outcome; nil where there is nothing to tell.
____exports.lineOf = function(outcome, isEnforcing)
    local ____outcome_0 = outcome
    local ruling = ____outcome_0.ruling
    local findings = ____outcome_0.findings
    local isStopped = ____outcome_0.isStopped
    local verdict = ruling and ruling.verdict or "allow"
    if verdict == "allow" and #findings == 0 then
        return nil
    end
    local finding = ruling and ruling.finding or strongestOf(findings)
    local ____isStop_result_7
    if isStop(verdict) then
        ____isStop_result_7 = isStopped
    else
        ____isStop_result_7 = isEnforcing and (finding and finding.isTrial) ~= true
    end
    local enforced = ____isStop_result_7
    local ____verdict_34 = verdict
    local ____enforced_35 = enforced
    local ____temp_36 = verdict ~= "allow" and not enforced and verdict or nil
    local ____temp_37 = ruling and ruling.by
    local ____temp_38 = ruling and ruling.decision
    local ____opt_12 = outcome.facts
    return {
        verdict = ____verdict_34,
        enforced = ____enforced_35,
        would = ____temp_36,
        by = ____temp_37,
        decision = ____temp_38,
        uninspected = ____opt_12 and ____opt_12.uninspected,
        detector = finding and finding.detector,
        category = finding and finding.category,
        class = finding and finding.class,
        score = ruling and ruling.score or finding and finding.score,
        field = finding and finding.field,
        window = finding and finding.window,
        reason = ruling and ruling.reason or finding and finding.reason,
        rule = finding and finding.rule,
        findings = explainFindings(findings)
    }
end
____exports.explain = function(outcome, isEnforcing)
    local line = ____exports.lineOf(outcome, isEnforcing)
    if line ~= nil then
        kong.log.set_serialize_value("threat_response", line)
    end
end
return ____exports
