local ____exports = {}
local ffi = require("ffi")
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local decodeValue = ____decode_2Ets.decodeValue
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local judgeValue = ____evaluate_2Ets.judgeValue
local stronger = ____evaluate_2Ets.stronger
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_NAME = ____rule_2Ets.AT_NAME
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local isClean = ____sift_2Ets.isClean
local ____json_2Ets = require("kong.plugins.threat-response.payload.fields.json")
local judgeJson = ____json_2Ets.judgeJson
local EQUALS = 61
local BLANK = 32
local PERCENT = 37
--- Whether a value begins with a brace or bracket, encoded or not.
local function looksLikeJson(bytes, from, to)
    local first = bytes[from]
    if first == 123 or first == 91 then
        return true
    end
    if first ~= PERCENT or from + 2 >= to then
        return false
    end
    return bit.bor(bytes[from + 2], 32) == 98 and (bytes[from + 1] == 55 or bytes[from + 1] == 53)
end
local function judgeOne(bytes, from, to, format, field)
    local found = judgeValue(
        bytes,
        from,
        to,
        format.encoding,
        format.at,
        field
    )
    if not looksLikeJson(bytes, from, to) then
        return found
    end
    local length = decodeValue(bytes, from, to, format.encoding)
    return stronger(
        found,
        judgeJson(
            ffi.string(decoded, length),
            field
        )
    )
end
--- A query, a form body or a Cookie header: names and values, each judged by itself.
function ____exports.judgePairs(text, bytes, from, to, format)
    local best
    local start = from
    while start < to do
        while start < to and bytes[start] == BLANK do
            start = start + 1
        end
        local equals = -1
        local ____end = start
        while ____end < to and bytes[____end] ~= format.separator do
            if equals < 0 and bytes[____end] == EQUALS then
                equals = ____end
            end
            ____end = ____end + 1
        end
        local nameEnd = equals < 0 and ____end or equals
        if not isClean(bytes, start, ____end) then
            local field = format.prefix .. string.sub(
                text,
                start + 1,
                math.min(nameEnd, start + 64)
            )
            if nameEnd > start and not isClean(bytes, start, nameEnd) then
                local found = judgeValue(
                    bytes,
                    start,
                    nameEnd,
                    format.encoding,
                    format.at + AT_NAME,
                    field
                )
                best = stronger(best, found)
            end
            if nameEnd + 1 < ____end and not isClean(bytes, nameEnd + 1, ____end) then
                best = stronger(
                    best,
                    judgeOne(
                        bytes,
                        nameEnd + 1,
                        ____end,
                        format,
                        field
                    )
                )
            end
        end
        start = ____end + 1
    end
    return best
end
return ____exports
