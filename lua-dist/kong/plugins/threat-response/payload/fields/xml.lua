local ____exports = {}
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local judgeValue = ____evaluate_2Ets.judgeValue
local stronger = ____evaluate_2Ets.stronger
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local isClean = ____sift_2Ets.isClean
local OPEN = 60
local CLOSE = 62
local QUOTE = 34
local APOSTROPHE = 39
--- Judges the quoted values inside one tag, `bytes[from, to)`.
local function judgeAttributes(bytes, from, to)
    local best
    local i = from
    while i < to do
        local quote = bytes[i]
        i = i + 1
        if quote == QUOTE or quote == APOSTROPHE then
            local ____end = i
            while ____end < to and bytes[____end] ~= quote do
                ____end = ____end + 1
            end
            if not isClean(bytes, i, ____end) then
                best = stronger(
                    best,
                    judgeValue(
                        bytes,
                        i,
                        ____end,
                        "none",
                        AT_BODY,
                        "xml:attribute"
                    )
                )
            end
            i = ____end + 1
        end
    end
    return best
end
--- An XML body: text between tags, attributes, and the whole for its prologue and entities.
function ____exports.judgeXml(bytes, to)
    local best = judgeValue(
        bytes,
        0,
        to,
        "none",
        AT_STRUCTURE,
        "xml"
    )
    local i = 0
    while i < to do
        local open = i
        while open < to and bytes[open] ~= OPEN do
            open = open + 1
        end
        if open > i and not isClean(bytes, i, open) then
            best = stronger(
                best,
                judgeValue(
                    bytes,
                    i,
                    open,
                    "none",
                    AT_BODY,
                    "xml:text"
                )
            )
        end
        local close = open
        while close < to and bytes[close] ~= CLOSE do
            close = close + 1
        end
        if close > open then
            best = stronger(
                best,
                judgeAttributes(bytes, open + 1, close)
            )
        end
        i = close + 1
    end
    return best
end
return ____exports
