local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- What remains of a flood when it is formally over, because decisions stop most of it: an address that was above its share and goes on at its
-- rate keeps to that share, for as long as it does not slow down. Nobody is held down for ever: the share always passes, one window below it ends
-- this, and ten minutes do in any case.
local LONGEST_S = 600
local KEEP_WINDOWS = 2
local LEAST_KEEP_S = 30
local ____math_0 = math
local floor = ____math_0.floor
local ____string_1 = string
local format = ____string_1.format
local match = ____string_1.match
--- While nothing remains nobody is looked up: until when something may, as read at most this long ago.
local LAST = "fL"
local READ_AGE_S = 0.1
local lastEnds = 0
local readAt = 0
local function keyOf(key, route)
    return (("fr" .. key) .. " ") .. route
end
local function tellAll(now)
    if lastEnds > now + LONGEST_S / 2 then
        return
    end
    lastEnds = now + LONGEST_S
    counters:set(LAST, lastEnds, LONGEST_S)
end
____exports.isAnyRest = function(now)
    if now - readAt > READ_AGE_S then
        readAt = now
        local ends = counters:get(LAST)
        lastEnds = ends or 0
    end
    return lastEnds > now
end
--- In a flood: an address is above what it may send in a window. Noted once a window, when it gets there.
____exports.noteRest = function(key, route, share, requests)
    if requests ~= floor(share) + 1 then
        return
    end
    local now = ngx.now()
    tellAll(now)
    counters:set(
        keyOf(key, route),
        format(
            "%d %d",
            floor(share),
            floor(now)
        ),
        LEAST_KEEP_S
    )
end
--- After a flood: the share that an address has used up which took part; nil for everybody else, and for whoever keeps to it.
____exports.restOf = function(key, route, requests, window)
    local name = keyOf(key, route)
    local text = counters:get(name)
    if text == nil then
        return nil
    end
    local shareText, sinceText = match(text, "^(%d+) (%d+)$")
    local share = tonumber(shareText) or 0
    if requests <= share or ngx.now() - (tonumber(sinceText) or 0) > LONGEST_S then
        return nil
    end
    if requests == share + 1 then
        counters:set(
            name,
            text,
            math.max(LEAST_KEEP_S, KEEP_WINDOWS * window)
        )
    end
    return share
end
return ____exports
