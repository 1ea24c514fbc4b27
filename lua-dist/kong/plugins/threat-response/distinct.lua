local ____exports = {}
local ffi = require("ffi")
local REGISTERS = 256
local ALPHA = 0.7213 / (1 + 1.079 / REGISTERS)
local ____string_0 = string
local byte = ____string_0.byte
local ____math_1 = math
local floor = ____math_1.floor
local log = ____math_1.log
local random = ____math_1.random
--- One random word for each byte, drawn at each start: nobody can choose texts that fall together.
local WORDS = ffi.new("int32_t[256]")
for i = 0, 255 do
    WORDS[i] = floor(random() * 4294967296) - 2147483648
end
local function rotate(word, places)
    return bit.bor(
        bit.lshift(word, places),
        bit.rshift(word, 32 - places)
    )
end
local function hash(text)
    local word = 0
    for i = 1, #text do
        word = bit.bxor(
            rotate(word, 5),
            WORDS[byte(text, i)]
        )
    end
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
    local word = hash(text)
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
    for i = 0, REGISTERS - 1 do
        set[i] = 0
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
