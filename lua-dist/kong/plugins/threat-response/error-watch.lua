local ____exports = {}
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
local ____error_2Dsequence_2Ets = require("kong.plugins.threat-response.error-sequence")
local createSequence = ____error_2Dsequence_2Ets.createSequence
local observeRate = ____error_2Dsequence_2Ets.observeRate
local observeShare = ____error_2Dsequence_2Ets.observeShare
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local cleanRps = ____route_2Drate_2Ets.cleanRps
local ____worker_2Dsums_2Ets = require("kong.plugins.threat-response.worker-sums")
local addUp = ____worker_2Dsums_2Ets.addUp
local grown = ____worker_2Dsums_2Ets.grown
local MAX_WATCHES = 1000
--- From when on it is an outage: a share, or a number a second.
local OUTAGE = {service = 0.3, gateway = 0.3, auth = 0.6, ["no-route"] = 0.5}
local LEAST_CLIENTS = 3
--- Where nearly nothing succeeds, one client is enough when it fails for so many seconds.
local NEARLY_ALL = 0.95
local SECONDS_OF_ONE = 5
local watches = {}
local size = 0
local function find(route, kind)
    local key = (kind .. ":") .. route
    local known = watches[key]
    if known ~= nil then
        return known
    end
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
        seen = -1,
        clients = 0,
        lastAt = 0,
        total = 0,
        requests = 0
    }
    watches[key] = watch
    size = size + 1
    return watch
end
local function countClients(bits)
    local rest = bits
    local count = 0
    while rest ~= 0 do
        rest = bit.band(rest, rest - 1)
        count = count + 1
    end
    return count
end
local function isCommon(watch)
    return countClients(watch.clients) >= LEAST_CLIENTS or watch.kind ~= "no-route" and watch.sequence.badSeconds >= SECONDS_OF_ONE and watch.total >= NEARLY_ALL * watch.requests
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
    return watch.sequence.isAlarmed and isCommon(watch)
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
    if size == 0 then
        return
    end
    for ____, watch in pairs(watches) do
        judge(watch, now)
    end
end
return ____exports
