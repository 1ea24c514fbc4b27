local ____exports = {}
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local countHit = ____decisions_2Ets.countHit
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local wantHeader = ____header_2Dlines_2Ets.wantHeader
local ____verdict_2Ets = require("kong.plugins.threat-response.verdict")
local stops = ____verdict_2Ets.stops
local stronger = ____verdict_2Ets.stronger
local HEADER = "X-Threat-Response"
local FORGED = string.lower(HEADER)
wantHeader(HEADER)
--- Clients cannot speak for the plugin towards the upstream.
local function clearForgedHeader()
    if ngx.var.http_x_threat_response ~= nil then
        kong.service.request.clear_header(HEADER)
    end
end
--- The same for a request whose headers have been read. Where there was a ruling before, that has been done: the header may be the plugin's own.
____exports.clearForged = function(trace, headers)
    if trace.ruling == nil and headers[FORGED] ~= nil then
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
local function stop(ruling)
    local reference = ngx.var.kong_request_id or ngx.var.request_id
    if ruling.verdict == "block" then
        kong.response.exit(403, {message = "Forbidden", reference = reference})
    else
        kong.response.exit(429, {message = "Too many requests", reference = reference}, {["Retry-After"] = ruling.retry_after})
    end
end
local function note(trace, ruling)
    trace.ruling = ruling
    if ruling.decision ~= nil then
        countHit(ruling.decision)
    end
end
--- Does what the ruling says, unless the instance or the detector only monitors. Nothing runs after a stop, so the marks come first.
____exports.enforce = function(instance, trace, ruling)
    if ruling == nil then
        return
    end
    local isStronger = stronger(trace.ruling, ruling) == ruling
    if isStronger then
        note(trace, ruling)
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
        local ____kong_service_request_set_header_5 = kong.service.request.set_header
        local ____opt_3 = ruling.finding
        ____kong_service_request_set_header_5(
            HEADER,
            (("flag;category=" .. (____opt_3 and ____opt_3.category or "uninspected")) .. ";score=") .. tostring(ruling.score)
        )
    end
end
--- The same before the headers are read.
____exports.enforceEarly = function(instance, trace, ruling)
    if ruling == nil then
        return
    end
    clearForgedHeader()
    ____exports.enforce(instance, trace, ruling)
end
return ____exports
