local ____exports = {}
local ffi = require("ffi")
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local buffer = ____decode_2Ets.decoded
local MAX_FOLDED = 4096
local folded = ffi.new("uint8_t[?]", MAX_FOLDED)
local written = 0
--- No comment ends in the rest of the text: whoever opens many is not searched for each.
local isUnclosed = false
local function put(byte)
    folded[written] = byte
    written = written + 1
end
local function putBlank()
    if written == 0 or folded[written - 1] ~= 32 then
        put(32)
    end
end
--- Index behind the comment that starts at `i`; `i` itself where it never ends.
local function skipComment(i, to)
    local ____end = i + 2
    if buffer[____end] == 33 then
        ____end = ____end + 1
        while ____end < to and buffer[____end] >= 48 and buffer[____end] <= 57 do
            ____end = ____end + 1
        end
        return ____end
    end
    if isUnclosed then
        return i
    end
    while ____end + 1 < to and not (buffer[____end] == 42 and buffer[____end + 1] == 47) do
        ____end = ____end + 1
    end
    isUnclosed = ____end + 1 >= to
    return isUnclosed and i or ____end + 2
end
local function isBlank(byte)
    return byte <= 32 or byte == 160
end
--- The text as a SQL parser reads it: lower case, comments and runs of white space as one space. What MySQL executes inside
-- a comment that starts with `/*!` stays. Folds `buffer[from, end)`, at most MAX_FOLDED bytes of it.
function ____exports.foldText(from, ____end)
    local to = math.min(____end, from + MAX_FOLDED)
    written = 0
    isUnclosed = false
    local i = from
    while i < to do
        local byte = buffer[i]
        local follower = i + 1 < to and buffer[i + 1] or 0
        if isBlank(byte) then
            putBlank()
            i = i + 1
        elseif byte == 47 and follower == 42 then
            local behind = skipComment(i, to)
            if behind == i then
                put(byte)
            else
                putBlank()
            end
            i = behind == i and i + 1 or behind
        elseif byte == 42 and follower == 47 then
            putBlank()
            i = i + 2
        else
            put(byte >= 65 and byte <= 90 and byte + 32 or byte)
            i = i + 1
        end
    end
    return ffi.string(folded, written)
end
return ____exports
