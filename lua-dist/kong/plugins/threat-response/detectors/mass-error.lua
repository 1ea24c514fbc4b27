local ____exports = {}
local ____configure_2Ets = require("kong.plugins.threat-response.configure")
local lastConfigured = ____configure_2Ets.lastConfigured
local ____error_2Dpaths_2Ets = require("kong.plugins.threat-response.error-paths")
local isNoted = ____error_2Dpaths_2Ets.isNoted
local noteRouted = ____error_2Dpaths_2Ets.noteRouted
local wasRouted = ____error_2Dpaths_2Ets.wasRouted
local ____error_2Dwatch_2Ets = require("kong.plugins.threat-response.error-watch")
local addError = ____error_2Dwatch_2Ets.addError
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local goodFor = ____evidence_2Ets.goodFor
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local floodOf = ____route_2Drate_2Ets.floodOf
--- Catches services that fail (mass_error), and a gateway that was configured wrongly (route_misconfig): it fails itself, refuses those that it
-- always let in, or has no route any more for paths that had one. Example: from one minute to the next every answer of a route is a 502.
-- It only tells: nobody is stopped for an error, and what the plugin stopped, or a flood has caused, does not count.
local REPORT_ONLY = 30
local REASONS = {service = "the service answers with errors far more often than usual", gateway = "the gateway itself answers with errors far more often than usual", auth = "the gateway refuses clients that it let in before", ["no-route"] = "paths that had a route have none any more"}
local CATEGORIES = {service = "mass_error", gateway = "route_misconfig", auth = "route_misconfig", ["no-route"] = "route_misconfig"}
--- Which kind of error the answer is; nil for everything else.
local function kindOf(outcome)
    local ____outcome_0 = outcome
    local status = ____outcome_0.status
    local answeredBy = ____outcome_0.answeredBy
    if status >= 500 then
        return answeredBy == "service" and "service" or "gateway"
    end
    if answeredBy == "service" then
        return nil
    end
    if outcome.route == nil then
        return status == 404 and wasRouted(ngx.var.uri or "") and "no-route" or nil
    end
    local ____temp_3 = status == 401 or status == 403
    if ____temp_3 then
        local ____opt_1 = outcome.facts
        ____temp_3 = (____opt_1 and ____opt_1.login) == nil
    end
    local isRefused = ____temp_3
    return isRefused and goodFor(outcome.source.key) > 0 and "auth" or nil
end
local function describeTime(at)
    return os.date(
        "!%Y-%m-%dT%H:%M:%SZ",
        math.floor(at)
    )
end
local function build(kind, route)
    return {
        category = CATEGORIES[kind],
        detector = "errors." .. kind,
        score = REPORT_ONLY,
        action = "flag",
        subject = "route",
        value = route,
        isWeak = true,
        reason = (REASONS[kind] .. "; the gateway was last configured at ") .. describeTime(lastConfigured()),
        configuredAt = lastConfigured()
    }
end
____exports.detectErrors = function(instance, outcome)
    if not instance.config.errors.enabled or outcome.isStopped or outcome.isSuspicious then
        return nil
    end
    if outcome.status < 400 then
        if outcome.route ~= nil and isNoted() then
            noteRouted(
                ngx.var.uri or "",
                ngx.now()
            )
        end
        return nil
    end
    local kind = kindOf(outcome)
    if kind == nil then
        return nil
    end
    local ____opt_4 = outcome.route
    local route = ____opt_4 and ____opt_4.id or ""
    if floodOf(route) ~= nil then
        return nil
    end
    return addError(
        route,
        kind,
        outcome.source.key,
        ngx.now()
    ) and build(kind, route) or nil
end
return ____exports
