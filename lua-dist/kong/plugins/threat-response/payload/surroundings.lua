local ____exports = {}
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
--- No expression ever runs over more than this.
____exports.CHUNK = 2048
--- Up to this size a value is shown whole, beyond it only what surrounds the worst place.
local WHOLE = 512
local SURROUNDINGS = 96
--- Of a value of `length` bytes whose worst place is from `from` to `to`.
function ____exports.surroundings(from, to, length)
    if length <= WHOLE then
        return 0, length
    end
    local start = math.max(0, from - SURROUNDINGS)
    return start, math.min(length, start + ____exports.CHUNK, to + SURROUNDINGS)
end
local LONGEST_WORD = 48
--- The worst place with the whole of the words that it begins and ends in.
function ____exports.wordsAround(from, to, length)
    local start = from
    while start > 0 and from - start < LONGEST_WORD and decoded[start - 1] > 32 do
        start = start - 1
    end
    local ____end = to
    while ____end < length and ____end - to < LONGEST_WORD and decoded[____end - 1] > 32 and decoded[____end] > 32 do
        ____end = ____end + 1
    end
    return start, math.min(____end, start + ____exports.CHUNK)
end
return ____exports
