local ____exports = {}
local ____bit = require("bit")
local ror = ____bit.ror
local ffi = require("ffi")
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local randomHex = ____digest_2Ets.randomHex
--- Position of the tag: the prefix length, with `IPV6` added for that family. Of IPv4 only the first word counts, the others are 0.
local TAG = 4
local IPV6 = 256
--- Tags of what is no address: its words are the digits of a hash or an id.
local CREDENTIAL = IPV6 + 129
local CONSUMER = CREDENTIAL + 1
local ROUTE = CREDENTIAL + 2
local TAGS = CREDENTIAL + 3
local WORD_BITS = 32
local ____string_0 = string
local byte = ____string_0.byte
--- By prefix length, four words each.
local MASKS = ffi.new("int32_t[516]")
for length = 0, 128 do
    for word = 0, 3 do
        local bits = math.max(
            0,
            math.min(WORD_BITS, length - word * WORD_BITS)
        )
        MASKS[length * 4 + word] = bits == 0 and 0 or bit.lshift(-1, WORD_BITS - bits)
    end
end
--- Drawn at each start: nobody can choose addresses that fall together.
local function randomWord()
    return bit.bor(
        tonumber(
            randomHex(4),
            16
        ),
        0
    )
end
local SEED_A = randomWord()
local SEED_B = randomWord()
local SEED_C = randomWord()
local function createKey()
    return ffi.new("int32_t[5]")
end
local function readWord(bytes, at)
    local a, b, c, d = byte(bytes, at, at + 3)
    return bit.bor(
        bit.bor(
            bit.bor(
                bit.lshift(a, 24),
                bit.lshift(b, 16)
            ),
            bit.lshift(c, 8)
        ),
        d
    )
end
--- From an address in network order, 4 or 16 bytes, not mapped.
local function setAddress(key, bytes)
    local isIpv6 = #bytes == 16
    key[0] = readWord(bytes, 1)
    key[1] = isIpv6 and readWord(bytes, 5) or 0
    key[2] = isIpv6 and readWord(bytes, 9) or 0
    key[3] = isIpv6 and readWord(bytes, 13) or 0
    key[TAG] = isIpv6 and IPV6 + 128 or WORD_BITS
end
local function setRange(key, range)
    setAddress(key, range.bytes)
    key[TAG] = range.length + (#range.bytes == 16 and IPV6 or 0)
end
local DASH = 45
local HASH_DIGITS = 16
local ID_LENGTH = 36
local NONE = "-"
--- Value of a hexadecimal digit, negative for anything else.
local function digitOf(code)
    if code >= 48 and code <= 57 then
        return code - 48
    end
    local letter = bit.bor(code, 32) - 97
    return letter >= 0 and letter < 6 and letter + 10 or -1
end
local function isDashPlace(at)
    return at == 9 or at == 14 or at == 19 or at == 24
end
--- Whether `text` is 16 digits or a UUID, which is then in the words.
local function readWords(key, text)
    local isId = #text == ID_LENGTH
    if not isId and #text ~= HASH_DIGITS then
        return false
    end
    local count = 0
    for at = 1, #text do
        local code = byte(text, at)
        if isId and isDashPlace(at) then
            if code ~= DASH then
                return false
            end
        else
            local digit = digitOf(code)
            if digit < 0 then
                return false
            end
            local word = bit.arshift(count, 3)
            key[word] = bit.bor(
                bit.lshift(key[word], 4),
                digit
            )
            count = count + 1
        end
    end
    return true
end
local function copyKey(to, from)
    return ffi.copy(to, from, (TAG + 1) * 4)
end
--- A credential's hash, an id, or `-` for no route: false when it is none of them.
local function setNamed(key, tag, text)
    ffi.fill(key, TAG * 4)
    key[TAG] = tag
    if tag == ROUTE and text == NONE then
        return true
    end
    local isHash = #text == HASH_DIGITS
    return isHash == (tag == CREDENTIAL) and readWords(key, text)
end
--- The range with this tag around the address, whose family it has to have.
local function setAround(key, address, tag)
    local mask = tag % IPV6 * 4
    key[0] = bit.band(address[0], MASKS[mask])
    key[1] = bit.band(address[1], MASKS[mask + 1])
    key[2] = bit.band(address[2], MASKS[mask + 2])
    key[3] = bit.band(address[3], MASKS[mask + 3])
    key[TAG] = tag
end
--- Whether the first `length` bits of two keys are the same.
local function agree(a, b, length)
    local mask = length * 4
    return bit.band(
        bit.bxor(a[0], b[0]),
        MASKS[mask]
    ) == 0 and bit.band(
        bit.bxor(a[1], b[1]),
        MASKS[mask + 1]
    ) == 0 and bit.band(
        bit.bxor(a[2], b[2]),
        MASKS[mask + 2]
    ) == 0 and bit.band(
        bit.bxor(a[3], b[3]),
        MASKS[mask + 3]
    ) == 0
end
local function isSame(a, b)
    return a[0] == b[0] and a[1] == b[1] and a[2] == b[2] and a[3] == b[3] and a[TAG] == b[TAG]
end
--- Only additions, rotations and exclusive-or, which LuaJIT does in 32 bits: the last step of Bob Jenkins' lookup3 (public domain).
local function finish(first, second, third)
    local a, b, c = first, second, third
    c = bit.bor(
        bit.bxor(c, b) - ror(b, 18),
        0
    )
    a = bit.bor(
        bit.bxor(a, c) - ror(c, 21),
        0
    )
    b = bit.bor(
        bit.bxor(b, a) - ror(a, 7),
        0
    )
    c = bit.bor(
        bit.bxor(c, b) - ror(b, 16),
        0
    )
    a = bit.bor(
        bit.bxor(a, c) - ror(c, 28),
        0
    )
    b = bit.bor(
        bit.bxor(b, a) - ror(a, 18),
        0
    )
    return bit.bor(
        bit.bxor(c, b) - ror(b, 8),
        0
    )
end
--- The middle of lookup3 for the first three words, then its end.
local function hashLong(key)
    local a = bit.bor(key[0] + SEED_A, 0)
    local b = bit.bor(key[1] + SEED_B, 0)
    local c = bit.bor(key[2] + SEED_C, 0)
    a = bit.bxor(
        bit.bor(a - c, 0),
        ror(c, 28)
    )
    c = bit.bor(c + b, 0)
    b = bit.bxor(
        bit.bor(b - a, 0),
        ror(a, 26)
    )
    a = bit.bor(a + c, 0)
    c = bit.bxor(
        bit.bor(c - b, 0),
        ror(b, 24)
    )
    b = bit.bor(b + a, 0)
    a = bit.bxor(
        bit.bor(a - c, 0),
        ror(c, 16)
    )
    c = bit.bor(c + b, 0)
    b = bit.bxor(
        bit.bor(b - a, 0),
        ror(a, 13)
    )
    a = bit.bor(a + c, 0)
    c = bit.bxor(
        bit.bor(c - b, 0),
        ror(b, 28)
    )
    b = bit.bor(b + a, 0)
    return finish(
        bit.bor(a + key[3], 0),
        bit.bor(b + key[TAG], 0),
        c
    )
end
local function hashKey(key)
    return key[TAG] < IPV6 and finish(
        bit.bor(key[0] + SEED_A, 0),
        bit.bor(key[TAG] + SEED_B, 0),
        SEED_C
    ) or hashLong(key)
end
--- An IPv4 address as `cidr.ts` has it.
local function toUnsigned(word)
    return word < 0 and word + 4294967296 or word
end
____exports.agree = agree
____exports.CONSUMER = CONSUMER
____exports.CREDENTIAL = CREDENTIAL
____exports.copyKey = copyKey
____exports.createKey = createKey
____exports.hashKey = hashKey
____exports.IPV6 = IPV6
____exports.isSame = isSame
____exports.ROUTE = ROUTE
____exports.setAddress = setAddress
____exports.setAround = setAround
____exports.setNamed = setNamed
____exports.setRange = setRange
____exports.TAG = TAG
____exports.TAGS = TAGS
____exports.toUnsigned = toUnsigned
return ____exports
