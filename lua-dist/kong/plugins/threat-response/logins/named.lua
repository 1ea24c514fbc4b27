local ____exports = {}
--- On which paths a login usually names its user where it can be read. There, one that does not is odd: it may be written so that nobody counts
-- whom it is about, and passes for a user of its own each time.
local MOST_PATHS = 200
local MIN_SEEN = 20
local USUAL = 19
local FORGET_AT = 1000
local paths = {}
local size = 0
local odd = 0
local function seenOn(path)
    local known = paths[path]
    if known ~= nil then
        return known
    end
    if size >= MOST_PATHS then
        paths = {}
        size = 0
    end
    local fresh = {named = 0, unnamed = 0}
    paths[path] = fresh
    size = size + 1
    return fresh
end
--- A login there has succeeded.
____exports.noteNamed = function(path, isNamed)
    local seen = seenOn(path)
    if isNamed then
        seen.named = seen.named + 1
    else
        seen.unnamed = seen.unnamed + 1
    end
    if seen.named + seen.unnamed < FORGET_AT then
        return
    end
    seen.named = seen.named / 2
    seen.unnamed = seen.unnamed / 2
end
--- The user of a login that names none: nobody, or somebody new where that is unusual.
____exports.unnamedUser = function(path)
    local seen = paths[path]
    if seen == nil or seen.named < MIN_SEEN or seen.named < USUAL * seen.unnamed then
        return ""
    end
    odd = odd + 1
    return string.format(
        "odd%d.%d",
        ngx.worker.pid(),
        odd
    )
end
return ____exports
