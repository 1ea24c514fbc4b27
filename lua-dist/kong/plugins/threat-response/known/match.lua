local ____exports = {}
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local wantHeader = ____header_2Dlines_2Ets.wantHeader
local ____compile_2Ets = require("kong.plugins.threat-response.known.compile")
local anchorsOf = ____compile_2Ets.anchorsOf
local compileTables = ____compile_2Ets.compileTables
local conditionsOf = ____compile_2Ets.conditionsOf
local ____condition_2Ets = require("kong.plugins.threat-response.known.condition")
local holds = ____condition_2Ets.holds
local meetsHeader = ____condition_2Ets.meetsHeader
local ____index_2Ets = require("kong.plugins.threat-response.known.exploits.index")
local EXPLOITS = ____index_2Ets.EXPLOITS
local ____literal_2Dindex_2Ets = require("kong.plugins.threat-response.known.literal-index")
local buildIndex = ____literal_2Dindex_2Ets.buildIndex
local collect = ____literal_2Dindex_2Ets.collect
local mentions = ____literal_2Dindex_2Ets.mentions
local ____paths_2Ets = require("kong.plugins.threat-response.known.paths")
local PATHS = ____paths_2Ets.PATHS
local ____request_2Dview_2Ets = require("kong.plugins.threat-response.known.request-view")
local viewOf = ____request_2Dview_2Ets.viewOf
--- Signs that a path is not written as it is meant: it is looked at again when it is simplified.
local DISGUISED = {
    "//",
    "/./",
    "/../",
    "/..;",
    "\\",
    "%0",
    "%2",
    "%3",
    "%5",
    "%6",
    "%7",
    "%c0",
    "%u0"
}
local function allEntries()
    local entries = compileTables("exploit", EXPLOITS)
    for ____, entry in ipairs(compileTables("path", PATHS)) do
        entries[#entries + 1] = entry
    end
    return entries
end
____exports.ENTRIES = allEntries()
local function literalsFor(first, second)
    local literals = {}
    for ____, entry in ipairs(____exports.ENTRIES) do
        literals[#literals + 1] = anchorsOf(entry, first, second)
    end
    return literals
end
local pathLiterals = literalsFor("path", "once")
pathLiterals[#pathLiterals + 1] = DISGUISED
local DISGUISE = #____exports.ENTRIES
local pathIndex = buildIndex(pathLiterals)
local queryIndex = buildIndex(literalsFor("query", "arg"))
--- The numbers of the entries that begin with a header, and what they begin with.
local headerEntries = {}
local headerConditions = {}
do
    local i = 0
    while i < #____exports.ENTRIES do
        local conditions = conditionsOf(____exports.ENTRIES[i + 1])
        for ____, ____value in ipairs(conditions) do
            local part = ____value.part
            local name = ____value.name
            if part == "header" then
                wantHeader(name)
            end
        end
        if conditions[1].part == "header" then
            headerEntries[#headerEntries + 1] = i
            headerConditions[#headerConditions + 1] = conditions[1]
        end
        i = i + 1
    end
end
local function hasKnownHeader(headers)
    for ____, condition in ipairs(headerConditions) do
        if meetsHeader(headers, condition) then
            return true
        end
    end
    return false
end
--- Views of source code name such files too, and serve them on purpose.
local SOURCE_VIEWS = {
    "/blob/",
    "/raw/",
    "/tree/",
    "/blame/",
    "/contents/",
    "/-/",
    "/src/branch/",
    "/commits/"
}
local function isSourceView(view)
    for ____, part in ipairs(SOURCE_VIEWS) do
        if (string.find(view.path, part, 1, true)) ~= nil then
            return true
        end
    end
    return false
end
local function isMet(entry, view)
    for ____, condition in ipairs(conditionsOf(entry)) do
        if not holds(condition, view) then
            return false
        end
    end
    return true
end
local function strongest(candidates, view, switches)
    local withPaths = switches.paths and not isSourceView(view)
    local best
    do
        local i = 0
        while i < #____exports.ENTRIES do
            local entry = ____exports.ENTRIES[i + 1]
            local ____temp_1 = candidates[i] ~= nil
            if ____temp_1 then
                local ____temp_0
                if entry.kind == "exploit" then
                    ____temp_0 = switches.exploits
                else
                    ____temp_0 = withPaths
                end
                ____temp_1 = ____temp_0
            end
            local mayWin = ____temp_1 and (best == nil or entry.score > best.score)
            if mayWin and isMet(entry, view) then
                best = entry
            end
            i = i + 1
        end
    end
    return best
end
local function examine(parts, switches)
    local view = viewOf(parts)
    local candidates = {}
    collect(pathIndex, view.path, candidates)
    collect(pathIndex, view.oncePath, candidates)
    if view.resolvedPath ~= view.path then
        collect(pathIndex, view.resolvedPath, candidates)
    end
    collect(queryIndex, view.query, candidates)
    for ____, i in ipairs(headerEntries) do
        candidates[i] = true
    end
    candidates[DISGUISE] = nil
    return strongest(candidates, view, switches)
end
--- The strongest entry that a request meets. One pass over path and query; the rest is looked at only where a literal was met.
function ____exports.matchKnown(parts, switches)
    local ____parts_2 = parts
    local path = ____parts_2.path
    local query = ____parts_2.query
    local isSuspect = mentions(pathIndex, pathIndex.wire, path) or query ~= nil and mentions(queryIndex, queryIndex.form, query) or hasKnownHeader(parts.headers)
    local ____isSuspect_3
    if isSuspect then
        ____isSuspect_3 = examine(parts, switches)
    else
        ____isSuspect_3 = nil
    end
    return ____isSuspect_3
end
return ____exports
