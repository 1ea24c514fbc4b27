local ____exports = {}
local ffi = require("ffi")
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
--- Whether a route refuses those who have always come, as after a deploy that lost its pages: then being refused says nothing about a client. Of each route
-- this worker knows how the latest request of each of 32 groups of clients ended; a refusal counts when the client found something there an hour ago.
local MAX_ROUTES = 1000
local MIN_GROUPS = 6
local BROKEN_SHARE = 0.5
local routes = {}
local size = 0
local function endsOf(route)
    local known = routes[route]
    if known ~= nil then
        return known
    end
    if size >= MAX_ROUTES then
        routes = {}
        size = 0
    end
    local fresh = {seen = 0, refused = 0}
    routes[route] = fresh
    size = size + 1
    return fresh
end
--- Clients of routes that have found something: since when, and when last. Who comes no more leaves his place.
local PLACES = 4096
local LONG_S = 3600
local tags = ffi.new("int32_t[4096]")
local since = ffi.new("int32_t[4096]")
local last = ffi.new("int32_t[4096]")
local ____math_0 = math
local floor = ____math_0.floor
--- A client found what it asked for; `tag` is of client and route.
____exports.noteFound = function(route, tag, now)
    local ends = endsOf(route)
    local ____bit = bit.lshift(
        1,
        bit.band(tag, 31)
    )
    ends.seen = bit.bor(ends.seen, ____bit)
    ends.refused = bit.band(
        ends.refused,
        bit.bnot(____bit)
    )
    local place = bit.band(tag, PLACES - 1)
    local second = floor(now)
    if tags[place] ~= tag then
        if second - last[place] < LONG_S then
            return
        end
        tags[place] = tag
        since[place] = second
    end
    last[place] = second
end
--- A client was refused.
____exports.noteRefused = function(route, tag, now)
    local place = bit.band(tag, PLACES - 1)
    if tags[place] ~= tag or now - since[place] < LONG_S then
        return
    end
    local ends = endsOf(route)
    ends.refused = bit.bor(
        ends.refused,
        bit.lshift(
            1,
            bit.band(tag, 31)
        )
    )
end
____exports.isBroken = function(route)
    local ends = routes[route]
    if ends == nil then
        return false
    end
    local groups = countBits(ends.seen)
    return groups >= MIN_GROUPS and countBits(ends.refused) >= BROKEN_SHARE * groups
end
return ____exports
