local ____exports = {}
--- Ids in paths and queries: numbers, and long names of hexadecimal digits. Pure.
____exports.NO_ID = -2
____exports.UNNUMBERED = -1
local LONGEST_ID = 40
local SLASH = 47
local AMPERSAND = 38
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
local function isHex(char)
    return char >= 48 and char <= 57 or char >= 97 and char <= 102 or char >= 65 and char <= 70 or char == 45
end
--- The number in [from, to] of a text: -1 where it is no number but looks like an id, -2 where it does not.
local function parseId(text, from, to)
    local digits = 0
    local number = 0
    for i = from, to do
        local char = byte(text, i)
        if not isHex(char) then
            return ____exports.NO_ID
        end
        if char <= 57 and char >= 48 then
            digits = digits + 1
            number = number * 10 + char - 48
        end
    end
    local length = to - from + 1
    if digits == length and digits > 0 then
        return digits <= 15 and number or ____exports.UNNUMBERED
    end
    return digits > 0 and length >= 8 and ____exports.UNNUMBERED or ____exports.NO_ID
end
--- The last segment of a path, or what follows `id=` in the query.
____exports.readId = function(path, query)
    local from = #path
    while from > 0 and byte(path, from) ~= SLASH do
        from = from - 1
    end
    local id = #path - from <= LONGEST_ID and parseId(path, from + 1, #path) or ____exports.NO_ID
    if id ~= ____exports.NO_ID or query == nil then
        return id
    end
    local at = find(query, "id=", 1, true)
    if at == nil then
        return ____exports.NO_ID
    end
    local to = at + 3
    while to <= #query and byte(query, to) ~= AMPERSAND and to < at + LONGEST_ID do
        to = to + 1
    end
    return parseId(query, at + 3, to - 1)
end
return ____exports
