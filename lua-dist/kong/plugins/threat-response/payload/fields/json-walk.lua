local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ____byte_2Dkinds_2Ets = require("kong.plugins.threat-response.payload.byte-kinds")
local kinds = ____byte_2Dkinds_2Ets.kinds
local OTHER = ____byte_2Dkinds_2Ets.OTHER
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____first_2Dlook_2Ets = require("kong.plugins.threat-response.payload.first-look")
local confirm = ____first_2Dlook_2Ets.confirm
local FIRST_PAIR = ____first_2Dlook_2Ets.FIRST_PAIR
local marks = ____first_2Dlook_2Ets.marks
local PAIRS = ____first_2Dlook_2Ets.PAIRS
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local ____json_2Dpath_2Ets = require("kong.plugins.threat-response.payload.fields.json-path")
local endOfString = ____json_2Dpath_2Ets.endOfString
local startPath = ____json_2Dpath_2Ets.startPath
local ____json_2Dstring_2Ets = require("kong.plugins.threat-response.payload.fields.json-string")
local judgeString = ____json_2Dstring_2Ets.judgeString
local noteBase64 = ____json_2Dstring_2Ets.noteBase64
local takeFinding = ____json_2Dstring_2Ets.takeFinding
--- States; a table's row each.
local OUTSIDE = 0
local INSIDE = 256
local ESCAPED = 512
--- A table's entry: the kind of the byte (first-look.ts) in the lowest six bits, and
local KIND = 63
--- the next state,
local STATE = 768
--- whether the byte cannot stand between strings,
local STRAY = 1024
--- how much deeper it goes, plus one,
local DEPTH = 12
local LEVEL = 3
--- whether it belongs to base64,
local BASE64 = 14
--- and whether it is in a string.
local IN_STRING = 15
local FLAT = bit.lshift(1, DEPTH)
local STRING = bit.lshift(1, IN_STRING)
local ____table = ffi.new("uint16_t[768]")
local function set(bytes, state, entry)
    for i = 1, #bytes do
        ____table[state + string.byte(bytes, i)] = entry
    end
end
for byte = 0, 255 do
    ____table[byte] = OTHER + OUTSIDE + FLAT + (byte > 32 and STRAY or 0)
    ____table[INSIDE + byte] = kinds[byte] + INSIDE + FLAT + STRING
    ____table[ESCAPED + byte] = OTHER + INSIDE + FLAT + STRING
end
set(",:0123456789+-.eEtrufalsn", OUTSIDE, OTHER + OUTSIDE + FLAT)
set("{[", OUTSIDE, OTHER + OUTSIDE + 2 * FLAT)
set("}]", OUTSIDE, OTHER + OUTSIDE)
set("\"", OUTSIDE, OTHER + INSIDE + FLAT)
for byte = 48, 122 do
    local isPart = byte <= 57 or byte >= 65 and byte <= 90 or byte >= 97
    if isPart then
        ____table[INSIDE + byte] = ____table[INSIDE + byte] + bit.lshift(1, BASE64)
    end
end
for ____, byte in ipairs({43, 45, 47, 95}) do
    ____table[INSIDE + byte] = ____table[INSIDE + byte] + bit.lshift(1, BASE64)
end
set("\"", INSIDE, OTHER + OUTSIDE + FLAT + STRING)
set("\\", INSIDE, kinds[92] + ESCAPED + FLAT + STRING)
--- A run of exactly so many bytes of base64.
local SHORTEST = 12
local RUN = bit.lshift(1, SHORTEST) - 1
local RUN_AND_BEFORE = bit.lshift(1, SHORTEST + 1) - 1
local QUOTE = 34
local BACKSLASH = 92
local BRACE = 123
local BRACE_CLOSE = 125
local malformed = false
--- Whether the text walked last was no JSON, or was cut off.
function ____exports.wasMalformed()
    return malformed
end
--- Behind a byte order mark.
local function startOf(bytes, to)
    return to > 2 and bytes[0] == 239 and bytes[1] == 187 and bytes[2] == 191 and 3 or 0
end
--- The beginning of the string that `i` is in, not before `floor`.
local function startOfString(bytes, i, floor)
    local start = i
    while start > floor and (bytes[start - 1] ~= QUOTE or start - 1 > floor and bytes[start - 2] == BACKSLASH) do
        start = start - 1
    end
    return start
end
local floor = 0
--- Judges the string that `i` is in; returns the index of the quote behind which to go on, or the end.
local function judgeAround(bytes, i, to, root)
    local start = startOfString(bytes, i, floor)
    local next = judgeString(
        bytes,
        start,
        math.max(
            i,
            endOfString(bytes, start, to)
        ),
        to,
        root
    )
    floor = next + 1
    return next
end
local state = OUTSIDE
local pair = FIRST_PAIR
local run = 0
local all = 0
local levels = 0
--- Goes on from `from` to the next marked byte in a string, or behind a run of base64, or to the end. Nothing but this is in the loop, and one
-- condition for each of the two, so that the compiler finds no other way through it.
local function advanceTo(bytes, from, to)
    local now, last, history, seen, sum = state, pair, run, all, levels
    local i = from
    while i < to do
        local entry = ____table[now + bytes[i]]
        local kind = bit.band(entry, KIND)
        if bit.band(
            bit.arshift(
                marks[bit.bor(
                    bit.lshift(last, 3),
                    bit.arshift(kind, 3)
                )],
                bit.band(kind, 7)
            ),
            bit.arshift(entry, IN_STRING)
        ) ~= 0 then
            break
        end
        now = bit.band(entry, STATE)
        last = bit.band(
            bit.bor(
                bit.lshift(last, 6),
                kind
            ),
            PAIRS
        )
        history = bit.bor(
            bit.lshift(history, 1),
            bit.band(
                bit.arshift(entry, BASE64),
                1
            )
        )
        seen = bit.bor(seen, entry)
        sum = sum + bit.band(
            bit.arshift(entry, DEPTH),
            LEVEL
        )
        i = i + 1
        if bit.band(history, RUN_AND_BEFORE) == RUN then
            break
        end
    end
    state = now
    pair = last
    run = history
    all = seen
    levels = sum
    return i
end
--- Takes the byte at `i`, whatever its mark.
local function step(bytes, i)
    local entry = ____table[state + bytes[i]]
    state = bit.band(entry, STATE)
    pair = bit.band(
        bit.bor(
            bit.lshift(pair, 6),
            bit.band(entry, KIND)
        ),
        PAIRS
    )
    run = bit.bor(
        bit.lshift(run, 1),
        bit.band(
            bit.arshift(entry, BASE64),
            1
        )
    )
    all = bit.bor(all, entry)
    levels = levels + bit.band(
        bit.arshift(entry, DEPTH),
        LEVEL
    )
    return i + 1
end
local function isRun()
    return bit.band(run, RUN_AND_BEFORE) == RUN
end
--- Judges the string that `i` is in; returns where to go on behind it.
local function judgeAt(bytes, i, to, root)
    local quote = judgeAround(bytes, i, to, root)
    levels = levels + (quote + 1 - i)
    state = quote < to and OUTSIDE or INSIDE
    pair = FIRST_PAIR
    run = 0
    return quote + 1
end
local function start(bytes, to)
    state = OUTSIDE
    pair = FIRST_PAIR
    run = 0
    all = 0
    levels = 0
    floor = startOf(bytes, to)
    startPath()
    return floor
end
local function skipBlanks(bytes, from, to)
    local i = from
    while i < to and bytes[i] <= 32 do
        i = i + 1
    end
    return i
end
--- Whether an object begins as one: `{{self}}` and `{7+7}` have no sign either that JSON has not.
local function beginsAsJson(bytes, from, to)
    local open = skipBlanks(bytes, from, to)
    if bytes[open] ~= BRACE then
        return true
    end
    local next = skipBlanks(bytes, open + 1, to)
    return next >= to or bytes[next] == QUOTE or bytes[next] == BRACE_CLOSE
end
--- Judges keys and strings of `bytes[0, to)` one by one. `root` is what the text is called in a finding.
function ____exports.walkJson(bytes, to, root)
    local best
    local i = start(bytes, to)
    local first = i
    while i < to and not isSpent() do
        i = isRun() and i or advanceTo(bytes, i, to)
        if isRun() then
            if bytes[i - SHORTEST - 1] == QUOTE then
                noteBase64(bytes, i - SHORTEST, to, root)
            end
            run = 0
        elseif i < to then
            if confirm(
                bytes,
                i,
                to,
                pair,
                bit.band(____table[state + bytes[i]], KIND),
                PLAIN
            ) == 1 then
                i = judgeAt(bytes, i, to, root)
                best = stronger(
                    best,
                    takeFinding()
                )
            else
                i = step(bytes, i)
            end
        end
    end
    local isBroken = bit.band(all, STRAY) ~= 0 or state ~= OUTSIDE or levels ~= to - first
    malformed = not isSpent() and (isBroken or not beginsAsJson(bytes, first, to))
    return best
end
return ____exports
