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
--- What a path may be written with that is not what it means: any byte that `decodeText` reads, and what is simplified or resolved.
local DISGUISES = ffi.new("uint8_t[256]")
for byte = 128, 255 do
    DISGUISES[byte] = 1
end
for ____, byte in ipairs({37, 38, 59, 92}) do
    DISGUISES[byte] = 1
end
local SLASH = 47
local DOT = 46
--- Whether no reading of the path differs from how it is written, but for capitals.
local function isPlainPath(path)
    local bytes = ffi.cast("const uint8_t *", path)
    local previous = 0
    for i = 0, #path - 1 do
        local byte = bytes[i]
        if DISGUISES[byte] ~= 0 or previous == SLASH and (byte == SLASH or byte == DOT) then
            return false
        end
        previous = byte
    end
    return true
end
--- What a path comes to for services that take parameters off its segments, or `\\` for `/`; nil where that is the path itself.
function ____exports.servedPath(path)
    if (find(path, ";", 1, true)) == nil and (find(path, "\\", 1, true)) == nil then
        return nil
    end
    return resolve(simplify(path))
end
--- The path without any disguise, in lower case; nil where it has none.
function ____exports.undisguisedPath(path)
    local ____isPlainPath_result_2
    if isPlainPath(path) then
        ____isPlainPath_result_2 = nil
    else
        ____isPlainPath_result_2 = resolve(simplify(____exports.decodeText(path, "none")))
    end
    return ____isPlainPath_result_2
end
function ____exports.viewOf(parts)
    local rawPath = lower(parts.path)
    local isPlain = isPlainPath(parts.path)
    local path = isPlain and rawPath or simplify(____exports.decodeText(parts.path, "none"))
    local rawQuery = lower(parts.query or "")
    return {
        method = parts.method,
        rawPath = rawPath,
        oncePath = isPlain and rawPath or lower((gsub(parts.path, "%%(%x%x)", undoEscape))),
        path = path,
        resolvedPath = isPlain and path or resolve(path),
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
