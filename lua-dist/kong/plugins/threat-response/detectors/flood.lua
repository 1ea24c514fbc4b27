local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local goodFor = ____evidence_2Ets.goodFor
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local floodOf = ____route_2Drate_2Ets.floodOf
--- Catches too many requests: of one address, or of all of them on one route. Example: 5,000 requests of 203.0.113.7 in ten seconds.
-- While a route is flooded, addresses above their fair share of what it usually takes are throttled first; those that behaved well
-- before the flood began keep passing.
local SCORE = 80
--- Reported with the route's incident, too little to be stopped or flagged for.
local REPORT_ONLY = 10
--- Even the smallest share lets a page load.
local LEAST_SHARE = 5
local GOOD_BEFORE_S = 30
--- A client that runs into the limit is told so. One that goes on to this many times the limit means it.
local PERSISTENT = 2
--- Counts a request before anything is known of it; 0 for exempt sources. The window starts with the first request in it.
____exports.countRequest = function(instance, source)
    if source.isExempt then
        return 0
    end
    local requests = counters:incr("f" .. source.key, 1, 0, instance.config.flood.window_s)
    return requests or 0
end
____exports.detectSourceFlood = function(instance, source, requests)
    local ____instance_config_flood_0 = instance.config.flood
    local enabled = ____instance_config_flood_0.enabled
    local max_per_ip = ____instance_config_flood_0.max_per_ip
    local window_s = ____instance_config_flood_0.window_s
    if not enabled or requests <= max_per_ip then
        return nil
    end
    return {
        category = "api_ddos",
        detector = "flood.source",
        score = SCORE,
        action = "throttle",
        subject = "ip",
        value = source.ip,
        isWeak = requests <= PERSISTENT * max_per_ip,
        reason = ((("more than " .. tostring(max_per_ip)) .. " requests of one address within ") .. tostring(window_s)) .. " s"
    }
end
--- Pure: what one address may send in a window while a route is flooded.
____exports.fairShare = function(allowedRps, window, sources) return math.max(
    LEAST_SHARE,
    allowedRps * window / math.max(1, sources)
) end
____exports.detectRouteFlood = function(instance, source, route, requests)
    local flood = floodOf(route)
    if flood == nil or not instance.config.flood.enabled or requests == 0 then
        return nil
    end
    if goodFor(source.key) > ngx.now() - flood.since + GOOD_BEFORE_S then
        return nil
    end
    local share = ____exports.fairShare(flood.allowedRps, instance.config.flood.window_s, flood.sources)
    local isAbove = requests > share
    return {
        category = "api_ddos",
        detector = "flood.route",
        score = isAbove and SCORE or REPORT_ONLY,
        action = "throttle",
        subject = "route",
        value = route,
        isWeak = requests <= PERSISTENT * share,
        reason = isAbove and "more than a fair share of a flooded route" or "a request to a flooded route"
    }
end
return ____exports
