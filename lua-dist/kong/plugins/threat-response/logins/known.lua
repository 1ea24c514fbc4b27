local ____exports = {}
local ffi = require("ffi")
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
--- Who has succeeded before, remembered by all workers for three and a half to seven days: a Bloom filter in blocks of the shared
-- dictionary, 512 KiB of bits for each half. However many strangers come, its memory does not grow and nobody drops out of it; with
-- 100,000 entries one stranger in about 10,000 passes for known.
local BLOCKS = 8192
local BLOCK_BYTES = 64
local HALF_S = 302400
local ____string_0 = string
local byte = ____string_0.byte
local ____math_1 = math
local floor = ____math_1.floor
local buffer = ffi.new("uint8_t[64]")
local function keyOf(half, word)
    return (("K" .. tostring(half)) .. ":") .. tostring(bit.band(word, BLOCKS - 1))
end
local function isSet(block, ____bit)
    return bit.band(
        byte(
            block,
            bit.rshift(____bit, 3) + 1
        ),
        bit.lshift(
            1,
            bit.band(____bit, 7)
        )
    ) ~= 0
end
local function holds(block, first, second)
    return block ~= nil and isSet(
        block,
        bit.band(second, 511)
    ) and isSet(
        block,
        bit.band(
            bit.rshift(second, 9),
            511
        )
    ) and isSet(
        block,
        bit.band(
            bit.rshift(second, 18),
            511
        )
    ) and isSet(
        block,
        bit.band(
            bit.rshift(first, 13),
            511
        )
    )
end
local function setBit(____bit)
    local place = bit.rshift(____bit, 3)
    buffer[place] = bit.bor(
        buffer[place],
        bit.lshift(
            1,
            bit.band(____bit, 7)
        )
    )
end
local function readBlock(half, word)
    local block = counters:get(keyOf(half, word))
    return block
end
local function write(half, first, second)
    local block = readBlock(half, first)
    if block == nil then
        ffi.fill(buffer, BLOCK_BYTES)
    else
        ffi.copy(buffer, block, BLOCK_BYTES)
    end
    setBit(bit.band(second, 511))
    setBit(bit.band(
        bit.rshift(second, 9),
        511
    ))
    setBit(bit.band(
        bit.rshift(second, 18),
        511
    ))
    setBit(bit.band(
        bit.rshift(first, 13),
        511
    ))
    counters:set(
        keyOf(half, first),
        ffi.string(buffer, BLOCK_BYTES),
        2 * HALF_S
    )
end
____exports.addKnown = function(text)
    local first, second = hashText(text)
    write(
        floor(ngx.now() / HALF_S),
        first,
        second
    )
end
--- What was known in the half before is known in this one too, once it has been asked for.
____exports.isKnown = function(text)
    local first, second = hashText(text)
    local half = floor(ngx.now() / HALF_S)
    if holds(
        readBlock(half, first),
        first,
        second
    ) then
        return true
    end
    if not holds(
        readBlock(half - 1, first),
        first,
        second
    ) then
        return false
    end
    write(half, first, second)
    return true
end
return ____exports
