local ____exports = {}
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local wantHeader = ____header_2Dlines_2Ets.wantHeader
local ____ordinary_2Ets = require("kong.plugins.threat-response.payload.ordinary")
local isOrdinaryPart = ____ordinary_2Ets.isOrdinaryPart
local keepOrdinaryPart = ____ordinary_2Ets.keepOrdinaryPart
local LINE = ____ordinary_2Ets.LINE
local ____compile_2Ets = require("kong.plugins.threat-response.known.compile")
local anchorsOf = ____compile_2Ets.anchorsOf
local compileTables = ____compile_2Ets.compileTables
local conditionsOf = ____compile_2Ets.conditionsOf
local keptConditionsOf = ____compile_2Ets.keptConditionsOf
local ____condition_2Ets = require("kong.plugins.threat-response.known.condition")
local holds = ____condition_2Ets.holds
local meetsHeader = ____condition_2Ets.meetsHeader
local ____index_2Ets = require("kong.plugins.threat-response.known.exploits.index")
local EXPLOITS = ____index_2Ets.EXPLOITS
local ____literal_2Dindex_2Ets = require("kong.plugins.threat-response.known.literal-index")
local beginCollecting = ____literal_2Dindex_2Ets.beginCollecting
local buildIndex = ____literal_2Dindex_2Ets.buildIndex
local collect = ____literal_2Dindex_2Ets.collect
local collected = ____literal_2Dindex_2Ets.collected
local collectOwner = ____literal_2Dindex_2Ets.collectOwner
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
--- Parts that do not follow from the request line.
local BEYOND_LINE = {}
for ____, part in ipairs({"body", "input", "arg", "header"}) do
    BEYOND_LINE[part] = true
end
--- Whether nothing but the line of the request that is examined has been asked so far.
local isByLine = true
local function isMet(entry, view)
    for ____, condition in ipairs(keptConditionsOf(entry)) do
        if not holds(condition, view) then
            if BEYOND_LINE[condition.part] ~= nil then
                isByLine = false
            end
            return false
        end
    end
    return true
end
--- Of those equally strong the first in the tables.
local function strongest(count, view, switches)
    local withPaths = switches.paths and not isSourceView(view)
    local best
    local bestNumber = 0
    for i = 0, count - 1 do
        local number = collected[i + 1]
        local entry = ____exports.ENTRIES[number + 1]
        local ____temp_1 = number ~= DISGUISE
        if ____temp_1 then
            local ____temp_0
            if entry.kind == "exploit" then
                ____temp_0 = switches.exploits
            else
                ____temp_0 = withPaths
            end
            ____temp_1 = ____temp_0
        end
        local mayWin = ____temp_1 and (best == nil or entry.score > best.score or entry.score == best.score and number < bestNumber)
        if mayWin and isMet(entry, view) then
            best = entry
            bestNumber = number
        end
    end
    return best
end
local function examine(parts, switches)
    local view = viewOf(parts)
    beginCollecting()
    local count = collect(pathIndex, view.path, 0)
    if view.oncePath ~= view.path then
        count = collect(pathIndex, view.oncePath, count)
    end
    if view.resolvedPath ~= view.path then
        count = collect(pathIndex, view.resolvedPath, count)
    end
    count = collect(queryIndex, view.query, count)
    do
        local i = 0
        while i < #headerEntries do
            if holds(headerConditions[i + 1], view) then
                count = collectOwner(headerEntries[i + 1], count)
            end
            i = i + 1
        end
    end
    local ____temp_2
    if count == 0 then
        ____temp_2 = nil
    else
        ____temp_2 = strongest(count, view, switches)
    end
    return ____temp_2
end
--- Paths of some exploits are those of everybody's pages: lines that turned out to be none's are known again.
local function examineLine(parts, switches)
    local line = (((parts.method .. " ") .. parts.path) .. "?") .. (parts.query or "")
    local meaning = LINE + (switches.paths and 1 or 0) + (switches.exploits and 2 or 0)
    if isOrdinaryPart(line, meaning, 0) then
        return nil
    end
    isByLine = true
    local found = examine(parts, switches)
    if found == nil and isByLine then
        keepOrdinaryPart(0)
    end
    return found
end
--- The strongest entry that a request meets. One pass over path and query; the rest is looked at only where a literal was met.
function ____exports.matchKnown(parts, switches)
    local ____parts_3 = parts
    local path = ____parts_3.path
    local query = ____parts_3.query
    if hasKnownHeader(parts.headers) then
        return examine(parts, switches)
    end
    local isSuspect = mentions(pathIndex, pathIndex.wire, path) or query ~= nil and mentions(queryIndex, queryIndex.form, query)
    local ____isSuspect_4
    if isSuspect then
        ____isSuspect_4 = examineLine(parts, switches)
    else
        ____isSuspect_4 = nil
    end
    return ____isSuspect_4
end
return ____exports
