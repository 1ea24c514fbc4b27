local ____exports = {}
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local judgeValue = ____evaluate_2Ets.judgeValue
local stronger = ____evaluate_2Ets.stronger
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local AT_NAME = ____rule_2Ets.AT_NAME
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local isBinary = ____sift_2Ets.isBinary
local MAX_PARTS = 100
local function judgePart(text, bytes, from, to)
    local headEnd, bodyStart = string.find(text, "\r?\n\r?\n", from + 1)
    if headEnd == nil or headEnd > to then
        return judgeValue(
            bytes,
            from,
            to,
            "none",
            AT_BODY,
            "form:"
        )
    end
    local head = string.sub(text, from + 1, headEnd)
    local name = string.match(head, "[; ]name=\"([^\"]*)")
    local field = "form:" .. (name or "")
    local inHead = judgeValue(
        bytes,
        from,
        headEnd - 1,
        "none",
        AT_BODY + AT_NAME,
        field
    )
    if isBinary(bytes, bodyStart, to) then
        return inHead
    end
    return stronger(
        inHead,
        judgeValue(
            bytes,
            bodyStart,
            to,
            "none",
            AT_BODY,
            field
        )
    )
end
--- A multipart body: headers and content of each part.
function ____exports.judgeMultipart(text, bytes, to)
    local boundary = string.match(text, "^%s*(%-%-[^\r\n]+)")
    if boundary == nil then
        return judgeValue(
            bytes,
            0,
            to,
            "none",
            AT_BODY,
            "body"
        )
    end
    local best
    local start = #boundary
    for _ = 1, MAX_PARTS do
        local next = string.find(text, boundary, start + 1, true)
        best = stronger(
            best,
            judgePart(text, bytes, start, next == nil and to or next - 1)
        )
        if next == nil then
            break
        end
        start = next - 1 + #boundary
    end
    return best
end
return ____exports
