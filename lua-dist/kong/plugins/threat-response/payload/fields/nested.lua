local ____exports = {}
local ffi = require("ffi")
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local ____graphql_2Ets = require("kong.plugins.threat-response.payload.fields.graphql")
local judgeOperation = ____graphql_2Ets.judgeOperation
local wasOperation = ____graphql_2Ets.wasOperation
local ____json_2Dwalk_2Ets = require("kong.plugins.threat-response.payload.fields.json-walk")
local walkJson = ____json_2Dwalk_2Ets.walkJson
local wasMalformed = ____json_2Dwalk_2Ets.wasMalformed
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local judgeLeaf = ____leaf_2Ets.judgeLeaf
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local GRAPHQL = ____nested_2Dnotes_2Ets.GRAPHQL
local JSON_TEXT = ____nested_2Dnotes_2Ets.JSON_TEXT
local openNotes = ____nested_2Dnotes_2Ets.openNotes
local takeNotes = ____nested_2Dnotes_2Ets.takeNotes
local URL = ____nested_2Dnotes_2Ets.URL
local ____pair_2Dwalk_2Ets = require("kong.plugins.threat-response.payload.fields.pair-walk")
local pairFormat = ____pair_2Dwalk_2Ets.pairFormat
local walkPairs = ____pair_2Dwalk_2Ets.walkPairs
--- The texts that values had inside: JSON, GraphQL, the query of a URL, or whatever base64 hid. No recursion.
local IN_URL = pairFormat(38, "form", 0, "")
local function judgeWhole(bytes, note)
    return judgeLeaf(
        bytes,
        0,
        #note.text,
        "none",
        note.at,
        note.field
    )
end
local function judgeAsJson(bytes, note)
    local inStrings = walkJson(bytes, #note.text, note.field)
    local ____wasMalformed_result_0
    if wasMalformed() then
        ____wasMalformed_result_0 = stronger(
            inStrings,
            judgeWhole(bytes, note)
        )
    else
        ____wasMalformed_result_0 = inStrings
    end
    return ____wasMalformed_result_0
end
local function judgeQuery(bytes, note)
    local mark = string.find(note.text, "?", 1, true)
    if mark == nil then
        return nil
    end
    local kinds = IN_URL.kinds
    local reading = IN_URL.reading
    local encoding = IN_URL.encoding
    return walkPairs(bytes, mark, #note.text, {
        kinds = kinds,
        reading = reading,
        encoding = encoding,
        at = note.at,
        prefix = note.field .. "?"
    })
end
local function judgeNote(note)
    local bytes = ffi.cast("const uint8_t *", note.text)
    if note.kind == URL then
        return judgeQuery(bytes, note)
    end
    if note.kind == GRAPHQL then
        local found = judgeOperation(bytes, #note.text, note.field)
        if wasOperation() then
            return found
        end
    end
    local looksLikeJson = string.find(note.text, "^%s*[%[{]")
    if note.kind == JSON_TEXT or looksLikeJson ~= nil then
        return judgeAsJson(bytes, note)
    end
    return judgeWhole(bytes, note)
end
--- So deep: base64 in JSON in JSON, or in a parameter of a URL in JSON.
local LEVELS = 2
--- Judges what was noted since the last time.
function ____exports.judgeNested()
    local best
    for level = 1, LEVELS do
        for ____, note in ipairs(takeNotes(level == LEVELS)) do
            if isSpent() then
                break
            end
            best = stronger(
                best,
                judgeNote(note)
            )
        end
    end
    openNotes()
    return best
end
return ____exports
