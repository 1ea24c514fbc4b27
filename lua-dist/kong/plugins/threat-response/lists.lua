local ____exports = {}
local compileMethods, lowerAll
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local compileRanges = ____cidr_2Ets.compileRanges
local matchCidr = ____cidr_2Ets.matchCidr
function compileMethods(methods)
    local set = {}
    for ____, method in ipairs(methods) do
        set[string.upper(method)] = true
    end
    return set
end
function lowerAll(texts)
    local lowered = {}
    for ____, text in ipairs(texts) do
        lowered[#lowered + 1] = string.lower(text)
    end
    return lowered
end
--- Undefined when the list has no entry at all.
function ____exports.compileList(list)
    local ranges = compileRanges(list.cidrs)
    local methods = #list.methods > 0 and compileMethods(list.methods) or nil
    local paths = #list.paths > 0 and list.paths or nil
    local userAgents = #list.user_agents > 0 and lowerAll(list.user_agents) or nil
    if ranges == nil and methods == nil and paths == nil and userAgents == nil then
        return nil
    end
    return {ranges = ranges, methods = methods, paths = paths, userAgents = userAgents}
end
function ____exports.matchPath(paths, path)
    for ____, prefix in ipairs(paths) do
        if string.sub(path, 1, #prefix) == prefix then
            return true
        end
    end
    return false
end
function ____exports.matchUserAgent(userAgents, userAgent)
    local lowered = string.lower(userAgent)
    for ____, part in ipairs(userAgents) do
        local found = string.find(lowered, part, 1, true)
        if found ~= nil then
            return true
        end
    end
    return false
end
--- Which part of the list the request is on; one is enough. `address` is 4 or 16 bytes, `path` has to be normalised, or `/a/../b` would
-- pass for `/a`.
function ____exports.matchList(list, address, method, path, userAgent)
    if list.ranges ~= nil and address ~= nil and matchCidr(list.ranges, address) then
        return "cidr"
    end
    local ____opt_0 = list.methods
    if (____opt_0 and ____opt_0[method]) ~= nil then
        return "method"
    end
    if list.paths ~= nil and ____exports.matchPath(list.paths, path) then
        return "path"
    end
    return list.userAgents ~= nil and userAgent ~= nil and ____exports.matchUserAgent(list.userAgents, userAgent) and "user_agent" or nil
end
return ____exports
