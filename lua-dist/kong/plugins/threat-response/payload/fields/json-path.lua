local ____exports = {}
local ffi = require("ffi")
--- Which keys are open at the place where a walk through a JSON text is, for naming it.
local MAX_DEPTH = 64
--- Keys named in a finding, innermost last.
local MAX_NAMED = 6
local MAX_KEY = 40
local COLON = 58
--- Bounds of the key that is open at each depth; the same place twice where there is none, as in an array.
local keyFrom = ffi.new("int32_t[?]", MAX_DEPTH + 1)
local keyTo = ffi.new("int32_t[?]", MAX_DEPTH + 1)
local depth = 0
function ____exports.openKey(from, to)
    if depth > MAX_DEPTH then
        return
    end
    keyFrom[depth] = from
    keyTo[depth] = to
end
function ____exports.startPath()
    depth = 0
    ____exports.openKey(0, 0)
end
--- Goes into an object or array; however deep, it only counts.
function ____exports.goDeeper()
    depth = depth + 1
    ____exports.openKey(0, 0)
end
function ____exports.goBack()
    depth = depth - 1
end
function ____exports.depthNow()
    return depth
end
--- Whether the string that ends at `end` is a key.
function ____exports.isKey(bytes, ____end, to)
    local next = ____end + 1
    while next < to and bytes[next] <= 32 do
        next = next + 1
    end
    return next < to and bytes[next] == COLON
end
--- Whether the innermost open key is `query`, as of GraphQL.
function ____exports.isUnderQuery(bytes)
    if depth > MAX_DEPTH or keyTo[depth] - keyFrom[depth] ~= 5 then
        return false
    end
    local from = keyFrom[depth]
    return bytes[from] == 113 and bytes[from + 1] == 117 and bytes[from + 4] == 121
end
--- `json:order.notes` for root `json`; `query:filter.name` for root `query:filter`.
function ____exports.pathOf(bytes, root)
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
