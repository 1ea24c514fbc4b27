local ____exports = {}
local ffi = require("ffi")
local ____clean_2Dvalues_2Ets = require("kong.plugins.threat-response.payload.clean-values")
local createCleanValues = ____clean_2Dvalues_2Ets.createCleanValues
local isKnownClean = ____clean_2Dvalues_2Ets.isKnownClean
local keepClean = ____clean_2Dvalues_2Ets.keepClean
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local told = ____evaluate_2Ets.told
local ____graphql_2Ets = require("kong.plugins.threat-response.payload.fields.graphql")
local startOperations = ____graphql_2Ets.startOperations
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local deservesJudging = ____leaf_2Ets.deservesJudging
local judgeLeaf = ____leaf_2Ets.judgeLeaf
local judgeWithin = ____leaf_2Ets.judgeWithin
local noteBase64 = ____leaf_2Ets.noteBase64
local ____nested_2Ets = require("kong.plugins.threat-response.payload.fields.nested")
local judgeNested = ____nested_2Ets.judgeNested
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local noteCount = ____nested_2Dnotes_2Ets.noteCount
local openNotes = ____nested_2Dnotes_2Ets.openNotes
local ____pair_2Dwalk_2Ets = require("kong.plugins.threat-response.payload.fields.pair-walk")
local pairFormat = ____pair_2Dwalk_2Ets.pairFormat
local walkPairs = ____pair_2Dwalk_2Ets.walkPairs
local ____first_2Dlook_2Ets = require("kong.plugins.threat-response.payload.first-look")
local mayHoldLiteral = ____first_2Dlook_2Ets.mayHoldLiteral
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local beginInspection = ____inspection_2Ets.beginInspection
local leave = ____inspection_2Ets.leave
local spent = ____inspection_2Ets.spent
local ____ordinary_2Ets = require("kong.plugins.threat-response.payload.ordinary")
local isOrdinaryPart = ____ordinary_2Ets.isOrdinaryPart
local PATH = ____ordinary_2Ets.PATH
local QUERY = ____ordinary_2Ets.QUERY
local ____parts_2Ets = require("kong.plugins.threat-response.payload.parts")
local beginParts = ____parts_2Ets.beginParts
local closeParts = ____parts_2Ets.closeParts
local settleHidden = ____parts_2Ets.settleHidden
local settlePart = ____parts_2Ets.settlePart
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_PATH = ____rule_2Ets.AT_PATH
local AT_QUERY = ____rule_2Ets.AT_QUERY
local ____scan_2Dbody_2Ets = require("kong.plugins.threat-response.payload.scan-body")
local scanBody = ____scan_2Dbody_2Ets.scanBody
local ____scan_2Dheaders_2Ets = require("kong.plugins.threat-response.payload.scan-headers")
local isSettled = ____scan_2Dheaders_2Ets.isSettled
local scanAgent = ____scan_2Dheaders_2Ets.scanAgent
local scanContentType = ____scan_2Dheaders_2Ets.scanContentType
local scanCookies = ____scan_2Dheaders_2Ets.scanCookies
local scanOtherHeaders = ____scan_2Dheaders_2Ets.scanOtherHeaders
local scanReferer = ____scan_2Dheaders_2Ets.scanReferer
local PARAMETERS = pairFormat(38, "form", AT_QUERY, "query:")
local MATRIX = pairFormat(59, "none", AT_PATH, "path:")
local SLASH = 47
local SEMICOLON = 59
--- A segment, and its matrix parameters, as in `/files;name=x;kind=y`.
local function judgeSegment(bytes, start, ____end)
    noteBase64(
        bytes,
        start,
        ____end,
        "none",
        AT_PATH,
        "path"
    )
    local mark = start
    while mark < ____end and bytes[mark] ~= SEMICOLON do
        mark = mark + 1
    end
    local ____temp_0
    if mark < ____end then
        ____temp_0 = walkPairs(bytes, mark + 1, ____end, MATRIX)
    else
        ____temp_0 = nil
    end
    local parameters = ____temp_0
    return stronger(
        parameters,
        judgeLeaf(
            bytes,
            start,
            ____end,
            "none",
            AT_PATH,
            "path"
        )
    )
end
local function judgePath(path)
    local bytes = ffi.cast("const uint8_t *", path)
    local length = #path
    local best
    if mayHoldLiteral(bytes, 0, length) and deservesJudging(bytes, 0, length, "none") then
        best = judgeWithin(
            bytes,
            0,
            length,
            "none",
            AT_PATH,
            "path"
        )
    end
    local start = 0
    while start < length do
        local ____end = start
        while ____end < length and bytes[____end] ~= SLASH do
            ____end = ____end + 1
        end
        if ____end > start then
            best = stronger(
                best,
                judgeSegment(bytes, start, ____end)
            )
        end
        start = ____end + 1
    end
    return best
end
--- Many ask for the same: what was clean before is looked up.
local cleanPaths = createCleanValues(150, 96)
local cleanQueries = createCleanValues(150, 96)
local function scanPath(path)
    if isKnownClean(cleanPaths, path) or isOrdinaryPart(path, PATH, 0) then
        return nil
    end
    local notes = noteCount()
    local before = spent()
    local found = judgePath(path)
    settlePart(found, notes, before)
    if isSettled(found, notes) then
        keepClean(cleanPaths, path)
    end
    return found
end
local function scanQuery(query)
    if query == nil or query == "" or isKnownClean(cleanQueries, query) then
        return nil
    end
    if isOrdinaryPart(query, QUERY, 0) then
        return nil
    end
    local notes = noteCount()
    local before = spent()
    local found = walkPairs(
        ffi.cast("const uint8_t *", query),
        0,
        #query,
        PARAMETERS
    )
    settlePart(found, notes, before)
    if isSettled(found, notes) then
        keepClean(cleanQueries, query)
    end
    return found
end
--- The strongest sign of an injection in a request, or nothing. Never raises on any bytes, and costs no more than the limits say: what is
-- left then is noted (inspection.ts).
function ____exports.scanRequest(parts, limits)
    beginInspection(limits)
    openNotes()
    startOperations()
    if parts.unread ~= nil then
        leave(parts.unread)
    end
    beginParts()
    local best = scanPath(parts.path)
    best = stronger(
        best,
        scanQuery(parts.query)
    )
    best = stronger(
        best,
        scanCookies(parts.cookie)
    )
    best = stronger(
        best,
        scanAgent(parts.userAgent)
    )
    best = stronger(
        best,
        scanReferer(parts.referer)
    )
    best = stronger(
        best,
        scanContentType(parts.contentType)
    )
    best = stronger(
        best,
        scanOtherHeaders(parts.headers)
    )
    best = stronger(
        best,
        scanBody(parts.body, parts.contentType)
    )
    closeParts()
    local before = spent()
    local hidden = judgeNested()
    settleHidden(
        hidden,
        spent() - before
    )
    best = stronger(best, hidden)
    local ____temp_1
    if best == nil then
        ____temp_1 = nil
    else
        ____temp_1 = told(best)
    end
    return ____temp_1
end
return ____exports
