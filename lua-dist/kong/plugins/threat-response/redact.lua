local ____exports = {}
local ffi = require("ffi")
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local decodeValue = ____decode_2Ets.decodeValue
local ____names_2Ets = require("kong.plugins.threat-response.redaction.names")
local isSecretName = ____names_2Ets.isSecretName
local maskElements = ____names_2Ets.maskElements
local maskNamed = ____names_2Ets.maskNamed
local ____numbers_2Ets = require("kong.plugins.threat-response.redaction.numbers")
local maskNumbers = ____numbers_2Ets.maskNumbers
local ____tokens_2Ets = require("kong.plugins.threat-response.redaction.tokens")
local maskCredentials = ____tokens_2Ets.maskCredentials
local maskTokens = ____tokens_2Ets.maskTokens
____exports.isSecretName = isSecretName
--- A secret that is cut in half may no longer look like one: more is read than is kept.
local READ_AHEAD = 400
local function decode(text)
    local length = decodeValue(
        ffi.cast("const uint8_t *", text),
        0,
        #text,
        "none"
    )
    return ffi.string(decoded, length)
end
local function mask(text)
    return maskNumbers(maskTokens(maskCredentials(maskNamed(maskElements(text)))))
end
local function escapeByte(byte)
    return string.format(
        "\\x%02x",
        string.byte(byte)
    )
end
--- Printable ASCII, at most `max` bytes, no escape cut in half.
local function ____print(text, max)
    local escaped = string.gsub(text, "[^ -~]", escapeByte)
    if #escaped <= max then
        return escaped
    end
    local whole = string.gsub(
        string.sub(escaped, 1, max),
        "\\x?%x?$",
        ""
    )
    return whole
end
--- At most `max` bytes of printable ASCII without secrets or personal data.
function ____exports.redactText(text, max)
    local read = string.sub(text, 1, max + READ_AHEAD)
    return ____print(
        mask(decode(read)),
        max
    )
end
local MAX_PATH = 256
--- A path without its query.
function ____exports.redactPath(path)
    local bare = string.match(path, "^[^?#]*")
    return ____exports.redactText(bare, MAX_PATH)
end
return ____exports
