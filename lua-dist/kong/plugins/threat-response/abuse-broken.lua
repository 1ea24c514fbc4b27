local ____exports = {}
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
--- Whether a route refuses those who have always come, as after a deploy that lost its pages: then being refused says nothing about a client. Of each route
-- this worker knows how the latest request of each of 32 groups of clients ended.
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
--- A request has ended well, or one of a client that has long been known was refused.
____exports.noteEnd = function(route, tag, isRefused)
    local ends = endsOf(route)
    local ____bit = bit.lshift(
        1,
        bit.band(tag, 31)
    )
    ends.seen = bit.bor(ends.seen, ____bit)
    ends.refused = isRefused and bit.bor(ends.refused, ____bit) or bit.band(
        ends.refused,
        bit.bnot(____bit)
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
