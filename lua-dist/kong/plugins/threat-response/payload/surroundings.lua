local ____exports = {}
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
return ____exports
