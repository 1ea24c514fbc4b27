local ____exports = {}
local ____condition_2Ets = require("kong.plugins.threat-response.known.condition")
local parseCondition = ____condition_2Ets.parseCondition
local ____table_2Ets = require("kong.plugins.threat-response.known.table")
local readTable = ____table_2Ets.readTable
local split = ____table_2Ets.split
--- Bytes of a literal that are searched for: enough to be rare, few enough to keep the table small.
local ANCHOR = 8
--- The first one is what the request is searched for; it is about the path, the query or a header.
function ____exports.conditionsOf(row)
    local conditions = {}
    for ____, text in ipairs(split(row.rest, " & ")) do
        local condition = parseCondition(text)
        if condition == nil then
            error((("not a condition: " .. text) .. " of ") .. row.id)
        else
            conditions[#conditions + 1] = condition
        end
    end
    return conditions
end
--- The few entries that requests come near to all the time are kept read; hundreds would be hundreds of kilobytes.
local MOST_KEPT = 48
local kept = {}
local keptCount = 0
--- The same, to be asked again and again.
function ____exports.keptConditionsOf(row)
    local known = kept[row]
    if known ~= nil then
        return known
    end
    if keptCount == MOST_KEPT then
        kept = {}
        keptCount = 0
    end
    local conditions = ____exports.conditionsOf(row)
    kept[row] = conditions
    keptCount = keptCount + 1
    return conditions
end
local function entryOf(row, kind)
    local entry = row
    entry.kind = kind
    return entry
end
function ____exports.compileTables(kind, tables)
    local entries = {}
    for ____, text in ipairs(tables) do
        for ____, row in ipairs(readTable(text)) do
            entries[#entries + 1] = entryOf(row, kind)
        end
    end
    return entries
end
--- Ends that ordinary paths have as well.
local COMMON_ENDS = {
    "/api/v2/",
    "plugins/",
    "service/",
    "/scripts",
    "content/"
}
--- Ends of literals are mostly rarer than their beginnings: `/wp-content/plugins/…`.
local function anchorOf(literal)
    local last = string.sub(literal, -ANCHOR)
    for ____, common in ipairs(COMMON_ENDS) do
        if last == common then
            return string.sub(literal, 1, ANCHOR)
        end
    end
    return last
end
function ____exports.anchorsOf(entry, first, second)
    local anchors = {}
    local condition = ____exports.conditionsOf(entry)[1]
    if condition.part == first or condition.part == second or condition.part == "target" then
        for ____, literal in ipairs(condition.literals) do
            anchors[#anchors + 1] = anchorOf(literal)
        end
    end
    return anchors
end
return ____exports
