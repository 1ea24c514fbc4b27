local ____exports = {}
local ffi = require("ffi")
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____first_2Dlook_2Ets = require("kong.plugins.threat-response.payload.first-look")
local FIRST_PAIR = ____first_2Dlook_2Ets.FIRST_PAIR
local marks = ____first_2Dlook_2Ets.marks
local PAIRS = ____first_2Dlook_2Ets.PAIRS
local plainKinds = ____first_2Dlook_2Ets.kinds
local ____json_2Dpath_2Ets = require("kong.plugins.threat-response.payload.fields.json-path")
local depthNow = ____json_2Dpath_2Ets.depthNow
local goBack = ____json_2Dpath_2Ets.goBack
local goDeeper = ____json_2Dpath_2Ets.goDeeper
local openKey = ____json_2Dpath_2Ets.openKey
local startPath = ____json_2Dpath_2Ets.startPath
local ____json_2Dstring_2Ets = require("kong.plugins.threat-response.payload.fields.json-string")
local judgeHidden = ____json_2Dstring_2Ets.judgeHidden
local judgeString = ____json_2Dstring_2Ets.judgeString
--- What a byte means, beside the kinds of `first-look.ts`, which are below EVENT.
local EVENT = 64
local OPEN = 64
local CLOSE = 65
local ESCAPE = 66
local COLON = 67
local DEEPER = 68
local SHALLOWER = 69
local STRAY = 70
local OUTSIDE = 0
local INSIDE = 256
--- The first half for bytes between strings, the second for those of strings.
local kinds = ffi.new("uint8_t[512]")
local function set(bytes, kind)
    for i = 1, #bytes do
        kinds[string.byte(bytes, i)] = kind
    end
end
ffi.fill(kinds, 256, STRAY)
for blank = 0, 32 do
    kinds[blank] = 0
end
set(",0123456789+-.eEtrufalsn", 0)
set("\"", OPEN)
set(":", COLON)
set("{[", DEEPER)
set("}]", SHALLOWER)
for byte = 0, 255 do
    kinds[INSIDE + byte] = plainKinds[byte]
end
kinds[INSIDE + 34] = CLOSE
kinds[INSIDE + 92] = ESCAPE
--- Shorter strings hide nothing.
local SHORTEST_HIDDEN = 11
local malformed = false
--- Whether the text walked last was no JSON, or was cut off.
function ____exports.wasMalformed()
    return malformed
end
--- Behind a byte order mark.
local function startOf(bytes, to)
    return to > 2 and bytes[0] == 239 and bytes[1] == 187 and bytes[2] == 191 and 3 or 0
end
--- Goes up or down, or notes what does not belong between strings.
local function note(kind)
    if kind == DEEPER then
        goDeeper()
    elseif kind == SHALLOWER and depthNow() > 0 then
        goBack()
    else
        malformed = true
    end
end
--- Judges keys and strings of `bytes[0, to)` one by one. `root` is what the text is called in a finding.
function ____exports.walkJson(bytes, to, root)
    local best
    local half = OUTSIDE
    local hit = 0
    local pair = FIRST_PAIR
    local start = 0
    local ____end = 0
    local i = startOf(bytes, to)
    malformed = false
    startPath()
    while i < to do
        local kind = kinds[half + bytes[i]]
        i = i + 1
        if kind < EVENT then
            hit = bit.bor(
                hit,
                bit.arshift(
                    marks[bit.bor(
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
                PAIRS
            )
        elseif kind == OPEN then
            half = INSIDE
            hit = 0
            pair = FIRST_PAIR
            start = i
        elseif kind == CLOSE then
            half = OUTSIDE
            ____end = i - 1
            if bit.band(hit, 1) == 1 then
                best = stronger(
                    best,
                    judgeString(
                        bytes,
                        start,
                        ____end,
                        to,
                        root
                    )
                )
            elseif ____end - start >= SHORTEST_HIDDEN then
                best = stronger(
                    best,
                    judgeHidden(
                        bytes,
                        start,
                        ____end,
                        to,
                        root
                    )
                )
            end
        elseif kind == COLON then
            openKey(start, ____end)
        elseif kind == ESCAPE then
            hit = 1
            i = i + 1
        else
            note(kind)
        end
    end
    if half == INSIDE then
        best = stronger(
            best,
            judgeString(
                bytes,
                start,
                to,
                to,
                root
            )
        )
    end
    malformed = malformed or half == INSIDE or depthNow() > 0
    return best
end
return ____exports
