local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local HEX = ____byte_2Dclasses_2Ets.HEX
local NOT_HEX = ____byte_2Dclasses_2Ets.NOT_HEX
local ____entities_2Ets = require("kong.plugins.threat-response.payload.entities")
local ENTITIES = ____entities_2Ets.ENTITIES
--- Undoes the encodings of one value, layer after layer, in place in one buffer. Every escape becomes shorter or keeps its
-- length, so that the writer never overtakes the reader.
local MAX_VALUE = 262144
--- Layers beyond the transport's own.
local MAX_PASSES = 6
local buffer = ffi.new("uint8_t[?]", MAX_VALUE + 8)
--- The same for others: what a file exports itself is slower to reach for it.
____exports.decoded = buffer
--- Where the last escape read ended.
local readTo = 0
local function readHex(at, digits, length)
    if at + digits > length then
        return -1
    end
    local value = 0
    local i = at
    while i < at + digits do
        local digit = HEX[buffer[i]]
        if digit == NOT_HEX then
            return -1
        end
        value = value * 16 + digit
        i = i + 1
    end
    return value
end
--- The code points of three bytes that count as a space.
local function isWideSpace(codePoint)
    local isThin = codePoint >= 8192 and codePoint <= 8202
    local isLine = codePoint == 8232 or codePoint == 8233
    local isNarrow = codePoint == 8239 or codePoint == 8287
    return isThin or isLine or isNarrow or codePoint == 5760 or codePoint == 12288
end
--- Writes a code point as the byte it stands for in an attack: Latin-1 as one byte, full-width forms as their ASCII.
local function writeCodePoint(at, codePoint)
    local value = codePoint
    if value >= 65281 and value <= 65374 then
        value = value - 65248
    end
    if value == 8725 or value == 8260 then
        value = 47
    end
    if value == 8726 then
        value = 92
    end
    if value == 8216 or value == 8217 or value == 697 or value == 700 then
        value = 39
    end
    if isWideSpace(value) then
        value = 32
    end
    if value < 256 then
        buffer[at] = value
        return at + 1
    end
    if value >= 8203 and value <= 8207 then
        return at
    end
    if value < 2048 then
        buffer[at] = 192 + bit.arshift(value, 6)
        buffer[at + 1] = 128 + bit.band(value, 63)
        return at + 2
    end
    if value > 65535 then
        buffer[at] = 63
        return at + 1
    end
    buffer[at] = 224 + bit.arshift(value, 12)
    buffer[at + 1] = 128 + bit.band(
        bit.arshift(value, 6),
        63
    )
    buffer[at + 2] = 128 + bit.band(value, 63)
    return at + 3
end
--- `%XX` and `%uXXXX`; the code point, or -1 where it is only a percent sign.
local function readPercent(i, length)
    if bit.bor(buffer[i + 1], 32) == 117 then
        readTo = i + 6
        return readHex(i + 2, 4, length)
    end
    local high = HEX[buffer[i + 1]]
    local low = HEX[buffer[i + 2]]
    if i + 3 > length or high == NOT_HEX or low == NOT_HEX then
        return -1
    end
    readTo = i + 3
    return high * 16 + low
end
--- `\xXX`, `\uXXXX`, `\u{X…}` and octal `\NNN` of quotes and angles.
local function readBackslash(i, length)
    local letter = bit.bor(buffer[i + 1], 32)
    if letter == 120 then
        readTo = i + 4
        return readHex(i + 2, 2, length)
    end
    if letter ~= 117 then
        return -1
    end
    if buffer[i + 2] ~= 123 then
        readTo = i + 6
        return readHex(i + 2, 4, length)
    end
    local digits = 0
    while digits < 6 and i + 3 + digits < length and HEX[buffer[i + 3 + digits]] ~= NOT_HEX do
        digits = digits + 1
    end
    if digits == 0 or i + 3 + digits >= length or buffer[i + 3 + digits] ~= 125 then
        return -1
    end
    readTo = i + 4 + digits
    return readHex(i + 3, digits, length)
end
local LONGEST_ENTITY = 7
local function readNamedEntity(i, length)
    local ____end = i + 1
    while ____end < length and ____end - i <= LONGEST_ENTITY and bit.bor(buffer[____end], 32) >= 97 and bit.bor(buffer[____end], 32) <= 122 do
        ____end = ____end + 1
    end
    if ____end >= length or buffer[____end] ~= 59 then
        return -1
    end
    readTo = ____end + 1
    return ENTITIES[string.lower(ffi.string(buffer + (i + 1), ____end - i - 1))] or -1
end
--- `&#N;`, `&#xN;` and the named entities that hide attacks.
local function readEntity(i, length)
    if buffer[i + 1] ~= 35 then
        return readNamedEntity(i, length)
    end
    local isHex = bit.bor(buffer[i + 2], 32) == 120
    local base = isHex and 16 or 10
    local ____end = isHex and i + 3 or i + 2
    local first = ____end
    local value = 0
    while ____end < length and ____end - first < 8 and HEX[buffer[____end]] < base do
        value = value * base + HEX[buffer[____end]]
        ____end = ____end + 1
    end
    if ____end == first then
        return -1
    end
    readTo = ____end < length and buffer[____end] == 59 and ____end + 1 or ____end
    return value
end
--- What may begin one of these.
local MAY_BE_WIDE = ffi.new("uint8_t[256]")
for ____, byte in ipairs({
    192,
    193,
    194,
    224,
    225,
    226,
    227,
    239,
    240
}) do
    MAY_BE_WIDE[byte] = 1
end
--- Three or four bytes for ASCII.
local function readOverlong(i, length, bytes)
    local isLong = bytes == 4 and buffer[i + 1] == 128
    local high = buffer[i + bytes - 2]
    local low = buffer[i + bytes - 1]
    if bytes == 4 and not isLong or bit.bor(high, 1) ~= 129 or low < 128 or low > 191 or i + bytes > length then
        return -1
    end
    readTo = i + bytes
    return bit.lshift(
        bit.band(high, 1),
        6
    ) + bit.band(low, 63)
end
--- Spaces, signs without width, and the full stop that names of hosts may be written with, of two and of three bytes.
local function readSpace(i, length)
    if buffer[i] == 194 then
        readTo = i + 2
        return buffer[i + 1] == 160 and readTo <= length and 32 or -1
    end
    readTo = i + 3
    if readTo > length then
        return -1
    end
    local codePoint = bit.lshift(
        bit.band(buffer[i], 15),
        12
    ) + bit.lshift(
        bit.band(buffer[i + 1], 63),
        6
    ) + bit.band(buffer[i + 2], 63)
    if codePoint >= 8203 and codePoint <= 8207 then
        return codePoint
    end
    if codePoint == 12290 then
        return 46
    end
    return isWideSpace(codePoint) and 32 or -1
end
--- Letters and digits in circles, which are made plain before a name is looked up.
local function readCircled(i, length)
    if i + 2 >= length then
        return -1
    end
    readTo = i + 3
    local sign = bit.lshift(
        bit.band(buffer[i + 1], 63),
        6
    ) + bit.band(buffer[i + 2], 63)
    if sign >= 1120 and sign <= 1128 then
        return sign - 1120 + 49
    end
    if sign >= 1206 and sign <= 1231 then
        return sign - 1206 + 65
    end
    if sign >= 1232 and sign <= 1257 then
        return sign - 1232 + 97
    end
    return sign == 1258 and 48 or -1
end
--- Overlong UTF-8 of ASCII, full-width and circled forms and spaces, which some parsers take for it.
local function readWide(i, length)
    local first = buffer[i]
    local second = buffer[i + 1]
    if first == 224 or first == 240 then
        return readOverlong(i, length, first == 224 and 3 or 4)
    end
    if first == 194 or first == 227 or first == 225 then
        return readSpace(i, length)
    end
    if first == 226 then
        return second >= 145 and second <= 147 and readCircled(i, length) or readSpace(i, length)
    end
    if (first == 192 or first == 193) and (second == 46 or second == 47 or second == 92) then
        readTo = i + 2
        return second
    end
    if first == 239 and i + 2 < length and (second == 188 or second == 189) then
        readTo = i + 3
        local codePoint = 61440 + bit.lshift(
            bit.band(second, 63),
            6
        ) + bit.band(buffer[i + 2], 63)
        return codePoint >= 65281 and codePoint <= 65374 and codePoint or -1
    end
    if (first == 192 or first == 193) and i + 1 < length and second >= 128 then
        readTo = i + 2
        return bit.lshift(
            bit.band(first, 1),
            6
        ) + bit.band(second, 63)
    end
    return -1
end
local function readEscape(byte, i, length)
    if byte == 37 then
        return readPercent(i, length)
    end
    if byte == 92 then
        return readBackslash(i, length)
    end
    if byte == 38 then
        return readEntity(i, length)
    end
    return MAY_BE_WIDE[byte] == 1 and readWide(i, length) or -1
end
--- One layer of every encoding; returns the new length, which is smaller when there was any.
local function decodeLayer(length)
    local written = 0
    local i = 0
    while i < length do
        local byte = buffer[i]
        local codePoint = readEscape(byte, i, length)
        if codePoint < 0 then
            buffer[written] = byte
            written = written + 1
            i = i + 1
        else
            written = writeCodePoint(written, codePoint)
            i = readTo
        end
    end
    return written
end
local function plusToBlank(length)
    local i = 0
    while i < length do
        if buffer[i] == 43 then
            buffer[i] = 32
        end
        i = i + 1
    end
end
local JSON_ESCAPES = ffi.new("uint8_t[256]")
for byte = 0, 255 do
    JSON_ESCAPES[byte] = byte
end
JSON_ESCAPES[110] = 10
JSON_ESCAPES[114] = 13
JSON_ESCAPES[116] = 9
JSON_ESCAPES[98] = 8
JSON_ESCAPES[102] = 12
local function decodeJson(length)
    local written = 0
    local i = 0
    while i < length do
        local byte = buffer[i]
        if byte ~= 92 or i + 1 >= length then
            buffer[written] = byte
            written = written + 1
            i = i + 1
        else
            local codePoint = buffer[i + 1] == 117 and readHex(i + 2, 4, length) or JSON_ESCAPES[buffer[i + 1]]
            i = i + (buffer[i + 1] == 117 and codePoint >= 0 and 6 or 2)
            written = writeCodePoint(written, codePoint < 0 and 63 or codePoint)
        end
    end
    return written
end
--- How many layers the last value had, its own encoding on the wire apart, and its length without them.
local layers = 0
local undone = 0
function ____exports.layersUndone()
    return layers
end
function ____exports.lengthUndone()
    return undone
end
local function undoLayers(length)
    local shortest = length
    layers = 0
    for _ = 1, MAX_PASSES do
        local shorter = decodeLayer(shortest)
        if shorter == shortest then
            return shortest
        end
        shortest = shorter
        layers = layers + 1
    end
    return shortest
end
--- Decodes `bytes[from, to)`, at most MAX_VALUE of them, into `decoded`; returns the length there.
function ____exports.decodeValue(bytes, from, to, encoding)
    local length = math.min(to - from, MAX_VALUE)
    ffi.copy(buffer, bytes + from, length)
    ffi.fill(buffer + length, 8)
    if encoding == "form" then
        plusToBlank(length)
    end
    if encoding == "json" then
        length = decodeJson(length)
    end
    undone = undoLayers(length)
    return undone
end
return ____exports
