local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____guard_2Dstate_2Ets = require("kong.plugins.threat-response.logins.guard-state")
local createGuardState = ____guard_2Dstate_2Ets.createGuardState
local stepGuard = ____guard_2Dstate_2Ets.stepGuard
local ____header_2Dgroups_2Ets = require("kong.plugins.threat-response.logins.header-groups")
local createGroups = ____header_2Dgroups_2Ets.createGroups
local fadeGroups = ____header_2Dgroups_2Ets.fadeGroups
local ____regulars_2Ets = require("kong.plugins.threat-response.logins.regulars")
local createRegulars = ____regulars_2Ets.createRegulars
local fadeRegulars = ____regulars_2Ets.fadeRegulars
local MAX_ROUTES = 300
local STEP_S = 0.95
local STATE_MEMBERS = {
    "score",
    "hot",
    "failures",
    "addresses",
    "usual",
    "anchor",
    "seen",
    "age",
    "pressure",
    "attempts",
    "repeaters",
    "logins",
    "level",
    "since",
    "calm",
    "lacking"
}
local COUNT_MEMBERS = {
    "logins",
    "failures",
    "addresses",
    "repeaters",
    "stopped"
}
local ____table_0 = table
local concat = ____table_0.concat
local guards = {}
local size = 0
local function createCounts()
    return {
        logins = 0,
        failures = 0,
        addresses = 0,
        repeaters = 0,
        stopped = 0
    }
end
local function pack(state, totals)
    local parts = {}
    for ____, member in ipairs(STATE_MEMBERS) do
        parts[#parts + 1] = string.format("%.12g", state[member])
    end
    for ____, member in ipairs(COUNT_MEMBERS) do
        parts[#parts + 1] = string.format("%d", totals[member])
    end
    parts[#parts + 1] = string.format("%.3f", totals.at)
    return concat(parts, " ")
end
--- What the dictionary has, into the tables given; false where it has nothing.
local function ____unpack(route, state, totals)
    local text = counters:get("Jg" .. route)
    if text == nil then
        return false
    end
    local next = string.gmatch(text, "%S+")
    local function read()
        local part = next()
        return tonumber(part) or 0
    end
    for ____, member in ipairs(STATE_MEMBERS) do
        state[member] = read()
    end
    for ____, member in ipairs(COUNT_MEMBERS) do
        totals[member] = read()
    end
    totals.at = read()
    return true
end
local function createTotals()
    return {
        logins = 0,
        failures = 0,
        addresses = 0,
        repeaters = 0,
        stopped = 0,
        at = 0
    }
end
--- The guard of a route in this worker.
____exports.guardOf = function(route)
    local known = guards[route]
    if known ~= nil then
        return known
    end
    if size >= MAX_ROUTES then
        guards = {}
        size = 0
    end
    local guard = {
        counts = createCounts(),
        groups = createGroups(),
        regulars = createRegulars(),
        state = createGuardState()
    }
    ____unpack(
        route,
        guard.state,
        createTotals()
    )
    guards[route] = guard
    size = size + 1
    return guard
end
local function publish(route, counts)
    for ____, member in ipairs(COUNT_MEMBERS) do
        local count = counts[member]
        if count ~= 0 then
            counters:incr((("Jn" .. member) .. ":") .. route, count, 0)
        end
        counts[member] = 0
    end
end
--- What all workers have counted since the totals before, which become those of now.
local function takeCounts(route, totals)
    local counts = createCounts()
    for ____, member in ipairs(COUNT_MEMBERS) do
        local total = counters:get((("Jn" .. member) .. ":") .. route)
        local value = total or 0
        counts[member] = value - totals[member]
        totals[member] = value
    end
    return counts.logins < 0 and createCounts() or counts
end
local function step(route, guard, now)
    local totals = createTotals()
    local isKnown = ____unpack(route, guard.state, totals)
    local isFirst = counters:add("Jt" .. route, true, STEP_S)
    if not isFirst then
        return
    end
    local elapsed = isKnown and math.max(0.1, now - totals.at) or 1
    stepGuard(
        guard.state,
        takeCounts(route, totals),
        now,
        elapsed
    )
    totals.at = now
    counters:set(
        "Jg" .. route,
        pack(guard.state, totals)
    )
end
--- Once a second.
____exports.tickGuards = function(now)
    for route, guard in pairs(guards) do
        publish(route, guard.counts)
        step(route, guard, now)
        fadeGroups(guard.groups)
        fadeRegulars(guard.regulars)
    end
end
return ____exports
