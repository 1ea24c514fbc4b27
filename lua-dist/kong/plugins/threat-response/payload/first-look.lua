local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ____byte_2Dkinds_2Ets = require("kong.plugins.threat-response.payload.byte-kinds")
local BLANKS = ____byte_2Dkinds_2Ets.BLANKS
local KINDS = ____byte_2Dkinds_2Ets.KINDS
local kindOf = ____byte_2Dkinds_2Ets.kindOf
local kinds = ____byte_2Dkinds_2Ets.kinds
local OTHER = ____byte_2Dkinds_2Ets.OTHER
local rarityOf = ____byte_2Dkinds_2Ets.rarityOf
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_AGENT = ____rule_2Ets.AT_AGENT
local ____index_2Ets = require("kong.plugins.threat-response.payload.rules.index")
local LAYERED = ____index_2Ets.LAYERED
local RULES = ____index_2Ets.RULES
local ____triggers_2Ets = require("kong.plugins.threat-response.payload.triggers")
local TRIGGERS = ____triggers_2Ets.TRIGGERS
--- May a text hold a literal of any rule? Of every literal the three neighbouring bytes that are rarest in ordinary text are marked; where
-- three marked ones occur, the literals they are of are compared. What is read for each byte stays in the first cache, unlike the
-- automaton's table.
-- 
-- Walks do so in their own loop: calls and loops for each value are what costs. Such a loop keeps `pair`, the kinds of the last two bytes
-- (FIRST_PAIR at the beginning of a value), and does for each byte of kind `kind`
--     if ((marks[(pair << 3) | (kind >> 3)] & (1 << (kind & 7))) !== 0) hit = confirm(...)
--     pair = ((pair << 6) | kind) & PAIRS;
____exports.FIRST_PAIR = OTHER * KINDS + OTHER
____exports.PAIRS = KINDS * KINDS - 1
--- One bit for each triple: eight bytes for the third kind behind each pair of the first two.
____exports.marks = ffi.new("uint8_t[?]", KINDS * KINDS * KINDS / 8)
--- 1 where two kinds are all of a literal.
local shorts = ffi.new("uint8_t[?]", KINDS * KINDS)
--- For each marked triple the literals it is of, one behind the other: how long the literal is and where in it the triple is, one byte each,
-- and the literal as classes of `byte-classes.ts`. While loading only; then they are in `known`.
local candidates = {}
local function mark(triple)
    ____exports.marks[bit.arshift(triple, 3)] = bit.bor(
        ____exports.marks[bit.arshift(triple, 3)],
        bit.lshift(
            1,
            bit.band(triple, 7)
        )
    )
end
local function tripleOf(a, b, c)
    return (a * KINDS + b) * KINDS + c
end
--- White space in a row counts as one in a literal; such text is always looked at twice.
local function squeeze(literal)
    local squeezed = ""
    for i = 1, #literal do
        local isBlank = kindOf(string.byte(literal, i)) == BLANKS
        if not (isBlank and squeezed ~= "" and kindOf(string.byte(squeezed, -1)) == BLANKS) then
            squeezed = squeezed .. string.sub(literal, i, i)
        end
    end
    return squeezed
end
local function classesOf(literal)
    local classes = ""
    for i = 1, #literal do
        classes = classes .. string.char(PLAIN[string.byte(literal, i)])
    end
    return classes
end
--- One or two kinds, whatever comes before them.
local function markShort(first, second)
    shorts[first * KINDS + second] = 1
    for before = 0, KINDS - 1 do
        mark(tripleOf(before, first, second))
    end
end
local function markLong(literal)
    local rarest = -1
    local offset = 0
    local triple = 0
    for i = 1, #literal - 2 do
        local a, b, c = kinds[string.byte(literal, i)], kinds[string.byte(literal, i + 1)], kinds[string.byte(literal, i + 2)]
        local rarity = rarityOf(a, b, c)
        if rarity > rarest then
            rarest = rarity
            offset = i - 1
            triple = tripleOf(a, b, c)
        end
    end
    mark(triple)
    local others = candidates[triple] or ""
    candidates[triple] = (others .. string.char(#literal, offset)) .. classesOf(literal)
end
local function markLiteral(given)
    local isNumber = string.find(given, "^%d+$")
    if isNumber ~= nil then
        return
    end
    local literal = squeeze(given)
    local last = kinds[string.byte(literal, -1)]
    if #literal == 2 then
        markShort(
            kinds[string.byte(literal, 1)],
            last
        )
    elseif #literal > 2 then
        markLong(literal)
    else
        for before = 0, KINDS - 1 do
            markShort(before, last)
        end
    end
end
for ____, rule in ipairs(RULES) do
    if rule.at ~= AT_AGENT then
        for ____, literal in ipairs(rule.literals) do
            markLiteral(literal)
        end
    end
end
for ____, literal in ipairs(LAYERED) do
    markLiteral(literal)
end
for ____, literal in ipairs(TRIGGERS) do
    markLiteral(literal)
end
markLiteral("query")
for ____, sign in ipairs({"%", "\\"}) do
    markLiteral(sign)
end
markShort(BLANKS, BLANKS)
--- The texts of all triples, each closed by a zero; by slot the triple, and where its text begins.
local SLOTS = 4096
local slotTriples = ffi.new("int32_t[?]", SLOTS)
local slotTexts = ffi.new("int32_t[?]", SLOTS)
local FREE = -1
local function slotOf(triple)
    local slot = bit.band(
        bit.bxor(
            triple,
            bit.arshift(triple, 7)
        ),
        SLOTS - 1
    )
    while slotTriples[slot] ~= triple and slotTriples[slot] ~= FREE do
        slot = bit.band(slot + 1, SLOTS - 1)
    end
    return slot
end
local function flattenCandidates()
    local total = 0
    local count = 0
    for ____, text in pairs(candidates) do
        total = total + (#text + 1)
        count = count + 1
    end
    if count > SLOTS / 2 then
        error("too many literals for the first look")
    end
    local all = ffi.new("uint8_t[?]", total)
    for slot = 0, SLOTS - 1 do
        slotTriples[slot] = FREE
    end
    total = 0
    for triple, text in pairs(candidates) do
        local slot = slotOf(triple)
        slotTriples[slot] = triple
        slotTexts[slot] = total
        ffi.copy(all + total, text, #text)
        total = total + (#text + 1)
    end
    candidates = {}
    return all
end
local known = flattenCandidates()
--- Whether the literal of `length` bytes at `at` in `known` is at `from`.
local function isAt(bytes, from, at, length, classes)
    for i = 0, length - 1 do
        if classes[bytes[from + i]] ~= known[at + i] then
            return false
        end
    end
    return true
end
--- Whether the marked triple that ends with the byte at `i` is of a literal that is there, in a text that ends at `to`; 1 or 0.
function ____exports.confirm(bytes, i, to, pair, kind, classes)
    if shorts[bit.bor(
        bit.lshift(
            bit.band(pair, KINDS - 1),
            6
        ),
        kind
    )] ~= 0 then
        return 1
    end
    local triple = bit.bor(
        bit.lshift(pair, 6),
        kind
    )
    local slot = slotOf(triple)
    if slotTriples[slot] ~= triple then
        return 0
    end
    local at = slotTexts[slot]
    local length = known[at]
    while length > 0 do
        local from = i - 2 - known[at + 1]
        if from >= 0 and from + length <= to and isAt(
            bytes,
            from,
            at + 2,
            length,
            classes
        ) then
            return 1
        end
        at = at + (length + 2)
        length = known[at]
    end
    return 0
end
--- False only where no literal of any rule occurs in `bytes[from, to)`, whatever its escapes stand for.
function ____exports.mayHoldLiteral(bytes, from, to)
    local pair = ____exports.FIRST_PAIR
    local i = from
    while i < to do
        local kind = kinds[bytes[i]]
        if bit.band(
            ____exports.marks[bit.bor(
                bit.lshift(pair, 3),
                bit.arshift(kind, 3)
            )],
            bit.lshift(
                1,
                bit.band(kind, 7)
            )
        ) ~= 0 and ____exports.confirm(
            bytes,
            i,
            to,
            pair,
            kind,
            PLAIN
        ) == 1 then
            return true
        end
        pair = bit.band(
            bit.bor(
                bit.lshift(pair, 6),
                kind
            ),
            ____exports.PAIRS
        )
        i = i + 1
    end
    return false
end
return ____exports
