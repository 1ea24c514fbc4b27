local ____exports = {}
local judgeText, judgeJson, judgeGraphql, judgeForm, judgeAs, FORM_BODY
local ffi = require("ffi")
local ____body_2Dformat_2Ets = require("kong.plugins.threat-response.payload.body-format")
local formatOf = ____body_2Dformat_2Ets.formatOf
local isXmlByLooks = ____body_2Dformat_2Ets.isXmlByLooks
local lowerType = ____body_2Dformat_2Ets.lowerType
local sniffFormat = ____body_2Dformat_2Ets.sniffFormat
local ____charset_2Ets = require("kong.plugins.threat-response.payload.charset")
local readWideBody = ____charset_2Ets.readWideBody
local wasDoubtful = ____charset_2Ets.wasDoubtful
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____graphql_2Ets = require("kong.plugins.threat-response.payload.fields.graphql")
local judgeOperation = ____graphql_2Ets.judgeOperation
local wasOperation = ____graphql_2Ets.wasOperation
local ____json_2Dwalk_2Ets = require("kong.plugins.threat-response.payload.fields.json-walk")
local walkJson = ____json_2Dwalk_2Ets.walkJson
local wasMalformed = ____json_2Dwalk_2Ets.wasMalformed
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local judgeLeaf = ____leaf_2Ets.judgeLeaf
local noteBase64 = ____leaf_2Ets.noteBase64
local ____multipart_2Ets = require("kong.plugins.threat-response.payload.fields.multipart")
local judgeMultipart = ____multipart_2Ets.judgeMultipart
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local noteCount = ____nested_2Dnotes_2Ets.noteCount
local ____pair_2Dwalk_2Ets = require("kong.plugins.threat-response.payload.fields.pair-walk")
local pairFormat = ____pair_2Dwalk_2Ets.pairFormat
local walkPairs = ____pair_2Dwalk_2Ets.walkPairs
local ____xml_2Ets = require("kong.plugins.threat-response.payload.fields.xml")
local judgeXml = ____xml_2Ets.judgeXml
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local leave = ____inspection_2Ets.leave
local spent = ____inspection_2Ets.spent
local ____ordinary_2Ets = require("kong.plugins.threat-response.payload.ordinary")
local BODY = ____ordinary_2Ets.BODY
local isOrdinaryPart = ____ordinary_2Ets.isOrdinaryPart
local saltOf = ____ordinary_2Ets.saltOf
local ____parts_2Ets = require("kong.plugins.threat-response.payload.parts")
local settlePart = ____parts_2Ets.settlePart
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local isBinary = ____sift_2Ets.isBinary
function judgeText(bytes, length)
    if isBinary(bytes, 0, length) then
        return nil
    end
    noteBase64(
        bytes,
        0,
        length,
        "none",
        AT_BODY,
        "body"
    )
    return judgeLeaf(
        bytes,
        0,
        length,
        "none",
        AT_BODY,
        "body"
    )
end
function judgeJson(bytes, length)
    local inStrings = walkJson(bytes, length, "json")
    if not wasMalformed() then
        return inStrings
    end
    leave("malformed")
    return stronger(
        inStrings,
        judgeText(bytes, length)
    )
end
function judgeGraphql(bytes, length)
    local found = judgeOperation(bytes, length, "graphql")
    if wasOperation() then
        return found
    end
    leave("malformed")
    return stronger(
        found,
        judgeText(bytes, length)
    )
end
function judgeForm(body, bytes)
    local ____pairs = walkPairs(bytes, 0, #body, FORM_BODY)
    local looks = sniffFormat(body)
    local ____temp_0
    if looks == "text" then
        ____temp_0 = ____pairs
    else
        ____temp_0 = stronger(
            ____pairs,
            judgeAs(looks, body, bytes, "")
        )
    end
    return ____temp_0
end
function judgeAs(format, body, bytes, ____type)
    if format == "json" then
        return judgeJson(bytes, #body)
    end
    if format == "form" then
        return judgeForm(body, bytes)
    end
    if format == "multipart" then
        return judgeMultipart(body, bytes, #body, ____type)
    end
    if format == "xml" then
        return judgeXml(body, bytes)
    end
    local ____temp_1
    if format == "graphql" then
        ____temp_1 = judgeGraphql(bytes, #body)
    else
        ____temp_1 = judgeText(bytes, #body)
    end
    return ____temp_1
end
FORM_BODY = pairFormat(38, "form", AT_BODY, "form:")
--- By its declared type; where it is nothing like that, by its looks, as a form and as a text.
local function judgeBody(body, contentType)
    local bytes = ffi.cast("const uint8_t *", body)
    local ____temp_2
    if contentType == nil then
        ____temp_2 = nil
    else
        ____temp_2 = lowerType(contentType)
    end
    local ____type = ____temp_2
    local format = formatOf(body, ____type)
    if format ~= nil then
        local found = judgeAs(format, body, bytes, contentType or "")
        local ____isXmlByLooks_result_3
        if isXmlByLooks(format, ____type) then
            ____isXmlByLooks_result_3 = stronger(
                found,
                judgeText(bytes, #body)
            )
        else
            ____isXmlByLooks_result_3 = found
        end
        return ____isXmlByLooks_result_3
    end
    leave("mistyped")
    return stronger(
        judgeForm(body, bytes),
        judgeText(bytes, #body)
    )
end
--- In every way in which a back end may read it.
local function judgeAnyBody(body, contentType)
    local ____readWideBody_6 = readWideBody
    local ____body_5 = body
    local ____temp_4
    if contentType == nil then
        ____temp_4 = nil
    else
        ____temp_4 = lowerType(contentType)
    end
    local wide = ____readWideBody_6(____body_5, ____temp_4)
    if wide == nil then
        return judgeBody(body, contentType)
    end
    local found = judgeBody(wide, contentType)
    local ____wasDoubtful_result_7
    if wasDoubtful(#body) then
        ____wasDoubtful_result_7 = stronger(
            found,
            judgeBody(body, contentType)
        )
    else
        ____wasDoubtful_result_7 = found
    end
    return ____wasDoubtful_result_7
end
--- Judges a request's body, unless the same was ordinary before: polls, searches and webhooks come again byte by byte.
function ____exports.scanBody(body, contentType)
    if body == nil or body == "" then
        return nil
    end
    local salt = saltOf(contentType)
    if isOrdinaryPart(body, BODY, salt) then
        return nil
    end
    local notes = noteCount()
    local before = spent()
    local found = judgeAnyBody(body, contentType)
    settlePart(found, notes, before)
    return found
end
return ____exports
