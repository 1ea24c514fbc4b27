local ____exports = {}
local ffi = require("ffi")
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local randomHex = ____digest_2Ets.randomHex
local REGISTERS = 256
local LONGEST = 256
local ALPHA = 0.7213 / (1 + 1.079 / REGISTERS)
local ____string_0 = string
local byte = ____string_0.byte
local sub = ____string_0.sub
local ____math_1 = math
local floor = ____math_1.floor
local log = ____math_1.log
local function rotate(word, places)
    return bit.bor(
        bit.lshift(word, places),
        bit.rshift(word, 32 - places)
    )
end
--- One secret for all workers of a node, so that their counts can be merged, and drawn anew at each start: nobody can choose texts that fall together.
local function readSecret()
    counters:add(
        "distinct_secret",
        randomHex(16)
    )
    local shared = counters:get("distinct_secret")
    return shared
end
--- One word for each byte, from the secret (four xorshift generators, so that all of its bits count).
local function drawWords(secret)
    local words = ffi.new("int32_t[256]")
    for part = 0, 3 do
        local state = bit.bor(
            tonumber(
                sub(secret, part * 8 + 1, part * 8 + 8),
                16
            ) or 0,
            1
        )
        for i = 0, 255 do
            state = bit.bxor(
                state,
                bit.lshift(state, 13)
            )
            state = bit.bxor(
                state,
                bit.rshift(state, 17)
            )
            state = bit.bxor(
                state,
                bit.lshift(state, 5)
            )
            words[i] = bit.bxor(
                words[i],
                rotate(state, part * 7 + 1)
            )
        end
    end
    return words
end
local WORDS = drawWords(readSecret())
local function mix(word, value)
    return bit.bxor(
        bit.bor(
            bit.lshift(word, 5),
            bit.rshift(word, 27)
        ),
        WORDS[value]
    )
end
--- Of an IPv4 address, without a loop: short ones keep what calls them from being compiled.
local function mixFour(text)
    local a, b, c, d = byte(text, 1, 4)
    return mix(
        mix(
            mix(
                mix(0, a),
                b
            ),
            c
        ),
        d
    )
end
local function mixAll(text)
    local word = 0
    for i = 1, math.min(#text, LONGEST) do
        word = mix(
            word,
            byte(text, i)
        )
    end
    return word
end
--- 32 bits of a text, which only this node knows; signed. What comes behind 256 bytes makes no difference.
____exports.hashText = function(text)
    local word = #text == 4 and mixFour(text) or mixAll(text)
    return bit.bxor(
        bit.bxor(
            bit.bxor(
                WORDS[bit.band(word, 255)],
                rotate(
                    WORDS[bit.band(
                        bit.rshift(word, 8),
                        255
                    )],
                    7
                )
            ),
            rotate(
                WORDS[bit.band(
                    bit.rshift(word, 16),
                    255
                )],
                13
            )
        ),
        rotate(
            WORDS[bit.band(
                bit.rshift(word, 24),
                255
            )],
            23
        )
    )
end
____exports.createDistinct = function() return ffi.new("uint8_t[256]") end
____exports.addDistinct = function(set, text)
    local word = ____exports.hashText(text)
    local rest = bit.band(
        bit.rshift(word, 8),
        16777215
    )
    local rank = 1
    while rank < 25 and bit.band(rest, 1) == 0 do
        rank = rank + 1
        rest = bit.rshift(rest, 1)
    end
    local register = bit.band(word, 255)
    if set[register] < rank then
        set[register] = rank
    end
end
____exports.clearDistinct = function(set)
    ffi.fill(set, REGISTERS)
end
--- The set as text, for other workers.
____exports.packDistinct = function(set) return ffi.string(set, REGISTERS) end
--- Adds what another worker has packed.
____exports.mergeDistinct = function(set, packed)
    if #packed ~= REGISTERS then
        return
    end
    for i = 0, REGISTERS - 1 do
        local rank = byte(packed, i + 1)
        if set[i] < rank then
            set[i] = rank
        end
    end
end
____exports.countDistinct = function(set)
    local sum = 0
    local empty = 0
    for i = 0, REGISTERS - 1 do
        sum = sum + 2 ^ (-set[i])
        if set[i] == 0 then
            empty = empty + 1
        end
    end
    local estimate = ALPHA * REGISTERS * REGISTERS / sum
    if estimate > 2.5 * REGISTERS or empty == 0 then
        return floor(estimate + 0.5)
    end
    return floor(REGISTERS * log(REGISTERS / empty) + 0.5)
end
return ____exports
