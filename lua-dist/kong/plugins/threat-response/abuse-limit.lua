local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- Which clients are slowed down on which route because of what they fetched there; all workers know, and each entry ends by itself.
local LASTS_S = 300
--- Who goes on regardless has to pause for so long.
local PAUSE_S = 60
--- While nobody is limited, nobody has to be looked up: when the last limit ends, as read at most this long ago.
local LAST = "aL"
local READ_AGE_S = 0.1
local lastEnds = 0
local readAt = 0
local function keyOf(who, route)
    return (("al" .. who) .. " ") .. route
end
local function keep(key, seconds, now)
    counters:set(key, true, seconds)
    local ends = counters:get(LAST)
    lastEnds = math.max(ends or 0, now + seconds)
    counters:set(LAST, lastEnds, lastEnds - now)
end
____exports.limitClient = function(who, route, now) return keep(
    keyOf(who, route),
    LASTS_S,
    now
) end
--- Whether anybody is: the hot path asks this first.
____exports.isAnybodyLimited = function(now)
    if now - readAt > READ_AGE_S then
        readAt = now
        local ends = counters:get(LAST)
        lastEnds = ends or 0
    end
    return lastEnds > now
end
____exports.isLimited = function(who, route, now)
    local key = keyOf(who, route)
    local there = counters:get(key)
    if there == nil then
        return false
    end
    local left = counters:ttl(key)
    if (left or 0) < PAUSE_S then
        keep(key, PAUSE_S, now)
    end
    return true
end
return ____exports
