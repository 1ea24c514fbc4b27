local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local HEX = ____byte_2Dclasses_2Ets.HEX
local NOT_HEX = ____byte_2Dclasses_2Ets.NOT_HEX
--- Text that was wrapped in base64 as a whole value. Random tokens are told apart after a few bytes, since hardly any of them is printable.
local LONGEST = 16384
local SHORTEST = 12
--- Of these, without what pads them.
local FEWEST = 9
local buffer = ffi.new("uint8_t[?]", LONGEST + 8)
local NONE = 64
local SKIPPED = 65
local END = 66
local values = ffi.new("uint8_t[256]")
ffi.fill(values, 256, NONE)
for i = 0, 25 do
    values[65 + i] = i
    values[97 + i] = 26 + i
end
for i = 0, 9 do
    values[48 + i] = 52 + i
end
values[43] = 62
values[45] = 62
values[47] = 63
values[95] = 63
values[10] = SKIPPED
values[13] = SKIPPED
values[92] = SKIPPED
values[61] = END
--- What a byte is in UTF-8: a sign of its own, the lead of so many more, one of these, or nothing that a text has.
local CONTINUES = 4
local ODD = 5
local roles = ffi.new("uint8_t[256]")
for byte = 0, 255 do
    local role = (byte < 32 or byte == 127) and ODD or 0
    if byte == 9 or byte == 10 or byte == 13 then
        role = 0
    end
    if byte >= 128 then
        role = byte < 192 and CONTINUES or (byte < 224 and 1 or (byte < 240 and 2 or (byte < 245 and 3 or ODD)))
    end
    roles[byte] = role
end
--- The value of `%2B`, `%2F` and `%3D`.
local function readPercent(bytes, i, to)
    if i + 2 >= to then
        return NONE
    end
    local high = HEX[bytes[i + 1]]
    local low = HEX[bytes[i + 2]]
    return (high == NOT_HEX or low == NOT_HEX) and NONE or values[high * 16 + low]
end
--- A blank is what a form makes of a plus sign that was not escaped.
local function valueAt(bytes, i, to, encoding)
    local byte = bytes[i]
    if byte == 37 and encoding ~= "json" then
        return readPercent(bytes, i, to)
    end
    return values[byte]
end
--- How many bytes of a sign are still to come, after `byte` where `pending` were; negative where the byte is odd there.
local function follow(pending, byte)
    local role = roles[byte]
    if pending > 0 then
        return role == CONTINUES and pending - 1 or -1
    end
    return role < CONTINUES and role or -1
end
--- Fills the buffer; returns how many bytes, or 0 where it is no base64 or no text.
local function decode(bytes, from, to, encoding)
    local bits = 0
    local digits = 0
    local written = 0
    local odd = 0
    local pending = 0
    local i = from
    while i < to and written < LONGEST do
        local value = valueAt(bytes, i, to, encoding)
        i = i + (bytes[i] == 37 and 3 or 1)
        if value == END then
            break
        end
        if value == NONE then
            return 0
        end
        if value < NONE then
            bits = bit.band(
                bit.bor(
                    bit.lshift(bits, 6),
                    value
                ),
                16777215
            )
            digits = digits + 1
            if bit.band(digits, 3) ~= 1 then
                local byte = bit.band(
                    bit.arshift(
                        bits,
                        6 - 2 * bit.band(digits - 1, 3)
                    ),
                    255
                )
                buffer[written] = byte
                written = written + 1
                pending = follow(pending, byte)
                if pending < 0 then
                    pending = 0
                    odd = odd + 1
                    if odd * 20 > written + 19 then
                        return 0
                    end
                end
            end
        end
    end
    return (digits < FEWEST or bit.band(digits, 3) == 1 or odd * 20 > written + 19) and 0 or written
end
--- Characters that are looked at first, and how many of the six bytes they stand for may be odd.
local FIRST = 8
local FEW = 1
--- Whether a value may be text in base64, by its first eight characters: quick, since each long value is asked. Long enough means that
-- there are twelve.
function ____exports.mayBeBase64(bytes, from, to, encoding)
    if to - from < SHORTEST then
        return false
    end
    local bits = 0
    local odd = 0
    local pending = 0
    local i = from
    for digit = 0, FIRST - 1 do
        local value = i < to and valueAt(bytes, i, to, encoding) or NONE
        if value >= NONE then
            return false
        end
        i = i + (bytes[i] == 37 and 3 or 1)
        bits = bit.band(
            bit.bor(
                bit.lshift(bits, 6),
                value
            ),
            16777215
        )
        if bit.band(digit, 3) ~= 0 then
            pending = follow(
                pending,
                bit.band(
                    bit.arshift(
                        bits,
                        6 - 2 * bit.band(digit, 3)
                    ),
                    255
                )
            )
            if pending < 0 then
                pending = 0
                odd = odd + 1
                if odd > FEW then
                    return false
                end
            end
        end
    end
    return true
end
--- Base64 of base64 is as easy to write; of more nobody has seen use.
local LAYERS = 3
--- The text that a whole value holds in base64, at most LONGEST bytes of it; nil where it holds none.
function ____exports.readBase64(bytes, from, to, encoding)
    if not ____exports.mayBeBase64(bytes, from, to, encoding) then
        return nil
    end
    local length = decode(bytes, from, to, encoding)
    if length == 0 then
        return nil
    end
    local text = ffi.string(buffer, length)
    for _ = 2, LAYERS do
        local inner = ffi.cast("const uint8_t *", text)
        length = ____exports.mayBeBase64(inner, 0, #text, "none") and decode(inner, 0, #text, "none") or 0
        if length == 0 then
            return text
        end
        text = ffi.string(buffer, length)
    end
    return text
end
--- Whether base64 of so many characters is decoded as a whole.
function ____exports.fitsBase64(length)
    return length <= LONGEST * 4 / 3
end
return ____exports
