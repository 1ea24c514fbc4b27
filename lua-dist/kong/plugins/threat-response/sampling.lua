local ____exports = {}
local ____bit = require("bit")
local bor = ____bit.bor
local bxor = ____bit.bxor
local lshift = ____bit.lshift
local rshift = ____bit.rshift
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local randomHex = ____digest_2Ets.randomHex
--- Which requests are inspected deeply where `payload.sampling` is below 1. Each request draws its own lot, so nobody stays outside for
-- ever and nobody can count along; an address with evidence against it is inspected always. What is counted, listed or decided is never sampled.
local WATCH_S = 3600
local RANGE = 4294967296
local WATCHED = "W"
local READ_AGE_S = 0.1
local state = 0
--- 0 (inclusive) to 1 (exclusive). Seeded at its first use: workers that were forked from one process must not draw the same lots.
local function draw()
    if state == 0 then
        state = bor(
            tonumber(
                randomHex(4),
                16
            ),
            1
        )
    end
    state = bxor(
        state,
        lshift(state, 13)
    )
    state = bxor(
        state,
        rshift(state, 17)
    )
    state = bxor(
        state,
        lshift(state, 5)
    )
    return (state < 0 and state + RANGE or state) / RANGE
end
local watchEnds = 0
local readAt = 0
--- While nobody is watched, nobody has to be looked up: when the last watch ends, as read a moment ago.
local function isAnybodyWatched()
    local now = ngx.now()
    if now - readAt > READ_AGE_S then
        readAt = now
        local ends = counters:get(WATCHED)
        watchEnds = ends or 0
    end
    return watchEnds > now
end
local function isWatched(source)
    if not isAnybodyWatched() then
        return false
    end
    local watched = counters:get("w" .. source.key)
    return watched ~= nil
end
--- Whether the payload of this request is looked at.
____exports.isInspected = function(instance, source)
    local share = instance.config.payload.sampling
    return share >= 1 or draw() < share or isWatched(source)
end
--- There was evidence against the address: from now on all of its requests are inspected for a while.
____exports.watchSource = function(instance, source)
    if instance.config.payload.sampling >= 1 then
        return
    end
    counters:set("w" .. source.key, true, WATCH_S)
    watchEnds = ngx.now() + WATCH_S
    counters:set(WATCHED, watchEnds, WATCH_S)
end
return ____exports
