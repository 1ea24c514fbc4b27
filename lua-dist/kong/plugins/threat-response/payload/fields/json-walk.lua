local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dkinds_2Ets = require("kong.plugins.threat-response.payload.byte-kinds")
local BOUND = ____byte_2Dkinds_2Ets.BOUND
local kinds = ____byte_2Dkinds_2Ets.kinds
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____first_2Dlook_2Ets = require("kong.plugins.threat-response.payload.first-look")
local AS_IT_IS = ____first_2Dlook_2Ets.AS_IT_IS
local confirm = ____first_2Dlook_2Ets.confirm
local FIRST_PAIR = ____first_2Dlook_2Ets.FIRST_PAIR
local LAST = ____first_2Dlook_2Ets.LAST
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
local startStrings = ____json_2Dstring_2Ets.startStrings
local takeFinding = ____json_2Dstring_2Ets.takeFinding
--- Walks the strings of a JSON text without parsing it: any depth, several texts one after the other, malformed ones too. One loop goes through the
-- bytes of all strings, in which a quote counts as marked.
local QUOTE = 34
local COLON = 58
local COMMA = 44
local BACKSLASH = 92
local BRACE = 123
local BRACE_CLOSE = 125
--- Kinds of bytes inside strings. A backslash is always marked, so that no escape is ever passed.
local inString = ffi.new("uint8_t[256]")
ffi.copy(inString, kinds, 256)
inString[QUOTE] = BOUND
--- Of bytes between strings: how much deeper they go, plus one, and whether they cannot stand there.
local LEVEL = 3
local STRAY = 4
local FLAT = 1
local between = ffi.new("uint8_t[256]")
for byte = 0, 255 do
    between[byte] = FLAT + (byte > 32 and STRAY or 0)
end
local function set(bytes, entry)
    for i = 1, #bytes do
        between[string.byte(bytes, i)] = entry
    end
end
set(",:0123456789+-.eEtrufalsn\"", FLAT)
set("{[", FLAT + 1)
set("}]", FLAT - 1)
local isBase64 = ffi.new("uint8_t[256]")
for byte = 48, 122 do
    if byte <= 57 or byte >= 65 and byte <= 90 or byte >= 97 then
        isBase64[byte] = 1
    end
end
for ____, byte in ipairs({43, 45, 47, 95}) do
    isBase64[byte] = 1
end
--- What is shorter hides nothing in base64.
local SHORTEST = 12
local malformed = false
--- Whether the text walked last was no JSON, or was cut off.
function ____exports.wasMalformed()
    return malformed
end
--- Behind a byte order mark.
local function startOf(bytes, to)
    return to > 2 and bytes[0] == 239 and bytes[1] == 187 and bytes[2] == 191 and 3 or 0
end
local depth = 0
local seen = 0
--- Index behind the quote that opens the next string, or `to + 1` where there is none.
local function nextString(bytes, from, to)
    local sum = 0
    local all = 0
    local quote = to
    for i = from, to - 1 do
        local entry = between[bytes[i]]
        all = bit.bor(all, entry)
        sum = sum + bit.band(entry, LEVEL) - FLAT
        if bytes[i] == QUOTE then
            quote = i
            break
        end
    end
    depth = depth + sum
    seen = bit.bor(seen, all)
    return quote + 1
end
--- Index behind the quote that opens the string behind `end`, where the former string's quote is.
local function behindQuote(bytes, ____end, to)
    local byte = bytes[____end + 1]
    if (byte == COLON or byte == COMMA) and ____end + 2 < to and bytes[____end + 2] == QUOTE then
        return ____end + 3
    end
    return nextString(bytes, ____end + 1, to)
end
--- Whether a string begins with so much of base64; without a loop, since each string that is long enough is asked.
local function mayHide(bytes, i)
    local first = bit.band(
        bit.band(
            bit.band(isBase64[bytes[i]], isBase64[bytes[i + 1]]),
            isBase64[bytes[i + 2]]
        ),
        isBase64[bytes[i + 3]]
    )
    if first == 0 then
        return false
    end
    local next = bit.band(
        bit.band(
            bit.band(isBase64[bytes[i + 4]], isBase64[bytes[i + 5]]),
            isBase64[bytes[i + 6]]
        ),
        isBase64[bytes[i + 7]]
    )
    local last = bit.band(
        bit.band(
            bit.band(isBase64[bytes[i + 8]], isBase64[bytes[i + 9]]),
            isBase64[bytes[i + 10]]
        ),
        isBase64[bytes[i + 11]]
    )
    return bit.band(next, last) == 1
end
--- Where the string begins that `nextToJudge` has stopped in.
local start = 0
--- Behind the last string that was judged.
local floor = 0
--- Where the text before a quote with a backslash is JSON no more, the string is taken to begin with that.
local function startOfText(bytes)
    local from = start
    while from > floor and (bytes[from - 1] ~= QUOTE or from - 1 > floor and bytes[from - 2] == BACKSLASH) do
        from = from - 1
    end
    return from
end
--- Goes through strings, from the one that begins at `from`, to where a literal is noticed, or to the end of one that may hide base64; else to `to`.
local function nextToJudge(bytes, from, to)
    local begin = from
    local pair = FIRST_PAIR
    local i = from
    while i < to do
        local triple = bit.bor(
            bit.lshift(pair, 6),
            inString[bytes[i]]
        )
        pair = bit.band(triple, PAIRS)
        if bit.band(
            bit.arshift(
                marks[bit.arshift(triple, 5)],
                triple
            ),
            1
        ) ~= 0 then
            if bit.band(triple, LAST) == BOUND then
                if i - begin >= SHORTEST and mayHide(bytes, begin) then
                    break
                end
                begin = behindQuote(bytes, i, to)
                i = begin - 1
                pair = FIRST_PAIR
            elseif confirm(
                bytes,
                i,
                to,
                triple,
                AS_IT_IS
            ) then
                break
            end
        end
        i = i + 1
    end
    start = begin
    return i
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
    local isOpen = false
    depth = 0
    seen = 0
    startPath()
    startStrings()
    local first = startOf(bytes, to)
    floor = first
    local from = nextString(bytes, first, to)
    while from <= to and not isSpent() do
        local ____end = nextToJudge(bytes, from, to)
        isOpen = start <= to
        if not isOpen then
            break
        end
        if ____end - start >= SHORTEST and mayHide(bytes, start) then
            noteBase64(bytes, start, to, root)
        end
        if ____end < to and bytes[____end] ~= QUOTE then
            local text = startOfText(bytes)
            ____end = judgeString(
                bytes,
                text,
                math.max(
                    ____end,
                    endOfString(bytes, text, to)
                ),
                to,
                root
            )
            floor = ____end + 1
            best = stronger(
                best,
                takeFinding()
            )
        end
        isOpen = ____end >= to
        from = isOpen and to + 1 or behindQuote(bytes, ____end, to)
    end
    local isBroken = seen >= STRAY or isOpen or depth ~= 0
    malformed = not isSpent() and (isBroken or not beginsAsJson(bytes, first, to))
    return best
end
return ____exports
