local ____exports = {}
--- The path of a request as logins are known by: decoded, with dots and double slashes resolved by nginx, and without what many services do not
-- look at: case, parameters behind a semicolon, and slashes, dots and spaces at the end.
local KEPT = 500
local SLASH = 47
local DOT = 46
local SPACE = 32
local ____string_0 = string
local byte = ____string_0.byte
local gsub = ____string_0.gsub
local lower = ____string_0.lower
local sub = ____string_0.sub
--- Most paths come again.
local known = {}
local size = 0
local function isIdle(char)
    return char == SLASH or char == DOT or char <= SPACE
end
local function simplify(path)
    local bare = gsub(
        lower(path),
        ";[^/]*",
        ""
    )
    local single = gsub(bare, "/+", "/")
    local to = #single
    while to > 1 and isIdle(byte(single, to)) do
        to = to - 1
    end
    return sub(single, 1, to)
end
____exports.loginPath = function()
    local path = ngx.var.uri or ""
    local kept = known[path]
    if kept ~= nil then
        return kept
    end
    if size >= KEPT then
        known = {}
        size = 0
    end
    local simple = simplify(path)
    known[path] = simple
    size = size + 1
    return simple
end
--- Prefixes of logins as a configuration names them, to be compared with `loginPath`.
____exports.loginPrefixes = function(paths)
    local prefixes = {}
    for ____, path in ipairs(paths) do
        prefixes[#prefixes + 1] = lower(path)
    end
    return prefixes
end
--- `/auth/` means `/auth` as well, and `/auth/x`, but not `/authors`.
____exports.matchLoginPath = function(prefixes, path)
    for ____, prefix in ipairs(prefixes) do
        if sub(path, 1, #prefix) == prefix then
            return true
        end
        if #prefix == #path + 1 and prefix == path .. "/" then
            return true
        end
    end
    return false
end
return ____exports
