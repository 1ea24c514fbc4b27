local ____exports = {}
local ffi = require("ffi")
--- The automaton's alphabet: bytes that no literal tells apart share a class, so that its table stays small. Letters are
-- folded, white space is one class.
____exports.OTHER = 0
____exports.BLANK = 1
--- Classes from here on stand for escapes that have to be decoded first; they never reach the automaton.
____exports.FIRST_ESCAPE = 126
____exports.PERCENT = 126
____exports.BACKSLASH = 127
--- Printable ASCII, and the bytes that start other spaces, overlong, circled and full-width encodings and serialised Java objects.
local DISTINCT = "!\"#$%&'()*+,-./0123456789:;<=>?@[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" .. string.char(
    160,
    172,
    188,
    192,
    193,
    194,
    224,
    225,
    226,
    227,
    237,
    238,
    239,
    240
)
local function isBlank(byte)
    return byte == 32 or byte >= 9 and byte <= 13
end
--- How many classes there are.
____exports.CLASSES = ____exports.BLANK + #DISTINCT + 1
--- As text is after decoding.
____exports.PLAIN = ffi.new("uint8_t[256]")
for i = 1, #DISTINCT do
    local byte = string.byte(DISTINCT, i)
    ____exports.PLAIN[byte] = ____exports.BLANK + i
    if byte >= 97 and byte <= 122 then
        ____exports.PLAIN[byte - 32] = ____exports.BLANK + i
    end
end
for byte = 0, 255 do
    if isBlank(byte) then
        ____exports.PLAIN[byte] = ____exports.BLANK
    end
end
local function copyOfPlain()
    local classes = ffi.new("uint8_t[256]")
    ffi.copy(classes, ____exports.PLAIN, 256)
    return classes
end
--- As paths and headers are on the wire: %XX.
____exports.ENCODED = copyOfPlain()
____exports.ENCODED[37] = ____exports.PERCENT
--- As queries and forms are on the wire: %XX, and + for a space.
____exports.FORM = copyOfPlain()
____exports.FORM[37] = ____exports.PERCENT
____exports.FORM[43] = ____exports.BLANK
--- As JSON is on the wire: backslash escapes; quotes are only bounds of strings.
____exports.JSON_TEXT = copyOfPlain()
____exports.JSON_TEXT[37] = ____exports.PERCENT
____exports.JSON_TEXT[92] = ____exports.BACKSLASH
____exports.JSON_TEXT[34] = ____exports.OTHER
function ____exports.classOfByte(byte)
    return ____exports.PLAIN[byte]
end
--- Value of a hexadecimal digit, or NOT_HEX.
____exports.HEX = ffi.new("uint8_t[256]")
____exports.NOT_HEX = 16
for byte = 0, 255 do
    ____exports.HEX[byte] = ____exports.NOT_HEX
end
for digit = 0, 9 do
    ____exports.HEX[48 + digit] = digit
end
for digit = 10, 15 do
    ____exports.HEX[55 + digit] = digit
    ____exports.HEX[87 + digit] = digit
end
return ____exports
