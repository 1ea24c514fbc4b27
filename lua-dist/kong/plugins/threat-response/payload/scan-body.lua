local ____exports = {}
local ffi = require("ffi")
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local ENCODED = ____byte_2Dclasses_2Ets.ENCODED
local FORM = ____byte_2Dclasses_2Ets.FORM
local JSON_TEXT = ____byte_2Dclasses_2Ets.JSON_TEXT
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local automaton = ____evaluate_2Ets.automaton
local judgeValue = ____evaluate_2Ets.judgeValue
local ____json_2Ets = require("kong.plugins.threat-response.payload.fields.json")
local judgeJson = ____json_2Ets.judgeJson
local ____multipart_2Ets = require("kong.plugins.threat-response.payload.fields.multipart")
local judgeMultipart = ____multipart_2Ets.judgeMultipart
local ____pairs_2Ets = require("kong.plugins.threat-response.payload.fields.pairs")
local judgePairs = ____pairs_2Ets.judgePairs
local ____xml_2Ets = require("kong.plugins.threat-response.payload.fields.xml")
local judgeXml = ____xml_2Ets.judgeXml
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local holdsLiteral = ____sift_2Ets.holdsLiteral
local isBinary = ____sift_2Ets.isBinary
local FORM_BODY = {separator = 38, encoding = "form", at = AT_BODY, prefix = "form:"}
local function contains(text, word)
    local at = string.find(text, word, 1, true)
    return at ~= nil
end
local function firstByte(body)
    local at = string.find(body, "%S")
    return at == nil and 0 or string.byte(body, at)
end
--- What the body looks like, where its type does not say.
local function sniffFormat(body, otherwise)
    local first = firstByte(body)
    if first == 123 or first == 91 then
        return "json"
    end
    if first == 60 then
        return "xml"
    end
    return otherwise
end
local function formatOf(body, contentType)
    if contentType == nil then
        return sniffFormat(body, "form")
    end
    local ____type = string.lower(contentType)
    if contains(____type, "json") then
        return "json"
    end
    if contains(____type, "form-urlencoded") then
        return sniffFormat(body, "form")
    end
    if contains(____type, "multipart/") then
        return "multipart"
    end
    if contains(____type, "xml") then
        return "xml"
    end
    return sniffFormat(body, "text")
end
local function classesOf(format)
    if format == "json" then
        return JSON_TEXT
    end
    if format == "form" then
        return FORM
    end
    return ENCODED
end
--- A request's body by its declared type, else by its looks. Binary bodies are not scanned.
function ____exports.scanBody(body, contentType)
    if body == nil or body == "" then
        return nil
    end
    local bytes = ffi.cast("const uint8_t *", body)
    local length = #body
    local format = formatOf(body, contentType)
    if not holdsLiteral(
        automaton,
        classesOf(format),
        bytes,
        0,
        length
    ) then
        return nil
    end
    if format == "json" then
        return judgeJson(body, "json")
    end
    if format == "form" then
        return judgePairs(
            body,
            bytes,
            0,
            length,
            FORM_BODY
        )
    end
    if format == "multipart" then
        return judgeMultipart(body, bytes, length)
    end
    if format == "xml" then
        return judgeXml(bytes, length)
    end
    local ____isBinary_result_0
    if isBinary(bytes, 0, length) then
        ____isBinary_result_0 = nil
    else
        ____isBinary_result_0 = judgeValue(
            bytes,
            0,
            length,
            "none",
            AT_BODY,
            "body"
        )
    end
    return ____isBinary_result_0
end
return ____exports
