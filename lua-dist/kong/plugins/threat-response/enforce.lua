local ____exports = {}
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local countHit = ____decisions_2Ets.countHit
local ____verdict_2Ets = require("kong.plugins.threat-response.verdict")
local stops = ____verdict_2Ets.stops
local stronger = ____verdict_2Ets.stronger
local HEADER = "X-Threat-Response"
--- Clients cannot speak for the plugin towards the upstream.
____exports.clearForgedHeader = function()
    if ngx.var.http_x_threat_response ~= nil then
        kong.service.request.clear_header(HEADER)
    end
end
--- Whether a ruling takes effect: a detector may be enforced on some clients only.
local function isEnforced(instance, ruling)
    local ____instance_enforce_2 = instance.enforce
    if ____instance_enforce_2 then
        local ____opt_0 = ruling.finding
        ____instance_enforce_2 = (____opt_0 and ____opt_0.isTrial) ~= true
    end
    return ____instance_enforce_2
end
--- One value that any of Kong's log plugins writes.
local function describe(instance, trace, ruling)
    local ____ruling_3 = ruling
    local finding = ____ruling_3.finding
    local ____kong_log_set_serialize_value_27 = kong.log.set_serialize_value
    local ____ruling_verdict_16 = ruling.verdict
    local ____isEnforced_result_17 = isEnforced(instance, ruling)
    local ____ruling_by_18 = ruling.by
    local ____temp_19 = finding and finding.category
    local ____temp_20 = finding and finding.class
    local ____temp_21 = finding and finding.detector
    local ____temp_22 = finding and finding.field
    local ____temp_23 = finding and finding.window
    local ____ruling_score_24 = ruling.score
    local ____ruling_reason_25 = ruling.reason
    local ____ruling_decision_26 = ruling.decision
    local ____opt_14 = trace.facts
    ____kong_log_set_serialize_value_27("threat_response", {
        verdict = ____ruling_verdict_16,
        enforced = ____isEnforced_result_17,
        by = ____ruling_by_18,
        category = ____temp_19,
        class = ____temp_20,
        detector = ____temp_21,
        field = ____temp_22,
        window = ____temp_23,
        score = ____ruling_score_24,
        reason = ____ruling_reason_25,
        decision = ____ruling_decision_26,
        uninspected = ____opt_14 and ____opt_14.uninspected
    })
end
local function stop(ruling)
    local reference = ngx.var.kong_request_id or ngx.var.request_id
    if ruling.verdict == "block" then
        kong.response.exit(403, {message = "Forbidden", reference = reference})
    else
        kong.response.exit(429, {message = "Too many requests", reference = reference}, {["Retry-After"] = ruling.retry_after})
    end
end
local function note(instance, trace, ruling)
    trace.ruling = ruling
    if ruling.decision ~= nil then
        countHit(ruling.decision)
    end
    if ruling.verdict ~= "allow" then
        describe(instance, trace, ruling)
    end
end
--- Does what the ruling says, unless the instance or the detector only monitors. Nothing runs after a stop, so the marks come first.
____exports.enforce = function(instance, trace, ruling)
    if ruling == nil then
        return
    end
    local isStronger = stronger(trace.ruling, ruling) == ruling
    if isStronger then
        note(instance, trace, ruling)
    end
    if not isEnforced(instance, ruling) or ruling.verdict == "allow" then
        return
    end
    if stops(ruling) then
        trace.stopped = true
        stop(ruling)
        return
    end
    if isStronger then
        local ____kong_service_request_set_header_30 = kong.service.request.set_header
        local ____opt_28 = ruling.finding
        ____kong_service_request_set_header_30(
            HEADER,
            (("flag;category=" .. (____opt_28 and ____opt_28.category or "uninspected")) .. ";score=") .. tostring(ruling.score)
        )
    end
end
return ____exports
