local ____exports = {}
local ffi = require("ffi")
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local decodeValue = ____decode_2Ets.decodeValue
local ____string_0 = string
local find = ____string_0.find
local gsub = ____string_0.gsub
local lower = ____string_0.lower
local ____string_1 = string
local char = ____string_1.char
local function undoEscape(digits)
    return char(tonumber(digits, 16))
end
--- All layers of encoding undone, in lower case.
function ____exports.decodeText(text, encoding)
    local length = decodeValue(
        ffi.cast("const uint8_t *", text),
        0,
        #text,
        encoding
    )
    return lower(ffi.string(decoded, length))
end
local MAX_STEPS = 16
--- `/a/../b` → `/b`, `/a;x=1/b` → `/a/b`.
local function resolve(path)
    local resolved = gsub(path, ";[^/]*", "")
    for _ = 1, MAX_STEPS do
        local shorter, count = gsub(resolved, "/[^/]+/%.%.%f[/%z]", "", 1)
        resolved = shorter
        if count == 0 then
            break
        end
    end
    return resolved
end
local function simplify(path)
    local slashes = gsub(path, "[/\\]+", "/")
    local once = gsub(slashes, "/%./", "/")
    local twice = gsub(once, "/%./", "/")
    return twice
end
function ____exports.viewOf(parts)
    local rawQuery = lower(parts.query or "")
    local once = gsub(parts.path, "%%(%x%x)", undoEscape)
    local path = simplify(____exports.decodeText(parts.path, "none"))
    return {
        method = parts.method,
        rawPath = lower(parts.path),
        oncePath = lower(once),
        path = path,
        resolvedPath = resolve(path),
        rawQuery = rawQuery,
        query = rawQuery == "" and "" or ____exports.decodeText(parts.query, "form"),
        headers = parts.headers,
        body = parts.body
    }
end
function ____exports.rawBodyOf(view)
    if view.rawBody == nil then
        view.rawBody = lower(view.body or "")
    end
    return view.rawBody
end
function ____exports.plainBodyOf(view)
    if view.plainBody == nil then
        local raw = ____exports.rawBodyOf(view)
        local isEncoded = (find(raw, "[%%+\\]")) ~= nil
        view.plainBody = isEncoded and ____exports.decodeText(raw, "form") or raw
    end
    return view.plainBody
end
return ____exports
