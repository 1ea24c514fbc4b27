local ____exports = {}
local ffi = require("ffi")
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
--- How many distinct members each of very many owners has within a window, for example addresses of a user, over all workers of a node. Each
-- owner has two cells of 64 bits in a block of the shared dictionary, which it may share with others: the smaller count is nearer to the
-- truth. 4,096 blocks for a kind and window bound the memory, however many owners there are.
local BLOCKS = 4096
local BLOCK_BYTES = 64
local CELL_BYTES = 8
local ____string_0 = string
local byte = ____string_0.byte
local ____math_1 = math
local floor = ____math_1.floor
local log = ____math_1.log
local buffer = ffi.new("uint8_t[64]")
local BITS_OF = ffi.new("uint8_t[256]")
for value = 0, 255 do
    BITS_OF[value] = countBits(value)
end
local function keyOf(kind, generation, word)
    return ((("S" .. kind) .. tostring(generation)) .. ":") .. tostring(bit.band(word, BLOCKS - 1))
end
local function countCell(block, cell)
    local bits = 0
    for i = 1, CELL_BYTES do
        bits = bits + BITS_OF[byte(block, cell * CELL_BYTES + i)]
    end
    return bits
end
--- Linear counting: how many distinct members set so many of 64 bits.
local function estimate(bits)
    return bits > 63 and 266 or floor(64 * log(64 / (64 - bits)) + 0.5)
end
local function countIn(block, second)
    if block == nil then
        return 0
    end
    return estimate(math.min(
        countCell(
            block,
            bit.band(second, 7)
        ),
        countCell(
            block,
            bit.band(
                bit.rshift(second, 3),
                7
            )
        )
    ))
end
local function read(kind, generation, word)
    local block = counters:get(keyOf(kind, generation, word))
    return block
end
local function setBit(cell, member)
    local place = cell * CELL_BYTES + bit.band(
        bit.rshift(member, 3),
        7
    )
    buffer[place] = bit.bor(
        buffer[place],
        bit.lshift(
            1,
            bit.band(member, 7)
        )
    )
end
--- Adds a member; the distinct members of the owner in this window of `length` seconds.
____exports.addMember = function(kind, length, owner, member)
    local first, second = hashText(owner)
    local word = hashText(member)
    local generation = floor(ngx.now() / length)
    local block = read(kind, generation, first)
    if block == nil then
        ffi.fill(buffer, BLOCK_BYTES)
    else
        ffi.copy(buffer, block, BLOCK_BYTES)
    end
    setBit(
        bit.band(second, 7),
        word
    )
    setBit(
        bit.band(
            bit.rshift(second, 3),
            7
        ),
        word
    )
    local changed = ffi.string(buffer, BLOCK_BYTES)
    if changed ~= block then
        counters:set(
            keyOf(kind, generation, first),
            changed,
            2 * length
        )
    end
    return countIn(changed, second)
end
--- Distinct members of the owner in this window or the one before, whichever has more.
____exports.countMembers = function(kind, length, owner)
    local first, second = hashText(owner)
    local generation = floor(ngx.now() / length)
    local now = countIn(
        read(kind, generation, first),
        second
    )
    return math.max(
        now,
        countIn(
            read(kind, generation - 1, first),
            second
        )
    )
end
return ____exports
