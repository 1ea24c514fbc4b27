local ____exports = {}
local ffi = require("ffi")
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local markPlain = ____header_2Dlines_2Ets.markPlain
local ____clean_2Dvalues_2Ets = require("kong.plugins.threat-response.payload.clean-values")
local createCleanValues = ____clean_2Dvalues_2Ets.createCleanValues
local isKnownClean = ____clean_2Dvalues_2Ets.isKnownClean
local keepClean = ____clean_2Dvalues_2Ets.keepClean
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____credential_2Ets = require("kong.plugins.threat-response.payload.fields.credential")
local judgeCredential = ____credential_2Ets.judgeCredential
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local judgeLeaf = ____leaf_2Ets.judgeLeaf
local judgeWithin = ____leaf_2Ets.judgeWithin
local mayBeMeant = ____leaf_2Ets.mayBeMeant
local noteBase64 = ____leaf_2Ets.noteBase64
local ____nested_2Dnotes_2Ets = require("kong.plugins.threat-response.payload.fields.nested-notes")
local noteCount = ____nested_2Dnotes_2Ets.noteCount
local ____pair_2Dwalk_2Ets = require("kong.plugins.threat-response.payload.fields.pair-walk")
local pairFormat = ____pair_2Dwalk_2Ets.pairFormat
local walkPairs = ____pair_2Dwalk_2Ets.walkPairs
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local spent = ____inspection_2Ets.spent
local ____ordinary_2Ets = require("kong.plugins.threat-response.payload.ordinary")
local COOKIES = ____ordinary_2Ets.COOKIES
local HEADER = ____ordinary_2Ets.HEADER
local isOrdinaryPart = ____ordinary_2Ets.isOrdinaryPart
local REFERER = ____ordinary_2Ets.REFERER
local saltOf = ____ordinary_2Ets.saltOf
local ____parts_2Ets = require("kong.plugins.threat-response.payload.parts")
local settlePart = ____parts_2Ets.settlePart
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_AGENT = ____rule_2Ets.AT_AGENT
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_HEADER = ____rule_2Ets.AT_HEADER
local CREDENTIALS = {}
for ____, name in ipairs({"authorization", "proxy-authorization"}) do
    CREDENTIALS[name] = true
end
local REFERER_QUERY = pairFormat(38, "form", AT_HEADER, "header:referer?")
local PAIRS = pairFormat(59, "none", AT_COOKIE, "cookie:")
--- Rules differ between places, so what is clean in one may not be in another.
local cleanAgents = createCleanValues(500, 256)
local cleanReferers = createCleanValues(200, 128)
local cleanTypes = createCleanValues(200, 128)
--- Few and short, since they are kept as texts; of the others hashes are (ordinary.ts).
local cleanCookies = createCleanValues(200, 128)
--- An Authorization header carries a password or a token, not a text in base64; who it names is judged apart.
local function judgeHeader(name, value, at)
    local bytes = ffi.cast("const uint8_t *", value)
    local field = "header:" .. name
    if at == AT_AGENT then
        noteBase64(
            bytes,
            0,
            #value,
            "none",
            at,
            field
        )
        if not mayBeMeant(bytes, 0, #value, "none") then
            return nil
        end
        return judgeWithin(
            bytes,
            0,
            #value,
            "none",
            at,
            field
        )
    end
    if CREDENTIALS[name] ~= nil then
        return judgeCredential(value, field)
    end
    noteBase64(
        bytes,
        0,
        #value,
        "none",
        at,
        field
    )
    return judgeLeaf(
        bytes,
        0,
        #value,
        "none",
        at,
        field
    )
end
--- Clean for good: judged to the end, and with nothing inside that is still to be judged.
function ____exports.isSettled(found, notes)
    return found == nil and noteCount() == notes and not isSpent()
end
--- Judges a header that is the same from request to request for one client.
local function scanKnown(name, value, at, known)
    if value == nil or isKnownClean(known, value) then
        return nil
    end
    local notes = noteCount()
    local found = judgeHeader(name, value, at)
    if ____exports.isSettled(found, notes) then
        keepClean(known, value)
    end
    return found
end
function ____exports.scanAgent(value)
    return scanKnown("user-agent", value, AT_AGENT, cleanAgents)
end
--- An address: what stands in its query is judged value by value too.
function ____exports.scanReferer(value)
    if value == nil or isKnownClean(cleanReferers, value) or isOrdinaryPart(value, REFERER, 0) then
        return nil
    end
    local notes = noteCount()
    local before = spent()
    local mark = string.find(value, "?", 1, true)
    local found = judgeHeader("referer", value, AT_HEADER)
    if mark ~= nil then
        found = stronger(
            found,
            walkPairs(
                ffi.cast("const uint8_t *", value),
                mark,
                #value,
                REFERER_QUERY
            )
        )
    end
    settlePart(found, notes, before)
    if ____exports.isSettled(found, notes) then
        keepClean(cleanReferers, value)
    end
    return found
end
function ____exports.scanContentType(value)
    return scanKnown("content-type", value, AT_HEADER, cleanTypes)
end
local function scanHeader(name, value)
    local salt = saltOf(name)
    if isOrdinaryPart(value, HEADER, salt) then
        markPlain(name, value)
        return nil
    end
    local notes = noteCount()
    local before = spent()
    local found = judgeHeader(name, value, AT_HEADER)
    settlePart(found, notes, before)
    if ____exports.isSettled(found, notes) then
        markPlain(name, value)
    end
    return found
end
function ____exports.scanCookies(value)
    if value == nil or isKnownClean(cleanCookies, value) or isOrdinaryPart(value, COOKIES, 0) then
        return nil
    end
    local notes = noteCount()
    local before = spent()
    local found = walkPairs(
        ffi.cast("const uint8_t *", value),
        0,
        #value,
        PAIRS
    )
    settlePart(found, notes, before)
    if ____exports.isSettled(found, notes) then
        keepClean(cleanCookies, value)
    end
    return found
end
local APART = {}
for ____, name in ipairs({"cookie", "user-agent", "referer", "content-type"}) do
    APART[name] = true
end
APART["content-length"] = true
function ____exports.scanOtherHeaders(headers)
    if headers == nil then
        return nil
    end
    local best
    for name, value in pairs(headers) do
        if not (APART[name] ~= nil) then
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
return ____exports
