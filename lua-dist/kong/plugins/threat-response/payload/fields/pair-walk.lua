local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local FORM = ____byte_2Dclasses_2Ets.FORM
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ____byte_2Dkinds_2Ets = require("kong.plugins.threat-response.payload.byte-kinds")
local formKinds = ____byte_2Dkinds_2Ets.formKinds
local plainKinds = ____byte_2Dkinds_2Ets.kinds
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____first_2Dlook_2Ets = require("kong.plugins.threat-response.payload.first-look")
local confirm = ____first_2Dlook_2Ets.confirm
local FIRST_PAIR = ____first_2Dlook_2Ets.FIRST_PAIR
local marks = ____first_2Dlook_2Ets.marks
local PAIRS = ____first_2Dlook_2Ets.PAIRS
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local ____pair_2Ets = require("kong.plugins.threat-response.payload.fields.pair")
local judgeHiddenValue = ____pair_2Ets.judgeHiddenValue
local judgeName = ____pair_2Ets.judgeName
local judgePairValue = ____pair_2Ets.judgePairValue
local noteHiddenName = ____pair_2Ets.noteHiddenName
local ____repeated_2Dnames_2Ets = require("kong.plugins.threat-response.payload.fields.repeated-names")
local judgeRepeated = ____repeated_2Dnames_2Ets.judgeRepeated
local keepPair = ____repeated_2Dnames_2Ets.keepPair
local startRepeated = ____repeated_2Dnames_2Ets.startRepeated
--- Beside the kinds of `first-look.ts`.
local EVENT = 64
local EQUALS = 64
local SEPARATOR = 65
local IN_NAME = 0
local IN_VALUE = 256
local BLANK = 32
function ____exports.pairFormat(separator, encoding, at, prefix)
    local kinds = ffi.new("uint8_t[512]")
    for byte = 0, 255 do
        kinds[byte] = encoding == "form" and formKinds[byte] or plainKinds[byte]
        kinds[IN_VALUE + byte] = kinds[byte]
    end
    kinds[61] = EQUALS
    kinds[separator] = SEPARATOR
    kinds[IN_VALUE + separator] = SEPARATOR
    local reading = encoding == "form" and ({kinds = formKinds, classes = FORM}) or ({kinds = plainKinds, classes = PLAIN})
    return {
        kinds = kinds,
        reading = reading,
        encoding = encoding,
        at = at,
        prefix = prefix
    }
end
--- Judges `bytes[start, end)`, split at `equals`; the hits tell what the first look has noticed.
local function judgePair(bytes, start, equals, ____end, hits, place)
    local from = bytes[start] == BLANK and start + 1 or start
    local best
    if bit.band(hits, 1) == 1 then
        best = judgeName(bytes, from, equals, place)
    end
    if ____end - equals <= 2 then
        noteHiddenName(bytes, from, equals, place)
    end
    if equals >= ____end then
        return best
    end
    keepPair(
        from,
        equals,
        ____end,
        bit.band(hits, 2) == 2
    )
    if bit.band(hits, 2) == 2 then
        return stronger(
            best,
            judgePairValue(
                bytes,
                from,
                equals,
                ____end,
                place
            )
        )
    end
    return stronger(
        best,
        judgeHiddenValue(
            bytes,
            from,
            equals,
            ____end,
            place
        )
    )
end
--- Names and values of a query, a form, a Cookie header or a path's parameters, each by itself, and repeated ones also together.
function ____exports.walkPairs(bytes, from, to, format)
    local ____format_0 = format
    local kinds = ____format_0.kinds
    local reading = ____format_0.reading
    local best
    local half = IN_NAME
    local hit = 0
    local nameHit = 0
    local pair = FIRST_PAIR
    local start = from
    local equals = to
    local i = from
    startRepeated()
    while i <= to do
        local kind = i < to and kinds[half + bytes[i]] or SEPARATOR
        if kind < EVENT then
            local triple = bit.bor(
                bit.lshift(pair, 6),
                kind
            )
            if bit.band(
                bit.arshift(
                    marks[bit.arshift(triple, 5)],
                    triple
                ),
                1
            ) ~= 0 and hit == 0 and confirm(
                bytes,
                i,
                to,
                triple,
                reading
            ) then
                hit = 1
            end
            pair = bit.band(triple, PAIRS)
        else
            if kind == SEPARATOR then
                local hits = half == IN_NAME and hit or nameHit + hit * 2
                best = stronger(
                    best,
                    judgePair(
                        bytes,
                        start,
                        half == IN_NAME and i or equals,
                        i,
                        hits,
                        format
                    )
                )
                if isSpent() then
                    return best
                end
                start = i + 1
                half = IN_NAME
            else
                equals = i
                nameHit = hit
                half = IN_VALUE
            end
            hit = 0
            pair = FIRST_PAIR
        end
        i = i + 1
    end
    return stronger(
        best,
        judgeRepeated(bytes, format)
    )
end
return ____exports
