local ____exports = {}
local ffi = require("ffi")
local ____declared_2Ets = require("kong.plugins.threat-response.payload.declared")
local spare = ____declared_2Ets.spare
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local AT_NAME = ____rule_2Ets.AT_NAME
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local ____screen_2Ets = require("kong.plugins.threat-response.payload.screen")
local isScreening = ____screen_2Ets.isScreening
local ____base64_2Ets = require("kong.plugins.threat-response.payload.fields.base64")
local mayBeBase64 = ____base64_2Ets.mayBeBase64
local readBase64 = ____base64_2Ets.readBase64
local ____json_2Dpath_2Ets = require("kong.plugins.threat-response.payload.fields.json-path")
local colonBehind = ____json_2Dpath_2Ets.colonBehind
local endOfString = ____json_2Dpath_2Ets.endOfString
local pathAt = ____json_2Dpath_2Ets.pathAt
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
--- Bytes before and behind a key that its meaning depends on.
local STRUCTURE_LEAD = 64
local STRUCTURE_TAIL = 160
--- Keys that change what an object or a query means begin so: `$ne`, `__proto__`, `constructor`, `py/object`, or escaped ones.
local function isStructural(bytes, from)
    local first = bytes[from]
    local isPython = first == 112 and bytes[from + 1] == 121 and bytes[from + 2] == 47
    return isPython or first == 36 or first == 95 or first == 92 or first == 99
end
--- The score of the strongest that was found in this text.
local strongest = 0
function ____exports.startStrings()
    strongest = 0
end
--- Judges a string that is called as `pathAt` says at `place`: asked only where it is the strongest so far, since no other counts.
local function judgeNamed(bytes, from, ____end, at, place, root)
    local isNamedFirst = isScreening()
    local found = judgeWithin(
        bytes,
        from,
        ____end,
        "json",
        at,
        isNamedFirst and pathAt(bytes, place, root) or root
    )
    if found ~= nil and not isNamedFirst then
        if found.score <= strongest then
            return nil
        end
        found.field = pathAt(bytes, place, root)
    end
    return spare(found, at)
end
local function judgeKey(bytes, from, ____end, to, root)
    local found
    if deservesJudging(bytes, from, ____end, "json") then
        found = judgeNamed(
            bytes,
            from,
            ____end,
            AT_BODY + AT_NAME,
            ____end + 2,
            root
        )
    end
    if not isStructural(bytes, from) then
        return found
    end
    local start = math.max(0, from - STRUCTURE_LEAD)
    local stop = math.min(to, ____end + STRUCTURE_TAIL)
    return stronger(
        found,
        judgeWithin(
            bytes,
            start,
            stop,
            "none",
            AT_STRUCTURE,
            root
        )
    )
end
--- The first byte that is no blank, as itself or as `\n` and the like.
local function firstShown(bytes, from, to)
    local i = from
    while i < to do
        if bytes[i] > 32 and bytes[i] ~= 92 then
            return bytes[i]
        end
        if bytes[i] == 92 and bytes[i + 1] ~= 110 and bytes[i + 1] ~= 114 and bytes[i + 1] ~= 116 then
            return 92
        end
        i = i + (bytes[i] == 92 and 2 or 1)
    end
    return 0
end
local function holdsByte(bytes, from, to, byte)
    for i = from, to - 1 do
        if bytes[i] == byte then
            return true
        end
    end
    return false
end
--- Which structure of its own a string may have, by how it begins; 0 for none.
local function nestedKind(bytes, from, to)
    local first = firstShown(bytes, from, to)
    if first == 123 or first == 91 then
        return JSON_TEXT
    end
    return (first == 104 or first == 47) and holdsByte(bytes, from, to, 63) and URL or 0
end
local function judgeText(bytes, from, ____end, root)
    local kind = canNest() and nestedKind(bytes, from, ____end) or 0
    if kind ~= 0 then
        local text = undoTransport(bytes, from, ____end, "json")
        local isKept = noteNested(
            kind,
            text,
            AT_BODY,
            pathAt(bytes, from, root)
        )
        if isKept and kind ~= URL then
            return nil
        end
    end
    if not deservesJudging(bytes, from, ____end, "json") then
        return nil
    end
    return judgeNamed(
        bytes,
        from,
        ____end,
        AT_BODY,
        from,
        root
    )
end
local function isQuery(bytes, from, ____end)
    return ____end - from == 5 and bytes[from] == 113 and ffi.string(bytes + from, 5) == "query"
end
--- Keeps the operation that is the value of the key before `colon`; returns where it ends, or 0 where it is none.
local function keepOperation(bytes, colon, to, root)
    local from = colon + 1
    while from < to and bytes[from] <= 32 do
        from = from + 1
    end
    if from >= to or bytes[from] ~= 34 then
        return 0
    end
    from = from + 1
    local ____end = endOfString(bytes, from, to)
    if not holdsByte(bytes, from, ____end, 123) then
        return 0
    end
    return noteNested(
        GRAPHQL,
        undoTransport(bytes, from, ____end, "json"),
        AT_BODY,
        pathAt(bytes, from, root)
    ) and ____end or 0
end
local found
--- What the last string was judged to be.
function ____exports.takeFinding()
    if found ~= nil then
        strongest = math.max(strongest, found.score)
    end
    return found
end
--- Judges the string `bytes[from, end)` of a text that ends at `to`; returns the index of the quote behind which to go on.
function ____exports.judgeString(bytes, from, ____end, to, root)
    local colon = colonBehind(bytes, ____end, to)
    found = nil
    if colon == 0 then
        found = judgeText(bytes, from, ____end, root)
        return ____end
    end
    if isQuery(bytes, from, ____end) then
        local operationEnd = canNest() and keepOperation(bytes, colon, to, root) or 0
        return operationEnd > 0 and operationEnd or ____end
    end
    found = judgeKey(
        bytes,
        from,
        ____end,
        to,
        root
    )
    return ____end
end
--- Looks behind base64 in the string that begins at `from`.
function ____exports.noteBase64(bytes, from, to, root)
    if not canNest() or not mayBeBase64(bytes, from, to, "json") then
        return
    end
    local text = readBase64(
        bytes,
        from,
        endOfString(bytes, from, to),
        "json"
    )
    if text ~= nil then
        noteNested(
            TEXT,
            text,
            AT_BODY,
            pathAt(bytes, from, root)
        )
    end
end
return ____exports
