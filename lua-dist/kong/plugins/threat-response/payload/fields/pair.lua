local ____exports = {}
local ffi = require("ffi")
local ____declared_2Ets = require("kong.plugins.threat-response.payload.declared")
local spare = ____declared_2Ets.spare
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_NAME = ____rule_2Ets.AT_NAME
local ____base64_2Ets = require("kong.plugins.threat-response.payload.fields.base64")
local readBase64 = ____base64_2Ets.readBase64
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local deservesJudging = ____leaf_2Ets.deservesJudging
local judgeWithin = ____leaf_2Ets.judgeWithin
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local canNest = ____nested_2Dnotes_2Ets.canNest
local GRAPHQL = ____nested_2Dnotes_2Ets.GRAPHQL
local JSON_TEXT = ____nested_2Dnotes_2Ets.JSON_TEXT
local noteNested = ____nested_2Dnotes_2Ets.noteNested
local TEXT = ____nested_2Dnotes_2Ets.TEXT
local URL = ____nested_2Dnotes_2Ets.URL
local ____transport_2Ets = require("kong.plugins.threat-response.payload.fields.transport")
local undoTransport = ____transport_2Ets.undoTransport
local PERCENT = 37
local QUESTION = 63
local LONGEST_NAME = 64
local SHORTEST_BASE64 = 12
function ____exports.fieldOf(bytes, from, equals, place)
    return place.prefix .. ffi.string(
        bytes + from,
        math.min(
            math.max(0, equals - from),
            LONGEST_NAME
        )
    )
end
--- The first byte, itself or percent-encoded.
local function firstByte(bytes, from, to)
    if bytes[from] ~= PERCENT or from + 2 >= to then
        return bytes[from]
    end
    if bytes[from + 1] == 50 then
        return bit.bor(bytes[from + 2], 32) == 102 and 47 or 0
    end
    if bit.bor(bytes[from + 2], 32) ~= 98 then
        return 0
    end
    return bytes[from + 1] == 55 and 123 or (bytes[from + 1] == 53 and 91 or 0)
end
local function holdsQuestion(bytes, from, to)
    for i = from, to - 1 do
        if bytes[i] == QUESTION then
            return true
        end
        if bytes[i] == PERCENT and i + 2 < to and bytes[i + 1] == 51 and bit.bor(bytes[i + 2], 32) == 102 then
            return true
        end
    end
    return false
end
local function isQuery(bytes, from, equals)
    return equals - from == 5 and bytes[from] == 113 and bytes[from + 1] == 117 and bytes[from + 4] == 121
end
--- Which structure of its own a value may have, by how it begins; 0 for none.
local function nestedKind(bytes, start, equals, ____end)
    local first = firstByte(bytes, equals + 1, ____end)
    if isQuery(bytes, start, equals) and (first == 123 or first == 113 or first == 109 or first == 115) then
        return GRAPHQL
    end
    if first == 123 or first == 91 then
        return JSON_TEXT
    end
    return (first == 104 or first == 47) and holdsQuestion(bytes, equals + 1, ____end) and URL or 0
end
local function noteBase64(bytes, start, equals, ____end, place)
    if ____end - equals <= SHORTEST_BASE64 or not canNest() then
        return
    end
    local text = readBase64(bytes, equals + 1, ____end, place.encoding)
    if text ~= nil then
        noteNested(
            TEXT,
            text,
            place.at,
            ____exports.fieldOf(bytes, start, equals, place)
        )
    end
end
--- Looks behind base64 that stands where a name would.
function ____exports.noteHiddenName(bytes, from, ____end, place)
    if ____end - from < SHORTEST_BASE64 or not canNest() then
        return
    end
    local text = readBase64(bytes, from, ____end, place.encoding)
    if text ~= nil then
        noteNested(
            TEXT,
            text,
            place.at,
            ____exports.fieldOf(bytes, from, ____end, place)
        )
    end
end
--- Judges a name that the first look has noticed.
function ____exports.judgeName(bytes, from, equals, place)
    if not deservesJudging(bytes, from, equals, place.encoding) then
        return nil
    end
    return judgeWithin(
        bytes,
        from,
        equals,
        place.encoding,
        place.at + AT_NAME,
        ____exports.fieldOf(bytes, from, equals, place)
    )
end
--- Judges a value that the first look has noticed, or keeps what is nested in it for later.
function ____exports.judgePairValue(bytes, start, equals, ____end, place)
    local from = equals + 1
    noteBase64(
        bytes,
        start,
        equals,
        ____end,
        place
    )
    local kind = canNest() and nestedKind(bytes, start, equals, ____end) or 0
    if kind ~= 0 then
        local text = undoTransport(bytes, from, ____end, place.encoding)
        local isKept = noteNested(
            kind,
            text,
            place.at,
            ____exports.fieldOf(bytes, start, equals, place)
        )
        if isKept and kind ~= URL then
            return nil
        end
    end
    if not deservesJudging(bytes, from, ____end, place.encoding) then
        return nil
    end
    return spare(
        judgeWithin(
            bytes,
            from,
            ____end,
            place.encoding,
            place.at,
            ____exports.fieldOf(bytes, start, equals, place)
        ),
        place.at
    )
end
--- Looks at a value that the first look has not noticed: only what is hidden may be of interest.
function ____exports.judgeHiddenValue(bytes, start, equals, ____end, place)
    if isQuery(bytes, start, equals) then
        return ____exports.judgePairValue(
            bytes,
            start,
            equals,
            ____end,
            place
        )
    end
    noteBase64(
        bytes,
        start,
        equals,
        ____end,
        place
    )
    return nil
end
return ____exports
