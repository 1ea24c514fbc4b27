local ____exports = {}
local ____flood_2Dshare_2Ets = require("kong.plugins.threat-response.flood-share")
local admittedShare = ____flood_2Dshare_2Ets.admittedShare
local HISTORY_S = 30
local MOST_HISTORY_S = 18000
local GROWTH = 1.1
local SHRINKAGE = 0.98
--- Ticks over which rates are smoothed.
local SOON = 5
local STEADILY = 25
--- Shares of what may pass: above the one known clients are too many, below the other there is room for more of them.
local TOO_MANY = 1.1
local ROOM = 0.8
--- Ticks below the limit that make a lull once it has come back.
local LEAST_PATIENCE = 10
____exports.beginFlood = function(since, limit, allowedRps, rps, hasRoute) return {
    since = since,
    limit = limit,
    allowedRps = allowedRps,
    sources = 0,
    share = admittedShare(allowedRps, 0, rps),
    history = HISTORY_S,
    known = 0,
    strange = 0,
    knownRps = 0,
    steadyKnownRps = 0,
    strangeRps = hasRoute and rps or 0,
    isHurt = false,
    isLull = false,
    calm = 0,
    patience = 1
} end
--- It comes in waves: as many strangers as at first have to be expected.
local function resume(flood, rps)
    flood.strangeRps = math.max(flood.strangeRps, rps - flood.knownRps)
    flood.share = admittedShare(flood.allowedRps, flood.knownRps, flood.strangeRps)
end
--- Once a tick: whether the last second, with so many requests, was above the limit.
____exports.noteLull = function(flood, rps, isAbove, hasRoute)
    if isAbove and flood.isLull then
        flood.patience = math.max(LEAST_PATIENCE, 2 * flood.patience)
        if hasRoute then
            resume(flood, rps)
        end
    end
    flood.calm = isAbove and 0 or flood.calm + 1
    flood.isLull = flood.calm >= flood.patience
end
--- Who came long before the attack grew is served first: an attacker who starts slowly has a history too. A busy moment of known clients is
-- no reason to ask for more, and when there is room again, less is asked for.
local function steerHistory(flood)
    flood.steadyKnownRps = flood.steadyKnownRps + (flood.knownRps - flood.steadyKnownRps) / STEADILY
    if math.min(flood.knownRps, flood.steadyKnownRps) > TOO_MANY * flood.allowedRps then
        flood.history = math.min(MOST_HISTORY_S, flood.history * GROWTH)
    elseif math.max(flood.knownRps, flood.steadyKnownRps) < ROOM * flood.allowedRps then
        flood.history = math.max(HISTORY_S, flood.history * SHRINKAGE)
    end
end
--- Once a tick; `scale` leads from this worker's requests to all workers' requests a second.
____exports.steer = function(flood, scale, hasRoute)
    flood.knownRps = flood.knownRps + (flood.known * scale - flood.knownRps) / SOON
    flood.strangeRps = flood.strangeRps + (flood.strange * scale - flood.strangeRps) / SOON
    if hasRoute then
        steerHistory(flood)
    end
    flood.share = admittedShare(flood.allowedRps, flood.knownRps, flood.strangeRps)
    flood.known = 0
    flood.strange = 0
end
return ____exports
