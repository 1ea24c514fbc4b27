local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local BLANK = ____byte_2Dclasses_2Ets.BLANK
local classOfByte = ____byte_2Dclasses_2Ets.classOfByte
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_AGENT = ____rule_2Ets.AT_AGENT
local ____index_2Ets = require("kong.plugins.threat-response.payload.rules.index")
local LAYERED = ____index_2Ets.LAYERED
local RULES = ____index_2Ets.RULES
local ____triggers_2Ets = require("kong.plugins.threat-response.payload.triggers")
local TRIGGERS = ____triggers_2Ets.TRIGGERS
--- May a text hold a literal of any rule? Of every literal the three neighbouring bytes that are rarest in ordinary text are marked; a text
-- without a marked triple holds no literal. What is read stays in the first cache, unlike the automaton's table.
-- 
-- Walks look at each byte once and do so in their own loop: calls and loops per value are what costs. Such a loop keeps `pair`, the kinds
-- of the last two bytes (FIRST_PAIR at the beginning of a value), and does for each byte of kind `kind`
--     hit = hit | (marks[(pair << 3) | (kind >> 3)] >> (kind & 7));
--     pair = ((pair << 6) | kind) & PAIRS;
-- The value may hold a literal when the lowest bit of `hit` is set in the end.
local WIDTH = 64
local BLANKS = 26
local DIGIT = 27
local OTHER = 28
--- Bytes with a class of their own, behind letters, blanks, digits and the rest.
local DISTINCT = "',.-\"`(){}[]<>$&|;:=*/\\%#!+?@^_~" .. string.char(192, 193, 239)
--- What each byte is: letters by themselves and without regard to case, blanks, digits, signs.
____exports.kinds = ffi.new("uint8_t[256]")
--- How frequent a kind is in ordinary text, in a thousand bytes.
local frequency = {}
local LETTERS = {
    66,
    12,
    24,
    32,
    105,
    17,
    15,
    45,
    60,
    2,
    6,
    34,
    20,
    58,
    62,
    16,
    2,
    52,
    54,
    76,
    24,
    9,
    14,
    3,
    14,
    2
}
local function frequencyOf(kind)
    if kind < BLANKS then
        return LETTERS[kind + 1]
    end
    if kind == BLANKS then
        return 170
    end
    if kind == DIGIT then
        return 30
    end
    return kind == OTHER and 20 or (kind <= OTHER + 4 and 12 or 2)
end
local function kindOf(byte)
    local lower = byte >= 65 and byte <= 90 and byte + 32 or byte
    if lower >= 97 and lower <= 122 then
        return lower - 97
    end
    if lower >= 48 and lower <= 57 then
        return DIGIT
    end
    if classOfByte(lower) == BLANK then
        return BLANKS
    end
    local at = string.find(
        DISTINCT,
        string.char(lower),
        1,
        true
    )
    return at == nil and OTHER or OTHER + at
end
for byte = 0, 255 do
    ____exports.kinds[byte] = PLAIN[byte] == BLANK and BLANKS or kindOf(byte)
end
--- In forms a plus sign is a blank.
____exports.formKinds = ffi.new("uint8_t[256]")
ffi.copy(____exports.formKinds, ____exports.kinds, 256)
____exports.formKinds[43] = BLANKS
for kind = 0, WIDTH - 1 do
    frequency[kind + 1] = frequencyOf(kind)
end
--- One bit for each triple: eight bytes for the third kind behind each pair of the first two.
____exports.marks = ffi.new("uint8_t[?]", WIDTH * WIDTH * WIDTH / 8)
local function mark(first, second, third)
    local at = (first * WIDTH + second) * 8 + bit.arshift(third, 3)
    ____exports.marks[at] = bit.bor(
        ____exports.marks[at],
        bit.lshift(
            1,
            bit.band(third, 7)
        )
    )
end
local function kindsOf(literal)
    local found = {}
    for i = 1, #literal do
        local kind = ____exports.kinds[string.byte(literal, i)]
        if kind ~= BLANKS or found[#found] ~= BLANKS then
            found[#found + 1] = kind
        end
    end
    return found
end
--- Short literals are marked behind whatever may come before them.
local function markShort(literal)
    for before = 0, WIDTH - 1 do
        if #literal == 2 then
            mark(before, literal[1], literal[2])
        else
            for second = 0, WIDTH - 1 do
                mark(before, second, literal[1])
            end
        end
    end
end
local function markLiteral(literal)
    if #literal < 3 then
        markShort(literal)
        return
    end
    local rarest = 1000000000000
    local at = 0
    for i = 0, #literal - 3 do
        local often = frequency[literal[i + 1] + 1] * frequency[literal[i + 1 + 1] + 1] * frequency[literal[i + 2 + 1] + 1]
        if often < rarest then
            rarest = often
            at = i
        end
    end
    mark(literal[at + 1], literal[at + 1 + 1], literal[at + 2 + 1])
end
for ____, rule in ipairs(RULES) do
    if rule.at ~= AT_AGENT then
        for ____, literal in ipairs(rule.literals) do
            markLiteral(kindsOf(literal))
        end
    end
end
for ____, literal in ipairs(LAYERED) do
    markLiteral(kindsOf(literal))
end
for ____, literal in ipairs(TRIGGERS) do
    markLiteral(kindsOf(literal))
end
markLiteral({____exports.kinds[37]})
markLiteral({____exports.kinds[92]})
markLiteral({BLANKS, BLANKS})
____exports.FIRST_PAIR = OTHER * WIDTH + OTHER
____exports.PAIRS = WIDTH * WIDTH - 1
--- False only where no literal of any rule occurs in `bytes[from, to)`, whatever its escapes stand for.
function ____exports.mayHoldLiteral(bytes, from, to)
    local pair = ____exports.FIRST_PAIR
    local hit = 0
    local i = from
    while i < to do
        local kind = ____exports.kinds[bytes[i]]
        hit = bit.bor(
            hit,
            bit.arshift(
                ____exports.marks[bit.bor(
                    bit.lshift(pair, 3),
                    bit.arshift(kind, 3)
                )],
                bit.band(kind, 7)
            )
        )
        pair = bit.band(
            bit.bor(
                bit.lshift(pair, 6),
                kind
            ),
            ____exports.PAIRS
        )
        i = i + 1
    end
    return bit.band(hit, 1) == 1
end
return ____exports
