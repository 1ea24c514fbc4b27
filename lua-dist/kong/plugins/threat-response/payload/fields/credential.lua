local ____exports = {}
local ffi = require("ffi")
local ____basic_2Duser_2Ets = require("kong.plugins.threat-response.features.basic-user")
local readBasicUser = ____basic_2Duser_2Ets.readBasicUser
local ____clean_2Dvalues_2Ets = require("kong.plugins.threat-response.payload.clean-values")
local createCleanValues = ____clean_2Dvalues_2Ets.createCleanValues
local isKnownClean = ____clean_2Dvalues_2Ets.isKnownClean
local keepClean = ____clean_2Dvalues_2Ets.keepClean
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local stronger = ____evaluate_2Ets.stronger
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local isSpent = ____inspection_2Ets.isSpent
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_HEADER = ____rule_2Ets.AT_HEADER
local ____leaf_2Ets = require("kong.plugins.threat-response.payload.fields.leaf")
local judgeLeaf = ____leaf_2Ets.judgeLeaf
--- What services look up by before they know whether a credential is good: the user of `Basic`, and the head of a signed token, which names its
-- key. A password and what a token claims are nobody's business.
local LONGEST_HEAD = 1024
local DOT = 46
local ____string_0 = string
local byte = ____string_0.byte
local gsub = ____string_0.gsub
local sub = ____string_0.sub
--- Issuers write the same head for all.
local cleanHeads = createCleanValues(200, LONGEST_HEAD)
local function judgeText(text, field)
    return judgeLeaf(
        ffi.cast("const uint8_t *", text),
        0,
        #text,
        "none",
        AT_HEADER,
        field
    )
end
local function decodeUrl(encoded)
    local plus = gsub(encoded, "-", "+")
    local text = gsub(plus, "_", "/")
    return ngx.decode_base64(text .. sub("===", 1, (4 - #text % 4) % 4))
end
local function judgeTokenHead(value, field)
    local ____end = 8
    while ____end <= #value and ____end < LONGEST_HEAD and byte(value, ____end) ~= DOT do
        ____end = ____end + 1
    end
    if byte(value, ____end) ~= DOT then
        return nil
    end
    local head = sub(value, 8, ____end - 1)
    if isKnownClean(cleanHeads, head) then
        return nil
    end
    local text = decodeUrl(head)
    local ____temp_1
    if text == nil then
        ____temp_1 = nil
    else
        ____temp_1 = judgeText(text, field)
    end
    local found = ____temp_1
    if found == nil and not isSpent() then
        keepClean(cleanHeads, head)
    end
    return found
end
--- `value` of an Authorization header. What `Basic` wraps is read only as what it means: its base64 is no text.
____exports.judgeCredential = function(value, field)
    local user = readBasicUser(value)
    if user ~= nil and user ~= "" then
        return judgeText(user, field)
    end
    local first = byte(value, 1)
    local isToken = (first == 66 or first == 98) and byte(value, 8) == 101 and byte(value, 9) == 121
    local ____stronger_3 = stronger
    local ____isToken_2
    if isToken then
        ____isToken_2 = judgeTokenHead(value, field)
    else
        ____isToken_2 = nil
    end
    return ____stronger_3(
        ____isToken_2,
        judgeText(value, field)
    )
end
return ____exports
