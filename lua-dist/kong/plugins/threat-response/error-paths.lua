local ____exports = {}
local ffi = require("ffi")
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
--- The beginnings of paths that had a route lately: a request for one of them that finds none means that a route is gone, while scanners and
-- favicons ask for what never had one. A Bloom filter in two generations; every eighth request is enough to fill it.
local BYTES = 8192
local GENERATION_S = 21600
local SAMPLED = 8
local ____string_0 = string
local find = ____string_0.find
local sub = ____string_0.sub
local young = ffi.new("uint8_t[8192]")
local old = ffi.new("uint8_t[8192]")
local since = 0
local count = 0
--- Up to the third slash: `/api/orders` of `/api/orders/17/items`.
local function beginningOf(path)
    local second = find(path, "/", 2, true)
    if second == nil then
        return path
    end
    local third = find(path, "/", second + 1, true)
    return third == nil and sub(path, 1, second) or sub(path, 1, third)
end
local function rotate(now)
    local filled = young
    young = old
    old = filled
    ffi.fill(young, BYTES)
    since = now
end
--- Whether this request, which had a route, is to be noted: every eighth is.
____exports.isNoted = function()
    count = count + 1
    return count % SAMPLED == 1
end
____exports.noteRouted = function(path, now)
    if now - since > GENERATION_S then
        rotate(now)
    end
    local hash = hashText(beginningOf(path))
    local first = bit.band(
        bit.rshift(hash, 3),
        8191
    )
    local second = bit.band(
        bit.rshift(hash, 19),
        8191
    )
    young[first] = bit.bor(
        young[first],
        bit.lshift(
            1,
            bit.band(hash, 7)
        )
    )
    young[second] = bit.bor(
        young[second],
        bit.lshift(
            1,
            bit.band(
                bit.rshift(hash, 16),
                7
            )
        )
    )
end
local function isIn(filter, hash)
    return bit.band(
        filter[bit.band(
            bit.rshift(hash, 3),
            8191
        )],
        bit.lshift(
            1,
            bit.band(hash, 7)
        )
    ) ~= 0 and bit.band(
        filter[bit.band(
            bit.rshift(hash, 19),
            8191
        )],
        bit.lshift(
            1,
            bit.band(
                bit.rshift(hash, 16),
                7
            )
        )
    ) ~= 0
end
____exports.wasRouted = function(path)
    local hash = hashText(beginningOf(path))
    return isIn(young, hash) or isIn(old, hash)
end
return ____exports
