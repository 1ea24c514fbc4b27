local ____exports = {}
local ffi = require("ffi")
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local markPlain = ____header_2Dlines_2Ets.markPlain
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local ENCODED = ____byte_2Dclasses_2Ets.ENCODED
local FORM = ____byte_2Dclasses_2Ets.FORM
local ____clean_2Dvalues_2Ets = require("kong.plugins.threat-response.payload.clean-values")
local createCleanValues = ____clean_2Dvalues_2Ets.createCleanValues
local isKnownClean = ____clean_2Dvalues_2Ets.isKnownClean
local keepClean = ____clean_2Dvalues_2Ets.keepClean
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local automaton = ____evaluate_2Ets.automaton
local judgeValue = ____evaluate_2Ets.judgeValue
local stronger = ____evaluate_2Ets.stronger
local ____pairs_2Ets = require("kong.plugins.threat-response.payload.fields.pairs")
local judgePairs = ____pairs_2Ets.judgePairs
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_AGENT = ____rule_2Ets.AT_AGENT
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_HEADER = ____rule_2Ets.AT_HEADER
local AT_PATH = ____rule_2Ets.AT_PATH
local AT_QUERY = ____rule_2Ets.AT_QUERY
local ____scan_2Dbody_2Ets = require("kong.plugins.threat-response.payload.scan-body")
local scanBody = ____scan_2Dbody_2Ets.scanBody
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local holdsLiteral = ____sift_2Ets.holdsLiteral
local isClean = ____sift_2Ets.isClean
local QUERY = {separator = 38, encoding = "form", at = AT_QUERY, prefix = "query:"}
local COOKIES = {separator = 59, encoding = "none", at = AT_COOKIE, prefix = "cookie:"}
local SLASH = 47
local function judgeSegments(bytes, length)
    local best
    local start = 0
    while start < length do
        local ____end = start
        while ____end < length and bytes[____end] ~= SLASH do
            ____end = ____end + 1
        end
        if not isClean(bytes, start, ____end) then
            best = stronger(
                best,
                judgeValue(
                    bytes,
                    start,
                    ____end,
                    "none",
                    AT_PATH,
                    "path"
                )
            )
        end
        start = ____end + 1
    end
    return best
end
local function scanPath(path)
    local bytes = ffi.cast("const uint8_t *", path)
    if not holdsLiteral(
        automaton,
        ENCODED,
        bytes,
        0,
        #path
    ) then
        return nil
    end
    local whole = judgeValue(
        bytes,
        0,
        #path,
        "none",
        AT_PATH,
        "path"
    )
    return stronger(
        whole,
        judgeSegments(bytes, #path)
    )
end
local function scanPairs(text, classes, format)
    if text == nil or text == "" then
        return nil
    end
    local bytes = ffi.cast("const uint8_t *", text)
    if not holdsLiteral(
        automaton,
        classes,
        bytes,
        0,
        #text
    ) then
        return nil
    end
    return judgePairs(
        text,
        bytes,
        0,
        #text,
        format
    )
end
--- Rules differ between agents and other headers, so what is clean as one may not be as the other.
local cleanAgents = createCleanValues()
local cleanReferers = createCleanValues()
local function judgeHeader(name, value, at)
    local bytes = ffi.cast("const uint8_t *", value)
    if at ~= AT_AGENT and isClean(bytes, 0, #value) then
        return nil
    end
    if not holdsLiteral(
        automaton,
        ENCODED,
        bytes,
        0,
        #value
    ) then
        return nil
    end
    return judgeValue(
        bytes,
        0,
        #value,
        "none",
        at,
        "header:" .. name
    )
end
local function scanKnown(name, value, at, known)
    if value == nil or isKnownClean(known, value) then
        return nil
    end
    local found = judgeHeader(name, value, at)
    if found == nil then
        keepClean(known, value)
    end
    return found
end
local function scanHeader(name, value)
    local found = judgeHeader(name, value, AT_HEADER)
    if found == nil then
        markPlain(name, value)
    end
    return found
end
local function isScannedApart(name)
    return name == "cookie" or name == "user-agent" or name == "referer"
end
local function scanOtherHeaders(headers)
    if headers == nil then
        return nil
    end
    local best
    for name, value in pairs(headers) do
        if not isScannedApart(name) then
            if type(value) == "string" then
                best = stronger(
                    best,
                    scanHeader(name, value)
                )
            elseif type(value) == "table" then
                for ____, each in ipairs(value) do
                    best = stronger(
                        best,
                        scanHeader(name, each)
                    )
                end
            end
        end
    end
    return best
end
--- The strongest sign of an injection in a request, or nothing. Never raises on any bytes; reads each byte a few times at most.
function ____exports.scanRequest(parts)
    local best = scanPath(parts.path)
    best = stronger(
        best,
        scanPairs(parts.query, FORM, QUERY)
    )
    best = stronger(
        best,
        scanPairs(parts.cookie, ENCODED, COOKIES)
    )
    best = stronger(
        best,
        scanKnown("user-agent", parts.userAgent, AT_AGENT, cleanAgents)
    )
    best = stronger(
        best,
        scanKnown("referer", parts.referer, AT_HEADER, cleanReferers)
    )
    best = stronger(
        best,
        scanOtherHeaders(parts.headers)
    )
    return stronger(
        best,
        scanBody(parts.body, parts.contentType)
    )
end
return ____exports
