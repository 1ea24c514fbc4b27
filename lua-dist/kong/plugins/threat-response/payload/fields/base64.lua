local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local HEX = ____byte_2Dclasses_2Ets.HEX
local NOT_HEX = ____byte_2Dclasses_2Ets.NOT_HEX
--- Text that was wrapped in base64 as a whole value. Random tokens are told apart after a few bytes, since hardly any of them is printable.
local LONGEST = 16384
local SHORTEST = 12
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
local isPrintable = ffi.new("uint8_t[256]")
for byte = 32, 126 do
    isPrintable[byte] = 1
end
isPrintable[9] = 1
isPrintable[10] = 1
isPrintable[13] = 1
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
--- Fills the buffer; returns how many bytes, or 0 where it is no base64 or no text.
local function decode(bytes, from, to, encoding)
    local bits = 0
    local digits = 0
    local written = 0
    local odd = 0
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
                odd = odd + (1 - isPrintable[byte])
                if odd * 20 > written + 19 then
                    return 0
                end
            end
        end
    end
    return (digits < SHORTEST or bit.band(digits, 3) == 1 or odd * 20 > written) and 0 or written
end
--- One group of four characters: whether it stands for three printable bytes.
local function isPrintableGroup(a, b, c, d)
    if bit.bor(
        bit.bor(
            bit.bor(a, b),
            c
        ),
        d
    ) >= NONE then
        return false
    end
    local bits = bit.bor(
        bit.bor(
            bit.bor(
                bit.lshift(a, 18),
                bit.lshift(b, 12)
            ),
            bit.lshift(c, 6)
        ),
        d
    )
    return isPrintable[bit.arshift(bits, 16)] + isPrintable[bit.band(
        bit.arshift(bits, 8),
        255
    )] + isPrintable[bit.band(bits, 255)] == 3
end
--- Whether a value may be text in base64, by its first eight characters: quick, since each long value is asked. Long enough means that
-- there are twelve.
function ____exports.mayBeBase64(bytes, from, to)
    if to - from < SHORTEST then
        return false
    end
    local isText = isPrintableGroup(values[bytes[from]], values[bytes[from + 1]], values[bytes[from + 2]], values[bytes[from + 3]])
    if not isText then
        return false
    end
    local i = from + 4
    return isPrintableGroup(values[bytes[i]], values[bytes[i + 1]], values[bytes[i + 2]], values[bytes[i + 3]])
end
--- The text that a whole value holds in base64, at most LONGEST bytes of it; nil where it holds none.
function ____exports.readBase64(bytes, from, to, encoding)
    if not ____exports.mayBeBase64(bytes, from, to) then
        return nil
    end
    local length = decode(bytes, from, to, encoding)
    local ____temp_0
    if length == 0 then
        ____temp_0 = nil
    else
        ____temp_0 = ffi.string(buffer, length)
    end
    return ____temp_0
end
--- Whether base64 of so many characters is decoded as a whole.
function ____exports.fitsBase64(length)
    return length <= LONGEST * 4 / 3
end
return ____exports
