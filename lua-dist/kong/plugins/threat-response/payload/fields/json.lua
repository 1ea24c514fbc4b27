local ____exports = {}
local ffi = require("ffi")
local ____evaluate_2Ets = require("kong.plugins.threat-response.payload.evaluate")
local judgeValue = ____evaluate_2Ets.judgeValue
local stronger = ____evaluate_2Ets.stronger
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local AT_NAME = ____rule_2Ets.AT_NAME
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local isClean = ____sift_2Ets.isClean
local QUOTE = 34
local BACKSLASH = 92
local COLON = 58
local MAX_DEPTH = 32
--- Keys named in a finding, innermost last.
local MAX_NAMED = 6
local MAX_KEY = 40
--- Bounds of the key that is open at each depth; the same place twice where there is none, as in an array.
local keyFrom = ffi.new("int32_t[?]", MAX_DEPTH + 1)
local keyTo = ffi.new("int32_t[?]", MAX_DEPTH + 1)
local function pathOf(text, depth, root)
    local path = ""
    for level = math.max(1, depth - MAX_NAMED + 1), depth do
        if keyTo[level] > keyFrom[level] then
            local key = string.sub(
                text,
                keyFrom[level] + 1,
                math.min(keyTo[level], keyFrom[level] + MAX_KEY)
            )
            path = path == "" and key or (path .. ".") .. key
        end
    end
    if path == "" then
        return root
    end
    local isNested = string.find(root, ":", 1, true)
    return (root .. (isNested == nil and ":" or ".")) .. path
end
--- Index of the quote that ends the string which starts at `i`, or `to`.
local function endOfString(bytes, i, to)
    local ____end = i
    while ____end < to and bytes[____end] ~= QUOTE do
        ____end = ____end + (bytes[____end] == BACKSLASH and 2 or 1)
    end
    return math.min(____end, to)
end
local function skipBlank(bytes, i, to)
    local next = i
    while next < to and bytes[next] <= 32 do
        next = next + 1
    end
    return next
end
local function openKey(depth, from, to)
    keyFrom[depth] = from
    keyTo[depth] = to
end
--- Walks the strings of a JSON text without parsing it: what is malformed is judged all the same.
local function judgeStrings(text, bytes, to, root)
    local best
    local depth = 0
    openKey(0, 0, 0)
    local i = 0
    while i < to do
        local byte = bytes[i]
        i = i + 1
        if byte == QUOTE then
            local ____end = endOfString(bytes, i, to)
            local next = skipBlank(bytes, ____end + 1, to)
            local isKey = next < to and bytes[next] == COLON
            if isKey then
                openKey(depth, i, ____end)
            end
            if not isClean(bytes, i, ____end) then
                local at = isKey and AT_BODY + AT_NAME or AT_BODY
                best = stronger(
                    best,
                    judgeValue(
                        bytes,
                        i,
                        ____end,
                        "json",
                        at,
                        pathOf(text, depth, root)
                    )
                )
            end
            i = ____end + 1
        elseif byte == 123 or byte == 91 then
            if depth < MAX_DEPTH then
                depth = depth + 1
            end
            openKey(depth, 0, 0)
        elseif (byte == 125 or byte == 93) and depth > 0 then
            depth = depth - 1
        end
    end
    return best
end
--- A JSON text: keys and strings one by one, and the whole for what shows in its structure only. `root` is what the text is called in
-- a finding.
function ____exports.judgeJson(text, root)
    local bytes = ffi.cast("const uint8_t *", text)
    local inStrings = judgeStrings(text, bytes, #text, root)
    return stronger(
        inStrings,
        judgeValue(
            bytes,
            0,
            #text,
            "none",
            AT_STRUCTURE,
            root
        )
    )
end
return ____exports
