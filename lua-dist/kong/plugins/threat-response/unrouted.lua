local ____exports = {}
local ffi = require("ffi")
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
--- Which addresses asked for paths without a route lately, more than once: before routing nothing else tells a flood of such requests from
-- others. Two bitmaps of 65,536 places each, the second for who is in the first already; after a while both are forgotten.
local BYTES = 8192
local FORGET_S = 30
local once = ffi.new("uint8_t[8192]")
local again = ffi.new("uint8_t[8192]")
local since = 0
local function forget(now)
    if now - since < FORGET_S then
        return
    end
    since = now
    ffi.fill(once, BYTES)
    ffi.fill(again, BYTES)
end
____exports.markUnrouted = function(address, now)
    forget(now)
    local hash = hashText(address)
    local place = bit.band(
        bit.rshift(hash, 3),
        8191
    )
    local ____bit = bit.lshift(
        1,
        bit.band(hash, 7)
    )
    if bit.band(once[place], ____bit) ~= 0 then
        again[place] = bit.bor(again[place], ____bit)
    else
        once[place] = bit.bor(once[place], ____bit)
    end
end
____exports.isMarkedUnrouted = function(address)
    local hash = hashText(address)
    return bit.band(
        again[bit.band(
            bit.rshift(hash, 3),
            8191
        )],
        bit.lshift(
            1,
            bit.band(hash, 7)
        )
    ) ~= 0
end
return ____exports
