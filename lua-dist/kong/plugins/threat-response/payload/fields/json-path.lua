local ____exports = {}
local ffi = require("ffi")
--- Which keys are open at a place of a JSON text, for naming it. Asked for places in their order, and only for the few strings that are
-- judged: so it goes on from where it was asked last.
local MAX_DEPTH = 64
--- Keys named in a finding, innermost last.
local MAX_NAMED = 6
local MAX_KEY = 40
local QUOTE = 34
local BACKSLASH = 92
local COLON = 58
--- Bounds of the key that is open at each depth; the same place twice where there is none, as in an array.
local keyFrom = ffi.new("int32_t[?]", MAX_DEPTH + 1)
local keyTo = ffi.new("int32_t[?]", MAX_DEPTH + 1)
local depth = 0
local readTo = 0
local function openKey(from, to)
    if depth > MAX_DEPTH then
        return
    end
    keyFrom[depth] = from
    keyTo[depth] = to
end
function ____exports.startPath()
    depth = 0
    readTo = 0
    openKey(0, 0)
end
--- Index of the quote that ends the string which starts at `i`, or `to`.
function ____exports.endOfString(bytes, i, to)
    local ____end = i
    while ____end < to and bytes[____end] ~= QUOTE do
        ____end = ____end + (bytes[____end] == BACKSLASH and 2 or 1)
    end
    return math.min(____end, to)
end
--- Index of the colon behind the string that ends at `end`; 0 where it is no key.
function ____exports.colonBehind(bytes, ____end, to)
    local next = ____end + 1
    while next < to and bytes[next] <= 32 do
        next = next + 1
    end
    return next < to and bytes[next] == COLON and next or 0
end
local function step(byte)
    if byte == 123 or byte == 91 then
        depth = depth + 1
        openKey(0, 0)
    elseif (byte == 125 or byte == 93) and depth > 0 then
        depth = depth - 1
    end
end
--- Goes on to `place`, which is behind a quote or at the end of a key.
local function goTo(bytes, place)
    local i = readTo
    while i < place do
        local byte = bytes[i]
        i = i + 1
        if byte == QUOTE then
            local ____end = ____exports.endOfString(bytes, i, place)
            if ____end < place and ____exports.colonBehind(bytes, ____end, place + 1) > 0 then
                openKey(i, ____end)
            end
            i = ____end + 1
        else
            step(byte)
        end
    end
    readTo = math.max(
        readTo,
        math.min(i, place)
    )
end
--- The name of the string that begins at `from`: `json:order.notes` for root `json`; `query:filter.name` for root `query:filter`.
function ____exports.pathAt(bytes, from, root)
    goTo(bytes, from - 1)
    local path = ""
    local last = math.min(depth, MAX_DEPTH)
    for level = math.max(0, last - MAX_NAMED + 1), last do
        local length = math.min(MAX_KEY, keyTo[level] - keyFrom[level])
        if length > 0 then
            local key = ffi.string(bytes + keyFrom[level], length)
            path = path == "" and key or (path .. ".") .. key
        end
    end
    if path == "" then
        return root
    end
    local isNested = string.find(root, ":", 1, true)
    return (root .. (isNested == nil and ":" or ".")) .. path
end
return ____exports
