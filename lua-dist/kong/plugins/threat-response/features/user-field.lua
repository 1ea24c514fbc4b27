local ____exports = {}
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
local gsub = ____string_0.gsub
local lower = ____string_0.lower
local sub = ____string_0.sub
local QUOTE = 34
--- Where the JSON string that begins behind `start` ends.
local function findEnd(text, start)
    local at = start
    while at ~= nil do
        at = find(text, "[\"\\]", at)
        if at == nil or byte(text, at) == QUOTE then
            return at
        end
        at = at + 2
    end
    return nil
end
local function findInJson(body, field)
    local name = ("\"" .. field) .. "\""
    local at, last = find(body, name, 1, true)
    while at ~= nil and last ~= nil do
        local ____, opened = find(body, "^%s*:%s*\"", last + 1)
        if opened ~= nil then
            local ____end = findEnd(body, opened + 1)
            local ____temp_1
            if ____end == nil then
                ____temp_1 = nil
            else
                ____temp_1 = sub(body, opened + 1, ____end - 1)
            end
            return ____temp_1
        end
        local ____, digits, number = find(body, "^%s*:%s*(%d+)", last + 1)
        if digits ~= nil then
            return number
        end
        at, last = find(body, name, last + 1, true)
    end
    return nil
end
local function decodeForm(text)
    local spaced = gsub(text, "%+", " ")
    return ngx.unescape_uri(spaced)
end
local function findInForm(body, field)
    local name = field .. "="
    local at, last = find(body, name, 1, true)
    while at ~= nil and last ~= nil do
        if at == 1 or byte(body, at - 1) == 38 then
            local ____end = find(body, "&", last + 1, true)
            return decodeForm(sub(body, last + 1, ____end == nil and -1 or ____end - 1))
        end
        at, last = find(body, name, last + 1, true)
    end
    return nil
end
local function isJson(body, contentType)
    local named = find(
        lower(contentType or ""),
        "json",
        1,
        true
    )
    if named ~= nil then
        return true
    end
    local first = find(body, "^%s*[{%[]")
    return first ~= nil
end
--- The value of `field`, undecoded escapes included for JSON: it is only hashed.
____exports.findField = function(body, contentType, field)
    local ____isJson_result_2
    if isJson(body, contentType) then
        ____isJson_result_2 = findInJson(body, field)
    else
        ____isJson_result_2 = findInForm(body, field)
    end
    return ____isJson_result_2
end
return ____exports
