local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local addDistinct = ____distinct_2Ets.addDistinct
local clearDistinct = ____distinct_2Ets.clearDistinct
local countDistinct = ____distinct_2Ets.countDistinct
local createDistinct = ____distinct_2Ets.createDistinct
local MAX_ROUTES = 1000
local MEMORY_S = 600
--- A flood that goes on for hours is the new normal in the end.
local MEMORY_IN_FLOOD_S = 7200
local WARM_UP_S = 10
local KEEP_S = 30
--- One busy second is no flood, and one calm second is not its end.
local BEGINS_AFTER_S = 2
local ENDS_AFTER_S = 10
local SAVE_EVERY_S = 10
local routes = {}
local size = 0
--- Pure: the baseline after one more second. A plain mean first, then a slowly forgetting one.
____exports.learn = function(baseline, rps, isFlooded)
    local memory = isFlooded and MEMORY_IN_FLOOD_S or math.min(MEMORY_S, baseline.seconds + 1)
    return {rps = baseline.rps + (rps - baseline.rps) / memory, seconds = baseline.seconds + 1}
end
--- Pure: the rate from which a route counts as flooded; nil while too little is known of it.
____exports.limitFor = function(baseline, factor, least)
    local ____temp_0
    if baseline.seconds < WARM_UP_S then
        ____temp_0 = nil
    else
        ____temp_0 = math.max(least, baseline.rps * factor)
    end
    return ____temp_0
end
____exports.floodOf = function(route)
    local ____opt_1 = routes[route]
    return ____opt_1 and ____opt_1.flood
end
local function readBaseline(route)
    local rps = counters:get("rb" .. route)
    local seconds = counters:get("rn" .. route)
    return {rps = rps or 0, seconds = seconds or 0}
end
local function create(instance, name)
    if size >= MAX_ROUTES then
        routes = {}
        size = 0
    end
    local route = {
        limits = instance.config.flood,
        count = 0,
        addresses = createDistinct(),
        baseline = readBaseline(name),
        flood = nil,
        streak = 0
    }
    routes[name] = route
    size = size + 1
    return route
end
--- A request has arrived at a route; the hot path of this file.
____exports.addArrival = function(instance, name, address)
    local route = routes[name] or create(instance, name)
    route.limits = instance.config.flood
    route.count = route.count + 1
    if route.streak > 0 then
        addDistinct(route.addresses, address)
    end
end
local function publish(name, second, count)
    if count > 0 then
        counters:incr(
            (("rc" .. tostring(second)) .. ":") .. name,
            count,
            0,
            KEEP_S
        )
    end
end
local function readTotal(name, second)
    local total = counters:get((("rc" .. tostring(second)) .. ":") .. name)
    return total or 0
end
local function judge(route, rps, now)
    local ____route_limits_3 = route.limits
    local route_factor = ____route_limits_3.route_factor
    local min_route_rps = ____route_limits_3.min_route_rps
    local limit = ____exports.limitFor(route.baseline, route_factor, min_route_rps)
    local isAbove = limit ~= nil and rps > limit
    if isAbove then
        route.streak = math.max(0, route.streak) + 1
    else
        route.streak = math.min(0, route.streak) - 1
    end
    if isAbove and (route.flood ~= nil or route.streak >= BEGINS_AFTER_S) then
        local ____opt_4 = route.flood
        local since = ____opt_4 and ____opt_4.since or now - BEGINS_AFTER_S
        route.flood = {
            since = since,
            allowedRps = limit,
            sources = countDistinct(route.addresses)
        }
    elseif route.streak <= -ENDS_AFTER_S then
        route.flood = nil
    end
end
local function save(name, baseline)
    counters:set("rb" .. name, baseline.rps)
    counters:set("rn" .. name, baseline.seconds)
end
--- Once a second. The second before this one is judged: by now all workers have published it.
____exports.tickRates = function(now)
    local second = math.floor(now)
    for name, route in pairs(routes) do
        publish(name, second, route.count)
        local rps = readTotal(name, second - 1)
        judge(route, rps, now)
        route.baseline = ____exports.learn(route.baseline, rps, route.flood ~= nil)
        if second % SAVE_EVERY_S == 0 then
            save(name, route.baseline)
        end
        if route.streak > 0 then
            clearDistinct(route.addresses)
        end
        route.count = 0
    end
end
return ____exports
