local ____exports = {}
--- Secrets that are known by their look.
local MASK = "[redacted]"
local PREFIXES = "\n  AKIA ASIA AROA AIDA ghp_ gho_ ghs_ ghu_ ghr_ github_pat_ glpat- glrt- xoxb- xoxp- xoxa- xoxs- xoxe- xapp- sk_live_ sk_test_\n  rk_live_ rk_test_ pk_live_ whsec_ AIza ya29. GOCSPX- sk- SG. npm_ pypi- dckr_pat_ hvs. hvb. kpat_ spat_ dop_v1_ shpat_ sq0atp-\n  EAA key- lin_api_ ntn_ ATATT hf_ dapi AGE-SECRET-KEY- eyJ rO0AB"
local prefixes = {}
for prefix in string.gmatch(PREFIXES, "%S+") do
    prefixes[#prefixes + 1] = prefix
end
local MIN_AFTER_PREFIX = 8
local MIN_OPAQUE = 20
local MIN_HEX = 32
local MIN_HEX_TEXT = 14
local MIN_BASE64_TEXT = 10
local function startsLikeToken(word)
    for ____, prefix in ipairs(prefixes) do
        if #word >= #prefix + MIN_AFTER_PREFIX and string.sub(word, 1, #prefix) == prefix then
            return true
        end
    end
    return false
end
local function holds(word, pattern)
    return (string.find(word, pattern)) ~= nil
end
--- A long word of mixed kinds that is not language: a key, a token, something encoded.
local function isOpaque(word)
    return #word >= MIN_OPAQUE and holds(word, "%d") and holds(word, "%l") and holds(word, "%u")
end
local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local sextets = {}
for i = 1, #ALPHABET do
    sextets[string.byte(ALPHABET, i)] = i - 1
end
sextets[45] = 62
sextets[95] = 63
local function isPrintable(byte)
    return byte >= 32 and byte < 127
end
--- Whether a word is text in hexadecimal.
local function isHexText(word)
    if #word < MIN_HEX_TEXT or #word % 2 ~= 0 or holds(word, "[^%x]") then
        return false
    end
    for i = 1, #word, 2 do
        if not isPrintable(tonumber(
            string.sub(word, i, i + 1),
            16
        )) then
            return false
        end
    end
    return true
end
--- Whether a word is text in base64.
local function isBase64Text(word)
    if #word < MIN_BASE64_TEXT or not holds(word, "%u") or not holds(word, "%l") then
        return false
    end
    local value = 0
    local bits = 0
    local printable = 0
    local total = 0
    for i = 1, #word do
        local sextet = sextets[string.byte(word, i)]
        if sextet == nil then
            break
        end
        value = (value * 64 + sextet) % 65536
        bits = bits + 6
        if bits >= 8 then
            bits = bits - 8
            local byte = math.floor(value / 2 ^ bits) % 256
            total = total + 1
            if isPrintable(byte) then
                printable = printable + 1
            end
        end
    end
    return total > 0 and printable >= total * 0.95
end
--- Nobody can tell what such a word says without decoding it.
local function hidesText(word)
    return isHexText(word) or isBase64Text(word)
end
local function maskWord(word)
    return (startsLikeToken(word) or isOpaque(word) or hidesText(word)) and MASK or word
end
local function maskHidden(run)
    return hidesText(run) and MASK or run
end
local function maskLong(run)
    return #run >= MIN_OPAQUE and MASK or run
end
local function maskHex(run)
    return #run >= MIN_HEX and MASK or run
end
--- No token is shorter than this.
local LONG_WORD = string.rep("[%w+/_.-]", MIN_BASE64_TEXT)
--- A telegram or discord token has its separator in the middle; the part behind it is opaque by itself.
function ____exports.maskTokens(text)
    if not holds(text, LONG_WORD) then
        return text
    end
    local masked = string.gsub(text, "%-%-%-%-%-BEGIN[%w ]*PRIVATE KEY.*", MASK)
    masked = string.gsub(masked, "eyJ[%w_-]+%.[%w_.=-]+", MASK)
    masked = string.gsub(masked, "hooks%.slack%.com/%w+/[%w/+_-]+", MASK)
    masked = string.gsub(masked, "%$[%w-]+%$[%w./+=,$-]+", maskLong)
    masked = string.gsub(masked, "[%w+/_-]+=*", maskHidden)
    masked = string.gsub(masked, "%x+", maskHex)
    local words = string.gsub(masked, "[%w_.-]+=*", maskWord)
    return words
end
--- Any byte of a letter beyond ASCII.
local HIGH = (string.char(128) .. "-") .. string.char(255)
local ADDRESS = ((((((("[%w._%%+" .. HIGH) .. "-]+@[%w") .. HIGH) .. "-]+%.[%w.") .. HIGH) .. "-]*[%w") .. HIGH) .. "]"
--- A part of each scheme's name that no letter case changes.
local SCHEMES = {
    "earer",
    "asic",
    "igest",
    "egotiate",
    "NTLM",
    "AWS4-HMAC-SHA256"
}
local function maskScheme(name, value)
    local isCredential = #value >= MIN_AFTER_PREFIX and holds(value, "[%d%u+/=._~:-]")
    return (name .. " ") .. (isCredential and MASK or value)
end
--- Masks credentials after the name of an authentication scheme, and before the @ of an address.
function ____exports.maskCredentials(text)
    local masked = text
    for ____, scheme in ipairs(SCHEMES) do
        local at = string.find(masked, scheme, 1, true)
        if at ~= nil then
            local escaped = string.gsub(scheme, "%-", "%%-")
            masked = string.gsub(masked, ("(%a?" .. escaped) .. ")%s+([%w+/=._~:-]+)", maskScheme)
        end
    end
    if not holds(masked, "@") then
        return masked
    end
    masked = string.gsub(masked, "://[^%s/@:\"'<>]*:[^%s/@\"'<>]+@", ("://" .. MASK) .. "@")
    local addresses = string.gsub(masked, ADDRESS, MASK)
    return addresses
end
return ____exports
