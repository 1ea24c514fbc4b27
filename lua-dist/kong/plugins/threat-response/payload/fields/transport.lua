local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local HEX = ____byte_2Dclasses_2Ets.HEX
local NOT_HEX = ____byte_2Dclasses_2Ets.NOT_HEX
--- One value as its format wrote it, with that one layer undone and no other: what is inside may be a text with a structure of its own.
local LONGEST = 65536
local buffer = ffi.new("uint8_t[?]", LONGEST + 4)
local PERCENT = 37
local PLUS = 43
local BACKSLASH = 92
local written = 0
local function put(byte)
    buffer[written] = byte
    written = written + 1
end
local function readHex(bytes, at, digits, to)
    if at + digits > to then
        return -1
    end
    local value = 0
    for i = at, at + digits - 1 do
        local digit = HEX[bytes[i]]
        if digit == NOT_HEX then
            return -1
        end
        value = value * 16 + digit
    end
    return value
end
function ____exports.putCodePoint(codePoint, to, at)
    if codePoint < 128 then
        to[at] = codePoint
        return at + 1
    end
    if codePoint < 2048 then
        to[at] = 192 + bit.arshift(codePoint, 6)
        to[at + 1] = 128 + bit.band(codePoint, 63)
        return at + 2
    end
    to[at] = 224 + bit.band(
        bit.arshift(codePoint, 12),
        15
    )
    to[at + 1] = 128 + bit.band(
        bit.arshift(codePoint, 6),
        63
    )
    to[at + 2] = 128 + bit.band(codePoint, 63)
    return at + 3
end
local JSON_ESCAPES = {
    [110] = 10,
    [114] = 13,
    [116] = 9,
    [98] = 8,
    [102] = 12
}
--- Reads the escape behind the backslash at `i - 1`; returns the index behind it.
local function readJsonEscape(bytes, i, to)
    local letter = bytes[i]
    local codePoint = letter == 117 and readHex(bytes, i + 1, 4, to) or -1
    if codePoint < 0 then
        put(JSON_ESCAPES[letter] or letter)
        return i + 1
    end
    written = ____exports.putCodePoint(codePoint, buffer, written)
    return i + 5
end
--- Index behind the byte that was written for what is at `i`.
local function readPercentByte(bytes, i, to, plus)
    local byte = bytes[i]
    local value = byte == PERCENT and readHex(bytes, i + 1, 2, to) or -1
    if value >= 0 then
        put(value)
        return i + 3
    end
    put(byte == PLUS and plus or byte)
    return i + 1
end
--- `bytes[from, to)` with one layer undone, at most LONGEST bytes of it.
function ____exports.undoTransport(bytes, from, to, encoding)
    local ____end = math.min(to, from + LONGEST)
    written = 0
    local i = from
    while i < ____end do
        if encoding ~= "json" then
            i = readPercentByte(bytes, i, ____end, encoding == "form" and 32 or PLUS)
        elseif bytes[i] == BACKSLASH and i + 1 < ____end then
            i = readJsonEscape(bytes, i + 1, ____end)
        else
            put(bytes[i])
            i = i + 1
        end
    end
    return ffi.string(buffer, written)
end
return ____exports
