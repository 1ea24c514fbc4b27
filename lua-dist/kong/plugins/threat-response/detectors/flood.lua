local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local goodFor = ____evidence_2Ets.goodFor
local ____flood_2Drest_2Ets = require("kong.plugins.threat-response.flood-rest")
local isAnyRest = ____flood_2Drest_2Ets.isAnyRest
local noteRest = ____flood_2Drest_2Ets.noteRest
local restOf = ____flood_2Drest_2Ets.restOf
local ____flood_2Dshare_2Ets = require("kong.plugins.threat-response.flood-share")
local fairShare = ____flood_2Dshare_2Ets.fairShare
local isAmong = ____flood_2Dshare_2Ets.isAmong
local knownShare = ____flood_2Dshare_2Ets.knownShare
local ____identities_2Ets = require("kong.plugins.threat-response.identities")
local findIdentity = ____identities_2Ets.findIdentity
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local floodOf = ____route_2Drate_2Ets.floodOf
local ____source_2Dusual_2Ets = require("kong.plugins.threat-response.source-usual")
local allowanceOf = ____source_2Dusual_2Ets.allowanceOf
local noteUsual = ____source_2Dusual_2Ets.noteUsual
local usualOf = ____source_2Dusual_2Ets.usualOf
local ____unrouted_2Ets = require("kong.plugins.threat-response.unrouted")
local isMarkedUnrouted = ____unrouted_2Ets.isMarkedUnrouted
--- Catches too many requests: of one address, or of all of them on one route. Example: 5,000 requests of 203.0.113.7 in ten seconds.
-- While a route is flooded, those that behaved well before keep passing. Of all others addresses above their fair share are throttled, and then so
-- many addresses, chosen by chance but always the same, that the route gets about what it usually takes.
local SCORE = 80
--- Reported with the route's incident, too little to be stopped or flagged for.
local REPORT_ONLY = 10
--- A client that runs into the limit is told so. One that goes on to this many times the limit means it.
local PERSISTENT = 2
--- Fewer requests in a window than this are no sign of ill will, however small the share: a page loads, a client polls.
local LEAST_MEANT = 60
--- Times the limit of its route from which logins of strangers are a danger by their number.
local MANY_LOGINS = 4
--- One address that takes this share of all that the route may get is the flood.
local ALONE = 0.5
--- A consumer that is known for a while may send so many times what an address may, as long as the service takes it.
local CONSUMER = 5
local CONSUMER_KNOWN_S = 600
local function isGoodConsumer(instance, requests)
    if requests > CONSUMER * instance.config.flood.max_per_ip then
        return false
    end
    local identity = findIdentity(instance)
    return identity ~= nil and identity.consumer ~= "" and ngx.now() - identity.since >= CONSUMER_KNOWN_S
end
--- Counts a request before anything is known of it; 0 for exempt sources. The window starts with the first request in it.
____exports.countRequest = function(instance, source)
    if source.isExempt then
        return 0
    end
    local requests = counters:incr("f" .. source.key, 1, 0, instance.config.flood.window_s)
    if requests == nil then
        return 0
    end
    noteUsual(instance, source.key, requests)
    return requests
end
____exports.detectSourceFlood = function(instance, source, requests)
    local ____instance_config_flood_0 = instance.config.flood
    local enabled = ____instance_config_flood_0.enabled
    local max_per_ip = ____instance_config_flood_0.max_per_ip
    local window_s = ____instance_config_flood_0.window_s
    if not enabled or requests <= max_per_ip then
        return nil
    end
    local allowance = allowanceOf(instance, source.key)
    if requests <= allowance or isGoodConsumer(instance, requests) then
        return nil
    end
    return {
        category = "api_ddos",
        detector = "flood.source",
        score = SCORE,
        action = "throttle",
        subject = "ip",
        value = source.ip,
        isWeak = requests <= PERSISTENT * allowance,
        reason = ((("more than " .. tostring(max_per_ip)) .. " requests of one address within ") .. tostring(window_s)) .. " s"
    }
end
--- Whether the address behaved well long enough before the flood began.
local function isKnownBefore(source, flood)
    return goodFor(source.key) > ngx.now() - flood.since + flood.history
end
local function build(route, detector, score, isWeak, reason)
    return {
        category = "api_ddos",
        detector = detector,
        score = score,
        action = "throttle",
        subject = "route",
        value = route,
        isWeak = isWeak,
        reason = reason
    }
end
--- Who took part in a flood and has not slowed down since; see `flood-rest.ts`.
local function judgeRest(instance, source, route, requests)
    local share = restOf(source.key, route, requests, instance.config.flood.window_s)
    if share == nil then
        return nil
    end
    return build(
        route,
        "flood.rest",
        SCORE,
        true,
        "an address that took part in a flood goes on as before"
    )
end
local function judgeShare(flood, source, route, requests, share, all)
    local isPersistent = requests > math.max(PERSISTENT * share, LEAST_MEANT)
    if requests > share then
        noteRest(source.key, route, share, requests)
    end
    if requests > share and requests < ALONE * all then
        return build(
            route,
            "flood.route",
            SCORE,
            not isPersistent,
            "more than a fair share of a flooded route"
        )
    end
    if requests <= share then
        flood.strange = flood.strange + 1
        if isAmong(
            hashText(source.key),
            flood.share
        ) then
            return build(
                route,
                "flood.route",
                REPORT_ONLY,
                true,
                "a request to a flooded route"
            )
        end
        return build(
            route,
            "flood.distributed",
            SCORE,
            true,
            "more addresses at once than a flooded route can serve"
        )
    end
    local alone = build(
        route,
        "flood.source",
        SCORE,
        not isPersistent,
        "one address sends most of what floods a route"
    )
    alone.subject = "ip"
    alone.value = source.ip
    return alone
end
____exports.detectRouteFlood = function(instance, source, route, requests)
    local flood = floodOf(route)
    if not instance.config.flood.enabled or requests == 0 then
        return nil
    end
    if flood == nil or flood.isLull then
        local ____isAnyRest_result_1
        if isAnyRest(ngx.now()) then
            ____isAnyRest_result_1 = judgeRest(instance, source, route, requests)
        else
            ____isAnyRest_result_1 = nil
        end
        return ____isAnyRest_result_1
    end
    local ____instance_config_flood_2 = instance.config.flood
    local window_s = ____instance_config_flood_2.window_s
    local fair = fairShare(flood.allowedRps, window_s, flood.sources)
    local isKnown = isKnownBefore(source, flood)
    local share = isKnown and knownShare(
        fair,
        usualOf(instance, source.key)
    ) or fair
    if isKnown and requests <= share then
        flood.known = flood.known + 1
        return nil
    end
    if not flood.isHurt and isGoodConsumer(instance, requests) then
        return nil
    end
    return judgeShare(
        flood,
        source,
        route,
        requests,
        share,
        flood.allowedRps * window_s
    )
end
--- Whether somebody may log in is judged better by how logins go (credential-stuffing.ts), unless there are very many, or he is very eager.
local function isLeftToLogins(facts, finding)
    if facts.login == nil or finding == nil then
        return false
    end
    if finding.subject ~= "route" or finding.isWeak ~= true then
        return false
    end
    local flood = floodOf(finding.value)
    return flood ~= nil and flood.strangeRps < MANY_LOGINS * flood.limit
end
--- The same for a request whose route is known; it also notes who is behind busy addresses.
____exports.detectFlood = function(instance, facts, requests)
    local ____instance_5 = instance
    local ____facts_source_6 = facts.source
    local ____opt_3 = facts.route
    local finding = ____exports.detectRouteFlood(____instance_5, ____facts_source_6, ____opt_3 and ____opt_3.id or "", requests)
    local ____isLeftToLogins_result_7
    if isLeftToLogins(facts, finding) then
        ____isLeftToLogins_result_7 = nil
    else
        ____isLeftToLogins_result_7 = finding
    end
    return ____isLeftToLogins_result_7
end
--- Before routing: who asked for paths without a route again and again is stopped while such requests are a flood.
____exports.detectUnroutedFlood = function(instance, source, requests)
    local flood = floodOf("")
    if flood == nil or requests == 0 or not instance.config.flood.enabled then
        return nil
    end
    if not isMarkedUnrouted(source.key) then
        return nil
    end
    if isKnownBefore(source, flood) then
        flood.known = flood.known + 1
        return nil
    end
    flood.strange = flood.strange + 1
    if flood.strangeRps < flood.limit then
        return nil
    end
    return build(
        "",
        "flood.unrouted",
        SCORE,
        true,
        "one of many addresses that ask for paths without a route"
    )
end
return ____exports
