local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ____byte_2Dkinds_2Ets = require("kong.plugins.threat-response.payload.byte-kinds")
local BLANKS = ____byte_2Dkinds_2Ets.BLANKS
local BOUND = ____byte_2Dkinds_2Ets.BOUND
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
-- Whoever walks through values of several bounds gives the kind BOUND to the bytes that end one: those count as marked whatever is before them, so that
-- its loop has one condition for both. Such a loop keeps `pair`, the kinds of the last two bytes (FIRST_PAIR at the beginning of a value), and does for each
-- byte of kind `kind`
--     const triple = (pair << 6) | kind;
--     pair = triple & PAIRS;
--     if (((marks[triple >> 5] >> triple) & 1) !== 0) …
____exports.FIRST_PAIR = OTHER * KINDS + OTHER
____exports.PAIRS = KINDS * KINDS - 1
--- The last kind of a triple.
____exports.LAST = KINDS - 1
--- One bit for each triple: 32 of them in each word.
____exports.marks = ffi.new("int32_t[?]", KINDS * KINDS * KINDS / 32)
--- 1 where two kinds are all of a literal.
local shorts = ffi.new("uint8_t[?]", KINDS * KINDS)
--- For each marked triple the literals it is of, one behind the other: how long the literal is and where in it the triple is, one byte each,
-- and the literal as classes of `byte-classes.ts`. While loading only; then they are in `known`.
local candidates = {}
local function mark(triple)
    ____exports.marks[bit.arshift(triple, 5)] = bit.bor(
        ____exports.marks[bit.arshift(triple, 5)],
        bit.lshift(
            1,
            bit.band(triple, 31)
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
for pair = 0, ____exports.PAIRS do
    mark(pair * KINDS + BOUND)
end
--- The texts of all triples, each closed by a zero; by slot the triple, and where its text begins.
local SLOTS = 4096
local slotTriples = ffi.new("int32_t[?]", SLOTS)
local slotTexts = ffi.new("int32_t[?]", SLOTS)
--- By slot one bit for each kind that the literals of the triple have before and behind it.
local before = ffi.new("int32_t[?]", SLOTS * 2)
local behind = ffi.new("int32_t[?]", SLOTS * 2)
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
local kindsOfClasses = ffi.new("uint8_t[256]")
for byte = 0, 255 do
    kindsOfClasses[PLAIN[byte]] = kinds[byte]
end
--- Allows what a literal has at `at`; where the literal has nothing there, everything.
local function allow(masks, slot, text, at, isThere)
    for kind = 0, KINDS - 1 do
        local word = slot * 2 + bit.arshift(kind, 5)
        if not isThere or kind == kindsOfClasses[string.byte(text, at)] then
            masks[word] = bit.bor(
                masks[word],
                bit.lshift(
                    1,
                    bit.band(kind, 31)
                )
            )
        end
    end
end
local function allowNeighbours(slot, text)
    local at = 1
    while at <= #text do
        local length = string.byte(text, at)
        local offset = string.byte(text, at + 1)
        local triple = at + 2 + offset
        allow(
            before,
            slot,
            text,
            triple - 1,
            offset > 0
        )
        allow(
            behind,
            slot,
            text,
            triple + 3,
            offset + 3 < length
        )
        at = at + (length + 2)
    end
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
        allowNeighbours(slot, text)
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
--- Whether a literal is around the triple that ends at `i`, in a text that ends at `to`.
local function isAnyAt(bytes, i, to, slot, classes)
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
            return true
        end
        at = at + (length + 2)
        length = known[at]
    end
    return false
end
--- Whether the marked triple that ends with the byte at `i` is of a literal that is there, in a text that ends at `to`. Most are not, which the bytes
-- before and behind show.
function ____exports.confirm(bytes, i, to, triple, reading)
    if shorts[bit.band(triple, ____exports.PAIRS)] ~= 0 then
        return true
    end
    local slot = slotOf(triple)
    if slotTriples[slot] ~= triple then
        return false
    end
    local former = reading.kinds[bytes[i - 3]]
    local next = reading.kinds[bytes[i + 1]]
    local isAllowed = bit.band(
        bit.band(
            bit.arshift(
                before[slot * 2 + bit.arshift(former, 5)],
                former
            ),
            bit.arshift(
                behind[slot * 2 + bit.arshift(next, 5)],
                next
            )
        ),
        1
    )
    return isAllowed ~= 0 and isAnyAt(
        bytes,
        i,
        to,
        slot,
        reading.classes
    )
end
____exports.AS_IT_IS = {kinds = kinds, classes = PLAIN}
--- False only where no literal of any rule occurs in `bytes[from, to)`, whatever its escapes stand for.
function ____exports.mayHoldLiteral(bytes, from, to)
    local pair = ____exports.FIRST_PAIR
    for i = from, to - 1 do
        local triple = bit.bor(
            bit.lshift(pair, 6),
            kinds[bytes[i]]
        )
        pair = bit.band(triple, ____exports.PAIRS)
        if bit.band(
            bit.arshift(
                ____exports.marks[bit.arshift(triple, 5)],
                triple
            ),
            1
        ) ~= 0 and ____exports.confirm(
            bytes,
            i,
            to,
            triple,
            ____exports.AS_IT_IS
        ) then
            return true
        end
    end
    return false
end
return ____exports
