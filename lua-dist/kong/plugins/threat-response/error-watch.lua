local ____exports = {}
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
local ____error_2Dsequence_2Ets = require("kong.plugins.threat-response.error-sequence")
local createSequence = ____error_2Dsequence_2Ets.createSequence
local observeRate = ____error_2Dsequence_2Ets.observeRate
local observeShare = ____error_2Dsequence_2Ets.observeShare
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local cleanRps = ____route_2Drate_2Ets.cleanRps
local ____spread_2Ets = require("kong.plugins.threat-response.spread")
local addMember = ____spread_2Ets.addMember
local ____worker_2Dsums_2Ets = require("kong.plugins.threat-response.worker-sums")
local addUp = ____worker_2Dsums_2Ets.addUp
local grown = ____worker_2Dsums_2Ets.grown
local MAX_WATCHES = 1000
--- From when on it is an outage: a share, or a number a second.
local OUTAGE = {service = 0.3, gateway = 0.3, auth = 0.6, ["no-route"] = 0.5}
local LEAST_CLIENTS = 3
--- Seconds within which those that other workers saw count.
local CLIENTS_S = 120
--- Where nearly nothing succeeds, one client is enough when it fails for so many seconds.
local NEARLY_ALL = 0.95
local SECONDS_OF_ONE = 5
--- What any worker watches, a line each.
local NAMES = "rE"
local KEEP_NAMES_S = 86400
local LONGEST_NAMES = 20000
local watches = {}
local size = 0
local known = ""
local hasLooked = false
local function create(route, kind, seen)
    if size >= MAX_WATCHES then
        watches = {}
        size = 0
    end
    local sequence = createSequence()
    local watch = {
        route = route,
        kind = kind,
        sequence = sequence,
        errors = 0,
        seen = seen,
        clients = 0,
        lastAt = 0,
        total = 0,
        requests = 0
    }
    watches[(kind .. ":") .. route] = watch
    size = size + 1
    return watch
end
local function readNames()
    local names = counters:get(NAMES)
    return names or ""
end
local function tellOthers(name)
    local names = readNames()
    local at = string.find("\n" .. names, ("\n" .. name) .. "\n", 1, true)
    if at == nil and #names < LONGEST_NAMES then
        counters:set(NAMES, (names .. name) .. "\n", KEEP_NAMES_S)
    end
end
--- What others have begun since the last look counts from their first error on; what was there before this worker, from now on.
local function followOthers()
    local names = readNames()
    if names ~= known then
        known = names
        for kind, route in string.gmatch(names, "([^:\n]+):([^\n]*)\n") do
            if watches[(kind .. ":") .. route] == nil then
                create(route, kind, hasLooked and 0 or -1)
            end
        end
    end
    hasLooked = true
end
local function find(route, kind)
    local name = (kind .. ":") .. route
    local watch = watches[name]
    if watch ~= nil then
        return watch
    end
    tellOthers(name)
    return create(route, kind, -1)
end
local function isOfMany(watch, address)
    return countBits(watch.clients) >= LEAST_CLIENTS or addMember("E", CLIENTS_S, (watch.kind .. ":") .. watch.route, address) >= LEAST_CLIENTS
end
local function isCommon(watch, address)
    return isOfMany(watch, address) or watch.kind ~= "no-route" and watch.sequence.badSeconds >= SECONDS_OF_ONE and watch.total >= NEARLY_ALL * watch.requests
end
--- An error was answered; whether it is part of an outage.
____exports.addError = function(route, kind, address, now)
    local watch = find(route, kind)
    watch.errors = watch.errors + 1
    watch.lastAt = now
    watch.clients = bit.bor(
        watch.clients,
        bit.lshift(
            1,
            bit.band(
                hashText(address),
                31
            )
        )
    )
    local isMuch = isCommon(watch, address)
    return watch.sequence.isAlarmed and isMuch
end
--- Errors of all workers in the last second. Where others began earlier, what they had does not count twice.
local function takeErrors(watch)
    local sum = addUp((("re" .. watch.kind) .. ":") .. watch.route, watch.errors)
    local errors = watch.seen < 0 and watch.errors or grown(watch.seen, sum)
    watch.seen = sum
    watch.errors = 0
    return errors
end
local function judge(watch, now)
    local errors = takeErrors(watch)
    local requests = math.max(
        errors,
        watch.kind == "no-route" and 0 or cleanRps(watch.route)
    )
    if watch.sequence.score == 0 and not watch.sequence.isAlarmed then
        watch.total = 0
        watch.requests = 0
        if errors == 0 then
            watch.clients = 0
        end
    end
    watch.total = watch.total + errors
    watch.requests = watch.requests + requests
    if watch.kind == "no-route" then
        observeRate(watch.sequence, errors, OUTAGE[watch.kind], now)
    else
        observeShare(
            watch.sequence,
            errors,
            requests,
            OUTAGE[watch.kind],
            now
        )
    end
end
--- Once a second.
____exports.tickErrors = function(now)
    followOthers()
    if size == 0 then
        return
    end
    for ____, watch in pairs(watches) do
        judge(watch, now)
    end
end
return ____exports
