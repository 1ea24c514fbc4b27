local ____exports = {}
local lastType = ""
local lastLowered = ""
--- Content types repeat: the last one is kept.
function ____exports.lowerType(____type)
    if ____type ~= lastType then
        lastType = ____type
        lastLowered = string.lower(____type)
    end
    return lastLowered
end
local function contains(text, word)
    local at = string.find(text, word, 1, true)
    return at ~= nil
end
--- `type` is in lower case.
local function declaredFormat(____type)
    if contains(____type, "json") then
        return "json"
    end
    if contains(____type, "form-urlencoded") then
        return "form"
    end
    if contains(____type, "multipart/") then
        return "multipart"
    end
    if contains(____type, "xml") then
        return "xml"
    end
    return contains(____type, "application/graphql") and "graphql" or "text"
end
--- White space, and a byte order mark of UTF-8.
local IGNORED = "%s" .. string.char(239, 187, 191)
--- What the first byte that is no blank tells, where it tells anything.
function ____exports.sniffFormat(body)
    local at = string.find(body, ("[^" .. IGNORED) .. "]")
    local first = at == nil and 0 or string.byte(body, at)
    if first == 123 or first == 91 then
        return "json"
    end
    return first == 60 and "xml" or "text"
end
--- A JSON text may also be a string, a number or a name.
local function canBeJson(body)
    local first = string.byte(body, 1)
    if first == 123 or first == 91 then
        return true
    end
    local at = string.find(body, ("^[" .. IGNORED) .. "]*[%[{\"%dtfn-]")
    return at ~= nil
end
--- Whether a body can be what it is declared as.
local function fits(format, body)
    if format == "json" then
        return canBeJson(body)
    end
    return format ~= "xml" or ____exports.sniffFormat(body) == "xml"
end
--- Whether a body of this type is XML by its looks alone: it may as well be a text that begins with a tag. `type` is in lower case.
function ____exports.isXmlByLooks(format, ____type)
    return format == "xml" and (____type == nil or declaredFormat(____type) == "text")
end
--- The format by declaration; nil where the body is nothing like it. `type` is in lower case.
function ____exports.formatOf(body, ____type)
    if ____type == nil then
        return ____exports.sniffFormat(body) == "text" and "form" or ____exports.sniffFormat(body)
    end
    local declared = declaredFormat(____type)
    if declared == "text" then
        return ____exports.sniffFormat(body)
    end
    return fits(declared, body) and declared or nil
end
return ____exports
