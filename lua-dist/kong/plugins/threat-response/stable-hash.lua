local ____exports = {}
local ____string_0 = string
local byte = ____string_0.byte
--- Two 32-bit words of a text, the same in every worker and after every start, unlike the words of `distinct.ts`. Not keyed: what an
-- attacker could aim with, a user's name, has been keyed before it comes here.
____exports.hashText = function(text)
    local first = 461845907
    local second = 241518262
    for i = 1, #text do
        local value = byte(text, i)
        first = bit.bor(first + value, 0)
        first = bit.bor(
            first + bit.lshift(first, 10),
            0
        )
        first = bit.bxor(
            first,
            bit.rshift(first, 6)
        )
        second = bit.bor(second + value + 40503, 0)
        second = bit.bor(
            second + bit.lshift(second, 12),
            0
        )
        second = bit.bxor(
            second,
            bit.rshift(second, 7)
        )
    end
    first = bit.bor(
        first + bit.lshift(first, 3),
        0
    )
    first = bit.bxor(
        first,
        bit.rshift(first, 11)
    )
    first = bit.bor(
        first + bit.lshift(first, 15),
        0
    )
    second = bit.bor(
        second + bit.lshift(second, 4),
        0
    )
    second = bit.bxor(
        second,
        bit.rshift(second, 9)
    )
    second = bit.bor(
        second + bit.lshift(second, 10),
        0
    )
    return bit.bxor(
        first,
        bit.rshift(second, 3)
    ), bit.bxor(
        second,
        bit.rshift(first, 5)
    )
end
return ____exports
