local ____exports = {}
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local redactText = ____redact_2Ets.redactText
local QUIET_S = 10
local MAX_REASON = 160
local failures = 0
local said = 0
local requests = 0
local requestFailures = 0
local lastPhase = ""
local lastReason
--- How often this worker let a request pass because of an error of the plugin itself.
____exports.failOpenCount = function() return failures end
--- A request is over; the hot path of this file.
____exports.countServed = function()
    requests = requests + 1
end
--- What an error says may hold what a client sent. Should the redactor be what is broken, nothing is told.
local function redact(reason)
    local ok, text = pcall(
        redactText,
        tostring(reason),
        MAX_REASON
    )
    return ok and text or "the reason cannot be shown"
end
--- Counts an error that let a request pass, and says so at most once in ten seconds.
____exports.countFailOpen = function(phase, reason)
    failures = failures + 1
    if phase == "rewrite" or phase == "access" or phase == "log" then
        requestFailures = requestFailures + 1
        lastPhase = phase
        lastReason = reason
    end
    local now = ngx.time()
    if now - said < QUIET_S then
        return
    end
    said = now
    local text = redact(reason)
    ngx.log(
        ngx.ERR,
        "[threat-response] ",
        phase,
        " failed, the request was let through (",
        failures,
        " so far): ",
        text
    )
end
--- What has happened to requests since the last time it was taken.
____exports.takeFailures = function()
    local taken = {requests = requests, failures = requestFailures, phase = lastPhase, reason = ""}
    if requestFailures > 0 then
        taken.reason = redact(lastReason)
    end
    requests = 0
    requestFailures = 0
    return taken
end
return ____exports
