local ____exports = {}
local ____bit = require("bit")
local rol = ____bit.rol
local ffi = require("ffi")
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local randomHex = ____digest_2Ets.randomHex
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local spendKnown = ____inspection_2Ets.spendKnown
--- Texts that were judged before and found ordinary: a text that comes again costs a twentieth of what it costs to judge it. Of each is kept a keyed
-- hash of 64 bits (HalfSipHash-1-3 of Aumasson and Bernstein) and what judging it took of the budget. The key is drawn at load and never leaves the
-- process: nobody can write an attack that passes for a text that was ordinary.
local SLOTS = 8192
--- Values and whole parts that are longer are judged each time.
____exports.LONGEST = 8192
local LONGEST_PART = 32768
--- Of each text half of its hash; and of the other half the upper sixteen bits, with the cost. The slot is as good as the lower ones.
local seconds = ffi.new("int32_t[?]", SLOTS)
local rests = ffi.new("int32_t[?]", SLOTS)
local UPPER = 16
local COST = 65535
--- Parts of the budget are as small as this.
local PARTS = 4
local function readKey()
    return bit.bor(
        tonumber(
            randomHex(4),
            16
        ),
        0
    )
end
local firstKey = readKey()
local secondKey = readKey()
--- Nothing that was kept is known any more. For benches, which also tell what judging something new costs.
-- 
-- @public
function ____exports.forgetOrdinary()
    firstKey = bit.bor(firstKey + 1, 0)
end
local v0, v1, v2, v3 = 0, 0, 0, 0
local function mix()
    local a, b, c, d = v0, v1, v2, v3
    a = bit.bor(a + b, 0)
    b = bit.bxor(
        rol(b, 5),
        a
    )
    c = bit.bor(c + d, 0)
    d = bit.bxor(
        rol(d, 8),
        c
    )
    a = bit.bor(
        rol(a, 16) + d,
        0
    )
    d = bit.bxor(
        rol(d, 7),
        a
    )
    c = bit.bor(c + b, 0)
    b = bit.bxor(
        rol(b, 13),
        c
    )
    v0, v1, v2, v3 = a, b, rol(c, 16), d
end
local function take(word)
    v3 = bit.bxor(v3, word)
    mix()
    v0 = bit.bxor(v0, word)
end
--- The words of `bytes[from, from + 4 × count)`: what `take` does, with the state in registers, since this is where the time goes.
local function takeWords(bytes, from, count)
    local words = ffi.cast("const int32_t *", bytes + from)
    local a, b, c, d = v0, v1, v2, v3
    for i = 0, count - 1 do
        local word = words[i]
        d = bit.bxor(d, word)
        a = bit.bor(a + b, 0)
        b = bit.bxor(
            rol(b, 5),
            a
        )
        c = bit.bor(c + d, 0)
        d = bit.bxor(
            rol(d, 8),
            c
        )
        a = bit.bor(
            rol(a, 16) + d,
            0
        )
        d = bit.bxor(
            rol(d, 7),
            a
        )
        c = bit.bor(c + b, 0)
        b = bit.bxor(
            rol(b, 13),
            c
        )
        c = rol(c, 16)
        a = bit.bxor(a, word)
    end
    v0, v1, v2, v3 = a, b, c, d
end
--- Up to three bytes.
local function lastWord(bytes, from, to)
    local word = 0
    if from < to then
        word = bytes[from]
    end
    if from + 1 < to then
        word = bit.bor(
            word,
            bit.lshift(bytes[from + 1], 8)
        )
    end
    return from + 2 < to and bit.bor(
        word,
        bit.lshift(bytes[from + 2], 16)
    ) or word
end
local function finish()
    mix()
    mix()
    mix()
    return bit.bxor(v1, v3)
end
local second = 0
--- The other half of the hash that was made last.
function ____exports.secondHalf()
    return second
end
--- Half of the hash of `bytes[from, to)` as what `meaning`, up to twelve bits, and `salt`, a word, say it is; the other half waits in `secondHalf`.
function ____exports.hashOf(bytes, from, to, meaning, salt)
    local length = to - from
    local count = bit.arshift(length, 2)
    v0 = firstKey
    v1 = bit.bxor(secondKey, 238)
    v2 = bit.bxor(1819895653, firstKey)
    v3 = bit.bxor(1952801890, secondKey)
    take(bit.bor(
        length,
        bit.lshift(meaning, 18)
    ))
    take(salt)
    if count > 0 then
        takeWords(bytes, from, count)
    end
    take(lastWord(
        bytes,
        from + bit.lshift(count, 2),
        to
    ))
    v2 = bit.bxor(v2, 238)
    local first = finish()
    v1 = bit.bxor(v1, 221)
    second = finish()
    return first
end
--- Whether the text of this hash is known to be ordinary; what judging it took is taken from the budget.
function ____exports.isOrdinary(first, other)
    local slot = bit.band(first, SLOTS - 1)
    local rest = rests[slot]
    if seconds[slot] ~= other or bit.arshift(rest, UPPER) ~= bit.arshift(first, UPPER) then
        return false
    end
    return spendKnown(bit.band(rest, COST) / PARTS)
end
--- From now on the text of this hash is known to be ordinary.
function ____exports.keepOrdinary(first, other, cost)
    local parts = cost * PARTS
    if parts > COST then
        return
    end
    local slot = bit.band(first, SLOTS - 1)
    seconds[slot] = other
    rests[slot] = bit.bor(
        bit.band(
            first,
            bit.bnot(COST)
        ),
        parts
    )
end
--- Whole parts of a request, above the places and encodings of values.
____exports.PATH = 768
____exports.QUERY = 769
____exports.COOKIES = 770
____exports.BODY = 771
local TYPE = 772
____exports.REFERER = 773
____exports.HEADER = 774
--- Request lines that no known exploit is about; three more for what is switched off.
____exports.LINE = 776
local function hashPart(text, part, salt)
    return ____exports.hashOf(
        ffi.cast("const uint8_t *", text),
        0,
        #text,
        part,
        salt
    )
end
--- What a body of that type, or a header of that name, is hashed with: the same text means something else there.
function ____exports.saltOf(____type)
    return ____type == nil and 0 or hashPart(____type, TYPE, 0)
end
--- The part that was asked for last, as it is kept; one that is too long is not.
local partFirst = 0
local partSecond = 0
local isKept = false
function ____exports.isOrdinaryPart(text, part, salt)
    isKept = #text <= LONGEST_PART
    if not isKept then
        return false
    end
    partFirst = hashPart(text, part, salt)
    partSecond = second
    return ____exports.isOrdinary(partFirst, partSecond)
end
--- The part that was asked for last is ordinary.
function ____exports.keepOrdinaryPart(cost)
    if isKept then
        ____exports.keepOrdinary(partFirst, partSecond, cost)
    end
end
local heldFirst = 0
local heldSecond = 0
local isHeld = false
--- Whether the part that was asked for last is ordinary will show: `keepHeldPart` then.
function ____exports.holdPart()
    isHeld = isKept
    heldFirst = partFirst
    heldSecond = partSecond
end
function ____exports.keepHeldPart(cost)
    if isHeld then
        ____exports.keepOrdinary(heldFirst, heldSecond, cost)
    end
end
return ____exports
