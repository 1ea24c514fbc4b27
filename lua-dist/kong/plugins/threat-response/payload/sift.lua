local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local BACKSLASH = ____byte_2Dclasses_2Ets.BACKSLASH
local BLANK = ____byte_2Dclasses_2Ets.BLANK
local CLASSES = ____byte_2Dclasses_2Ets.CLASSES
local FIRST_ESCAPE = ____byte_2Dclasses_2Ets.FIRST_ESCAPE
local HEX = ____byte_2Dclasses_2Ets.HEX
local NOT_HEX = ____byte_2Dclasses_2Ets.NOT_HEX
local OTHER = ____byte_2Dclasses_2Ets.OTHER
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
--- The hot path: does a part of a request, read as it is on the wire, hold any literal? One pass, one layer of encoding
-- undone on the way. Nearly all traffic ends here; only where this says yes is a part taken apart and decoded properly.
local CLEAN = 1
--- Clean once, but not twice in a row.
local CLEAN_ONCE = 2
local DOT = 46
local cleanliness = ffi.new("uint8_t[256]")
for byte = 48, 57 do
    cleanliness[byte] = CLEAN
end
for byte = 97, 122 do
    cleanliness[byte] = CLEAN
    cleanliness[byte - 32] = CLEAN
end
cleanliness[45] = CLEAN
cleanliness[46] = CLEAN_ONCE
cleanliness[95] = CLEAN_ONCE
local SHORTEST_OBJECT = 16
--- Whether a run of letters and digits begins as objects do that Java, Ruby and Python write, in base64 or hexadecimal digits.
local function mayBeObject(bytes, from, to)
    if to - from < SHORTEST_OBJECT then
        return false
    end
    local first, second, third = bytes[from], bytes[from + 1], bytes[from + 2]
    if first == 114 then
        return second == 79 and third == 48
    end
    if first == 66 then
        return second == 65 and third == 104
    end
    if first == 103 then
        return second == 65
    end
    return bit.bor(first, 32) == 97 and bit.bor(second, 32) == 99 and bit.bor(third, 32) == 101
end
--- Letters, digits, `-`, `_` and one dot: no known attack is written with these alone. Names of classes and members have more dots.
function ____exports.isClean(bytes, from, to)
    local previous = 0
    local dots = 0
    local i = from
    while i < to do
        local byte = bytes[i]
        local kind = cleanliness[byte]
        if kind == 0 or kind == CLEAN_ONCE and byte == previous then
            return false
        end
        if byte == DOT then
            dots = dots + 1
        end
        previous = byte
        i = i + 1
    end
    return dots < 2 and not mayBeObject(bytes, from, to)
end
--- The byte that begins, in UTF-8, what an escape stands for whose first hexadecimal digit is `digit`.
local function leadOf(digit)
    if bit.bor(digit, 32) == 102 then
        return 239
    end
    return digit >= 49 and digit <= 51 and 224 + digit - 48 or 0
end
--- The class of what the JSON escape after a backslash at `i - 1` stands for, and how many bytes it takes.
local function readJsonEscape(bytes, i, to)
    if i >= to then
        return OTHER, 0
    end
    local letter = bytes[i]
    if letter ~= 117 then
        local isSpace = letter == 110 or letter == 114 or letter == 116 or letter == 102
        return isSpace and BLANK or PLAIN[letter], 1
    end
    if i + 4 >= to then
        return OTHER, 1
    end
    if bytes[i + 1] ~= 48 or bytes[i + 2] ~= 48 then
        return PLAIN[leadOf(bytes[i + 1])], 5
    end
    local high = HEX[bytes[i + 3]]
    local low = HEX[bytes[i + 4]]
    if high == NOT_HEX or low == NOT_HEX then
        return OTHER, 1
    end
    return PLAIN[high * 16 + low], 5
end
--- Whether any literal of `automaton` occurs in `bytes[from, to)` read with the classes of its encoding.
function ____exports.holdsLiteral(automaton, classes, bytes, from, to)
    local next = automaton.next
    local firstAccepting = automaton.firstAccepting
    local state = 0
    local i = from
    while i < to do
        local byteClass = classes[bytes[i]]
        i = i + 1
        if byteClass >= FIRST_ESCAPE then
            if byteClass == BACKSLASH then
                local decoded, length = readJsonEscape(bytes, i, to)
                byteClass = decoded
                i = i + length
            else
                byteClass = PLAIN[37]
                if i + 1 < to then
                    local high = HEX[bytes[i]]
                    local low = HEX[bytes[i + 1]]
                    if high ~= NOT_HEX and low ~= NOT_HEX then
                        byteClass = PLAIN[high * 16 + low]
                        i = i + 2
                    end
                end
            end
        end
        state = next[state * CLASSES + byteClass]
        if state >= firstAccepting then
            return true
        end
    end
    return false
end
local SAMPLED = 512
--- Whether the beginning of `bytes[from, to)` has too many control bytes to be text.
function ____exports.isBinary(bytes, from, to)
    local ____end = math.min(to, from + SAMPLED)
    local controls = 0
    local i = from
    while i < ____end do
        local byte = bytes[i]
        if byte < 9 or byte > 13 and byte < 32 then
            controls = controls + 1
        end
        i = i + 1
    end
    return controls * 16 > ____end - from
end
return ____exports
