local ____exports = {}
local escapeCharacter, encodeText, encodeNumber, encodeList, encodeObject, encode, ESCAPES, LISTS, MAX_DEPTH
function escapeCharacter(character)
    return ESCAPES[character] or string.format(
        "\\u%04x",
        string.byte(character)
    )
end
function encodeText(text)
    local escaped = string.gsub(text, "[%c\"\\]", escapeCharacter)
    return ("\"" .. escaped) .. "\""
end
function encodeNumber(value)
    return value - value == 0 and string.format("%.14g", value) or "0"
end
function encodeList(list, depth)
    local parts = {}
    for ____, element in ipairs(list) do
        parts[#parts + 1] = encode(element, "", depth)
    end
    return ("[" .. table.concat(parts, ",")) .. "]"
end
function encodeObject(members, depth)
    local parts = {}
    for name, value in pairs(members) do
        parts[#parts + 1] = (encodeText(tostring(name)) .. ":") .. encode(value, name, depth)
    end
    return ("{" .. table.concat(parts, ",")) .. "}"
end
function encode(value, name, depth)
    if type(value) == "string" then
        return encodeText(value)
    end
    if type(value) == "number" then
        return encodeNumber(value)
    end
    if type(value) == "boolean" then
        return value and "true" or "false"
    end
    if type(value) ~= "table" or depth > MAX_DEPTH then
        return "null"
    end
    local list = value
    local first = next(list)
    if list[1] ~= nil or first == nil and LISTS[name] ~= nil then
        return encodeList(list, depth + 1)
    end
    return encodeObject(value, depth + 1)
end
ESCAPES = {
    ["\""] = "\\\"",
    ["\\"] = "\\\\",
    ["\n"] = "\\n",
    ["\r"] = "\\r",
    ["\t"] = "\\t"
}
LISTS = {
    records = true,
    reasons = true,
    samples = true,
    sources = true,
    hits = true,
    scores = true,
    votes = true,
    used = true,
    requests = true,
    query = true,
    headers = true,
    answers = true,
    baselines = true,
    logins = true
}
MAX_DEPTH = 8
function ____exports.encodeJson(value)
    return encode(value, "", 0)
end
return ____exports
