local ____exports = {}
local ____baseline_2Ets = require("kong.plugins.threat-response.baseline")
local capacityFor = ____baseline_2Ets.capacityFor
local knownRate = ____baseline_2Ets.knownRate
local learnSecond = ____baseline_2Ets.learnSecond
local limitFor = ____baseline_2Ets.limitFor
local packBaseline = ____baseline_2Ets.packBaseline
local unpackBaseline = ____baseline_2Ets.unpackBaseline
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local addDistinct = ____distinct_2Ets.addDistinct
local ____flood_2Dcourse_2Ets = require("kong.plugins.threat-response.flood-course")
local beginFlood = ____flood_2Dcourse_2Ets.beginFlood
local noteLull = ____flood_2Dcourse_2Ets.noteLull
local steer = ____flood_2Dcourse_2Ets.steer
local ____told_2Dbaselines_2Ets = require("kong.plugins.threat-response.learning.told-baselines")
local adoptTold = ____told_2Dbaselines_2Ets.adoptTold
local ____rate_2Drise_2Ets = require("kong.plugins.threat-response.rate-rise")
local createRise = ____rate_2Drise_2Ets.createRise
local noteSecond = ____rate_2Drise_2Ets.noteSecond
local roomFor = ____rate_2Drise_2Ets.roomFor
local ____route_2Dcrowd_2Ets = require("kong.plugins.threat-response.route-crowd")
local clearCrowd = ____route_2Dcrowd_2Ets.clearCrowd
local createCrowd = ____route_2Dcrowd_2Ets.createCrowd
local shareCrowd = ____route_2Dcrowd_2Ets.shareCrowd
local ____route_2Dhealth_2Ets = require("kong.plugins.threat-response.route-health")
local addAnswer = ____route_2Dhealth_2Ets.addAnswer
local createHealth = ____route_2Dhealth_2Ets.createHealth
local judgeHealth = ____route_2Dhealth_2Ets.judgeHealth
local ____worker_2Dsums_2Ets = require("kong.plugins.threat-response.worker-sums")
local addUp = ____worker_2Dsums_2Ets.addUp
local grown = ____worker_2Dsums_2Ets.grown
--- Seconds between two looks.
____exports.TICK_S = 0.2
local TICKS = 5
local MAX_RATES = 1000
--- A busy second is no flood. A sharp rise is one after so many ticks, a small one after so many more; calm for so long, and it is over.
local SHARP = 6
local STEADY = 12
local ENDS_AFTER = 50
local SAVE_EVERY = 300
local LINK_EVERY = 50
local rates = {}
local list = {}
local ticks = 0
local tickedAt = 0
local function readPacked(name)
    local packed = counters:get("rb" .. name)
    return type(packed) == "string" and packed or nil
end
local create
create = function(instance, name)
    if #list >= MAX_RATES then
        rates = {}
        list = {}
    end
    local rate = {
        name = name,
        limits = instance.config.flood,
        service = nil,
        isLinked = false,
        count = 0,
        clean = 0,
        seen = -1,
        seenClean = -1,
        cleanRps = 0,
        last = {
            0,
            0,
            0,
            0,
            0
        },
        own = {
            0,
            0,
            0,
            0,
            0
        },
        addresses = nil,
        health = createHealth(),
        rise = createRise(),
        baseline = unpackBaseline(readPacked(name)),
        flood = nil,
        sharp = 0,
        streak = 0
    }
    adoptTold(rate.baseline, name)
    rates[name] = rate
    list[#list + 1] = rate
    if rates[""] == nil then
        create(instance, "")
    end
    return rate
end
local function link(instance, route)
    route.isLinked = true
    local ____temp_0
    if route.name == "" then
        ____temp_0 = nil
    else
        ____temp_0 = kong.router.get_service()
    end
    local service = ____temp_0
    local name = service == nil and "" or "s:" .. service.id
    local ____route_2 = route
    local ____temp_1
    if service == nil then
        ____temp_1 = nil
    else
        ____temp_1 = rates[name] or create(instance, name)
    end
    ____route_2.service = ____temp_1
end
local function addTo(rate, limits, address)
    rate.limits = limits
    rate.count = rate.count + 1
    local ____rate_health_3, ____arrivals_4 = rate.health, "arrivals"
    ____rate_health_3[____arrivals_4] = ____rate_health_3[____arrivals_4] + 1
    if rate.addresses ~= nil then
        addDistinct(rate.addresses, address)
    end
end
--- A request has arrived at a route, or has found none (""); the hot path of this file.
____exports.addArrival = function(instance, name, address)
    local route = rates[name] or create(instance, name)
    if not route.isLinked then
        link(instance, route)
    end
    addTo(route, instance.config.flood, address)
    if route.service ~= nil then
        addTo(route.service, instance.config.flood, address)
    end
end
--- A request is over, and there was nothing suspicious about it: what the baseline is learned from.
____exports.addClean = function(name)
    local route = rates[name]
    if route == nil then
        return
    end
    route.clean = route.clean + 1
    if route.service ~= nil then
        local ____route_service_5, ____clean_6 = route.service, "clean"
        ____route_service_5[____clean_6] = ____route_service_5[____clean_6] + 1
    end
end
--- A request that was let pass has been answered: how long that took, and whether the service or what is in its place failed.
____exports.addServed = function(name, seconds, isFailure)
    local route = rates[name]
    if route == nil then
        return
    end
    addAnswer(route.health, seconds, isFailure)
    if route.service ~= nil then
        addAnswer(route.service.health, seconds, isFailure)
    end
end
--- Requests beyond suspicion in the last second, over all workers.
____exports.cleanRps = function(name)
    local ____opt_7 = rates[name]
    return ____opt_7 and ____opt_7.cleanRps or 0
end
--- All that this worker knows of.
____exports.knownRates = function() return list end
--- The flood on a route, or on its service as a whole.
____exports.floodOf = function(name)
    local route = rates[name]
    local ____temp_12
    if route == nil then
        ____temp_12 = nil
    else
        local ____route_flood_11 = route.flood
        if ____route_flood_11 == nil then
            local ____opt_9 = route.service
            ____route_flood_11 = ____opt_9 and ____opt_9.flood
        end
        ____temp_12 = ____route_flood_11
    end
    return ____temp_12
end
local function shift(last, latest)
    local sum = latest
    for i = 1, TICKS - 1 do
        last[i] = last[i + 1]
        sum = sum + last[i]
    end
    last[TICKS] = latest
    return sum
end
local function begin(rate, now, limit, rps)
    local allowedRps = capacityFor(rate.baseline, now, limit)
    return beginFlood(
        now - rate.streak * ____exports.TICK_S,
        limit,
        allowedRps,
        rps,
        rate.name ~= ""
    )
end
--- The rate from which it is a flood. What rises slowly has more room while the service answers as ever: people come one after the other.
local function limitOf(rate, now)
    local ____rate_limits_13 = rate.limits
    local route_factor = ____rate_limits_13.route_factor
    local min_route_rps = ____rate_limits_13.min_route_rps
    local enabled = ____rate_limits_13.enabled
    local ____enabled_14
    if enabled then
        ____enabled_14 = limitFor(rate.baseline, now, route_factor, min_route_rps)
    else
        ____enabled_14 = nil
    end
    local limit = ____enabled_14
    if limit == nil or rate.health.isHurt or rate.flood ~= nil then
        return limit
    end
    return roomFor(
        rate.rise,
        limit,
        math.max(
            min_route_rps,
            route_factor * knownRate(rate.baseline, now)
        )
    )
end
local function judge(rate, arrived, rps, elapsed, now)
    local limit = limitOf(rate, now)
    local isAbove = limit ~= nil and rps > limit
    rate.sharp = limit ~= nil and arrived > limit * elapsed and rate.sharp + 1 or 0
    local kept = rate.flood == nil and STEADY or 0
    rate.streak = isAbove and math.max(0, rate.streak) + 1 or math.min(kept, rate.streak) - 1
    if rate.flood ~= nil then
        noteLull(rate.flood, rps, isAbove, rate.name ~= "")
        if rate.streak <= -ENDS_AFTER then
            rate.flood = nil
        end
    elseif isAbove and (rate.sharp >= SHARP or rate.streak >= STEADY) then
        rate.flood = begin(rate, now, limit, rps)
    end
    if isAbove and rate.addresses == nil then
        rate.addresses = createCrowd()
    elseif rate.flood == nil and rate.streak < -TICKS then
        rate.addresses = nil
    end
end
local function noteRise(rate, now)
    local ____rate_limits_15 = rate.limits
    local route_factor = ____rate_limits_15.route_factor
    local min_route_rps = ____rate_limits_15.min_route_rps
    local rps = 0
    for ____, count in ipairs(rate.last) do
        rps = rps + count
    end
    local limit = limitFor(rate.baseline, now, route_factor, min_route_rps)
    if limit ~= nil then
        noteSecond(rate.rise, rps, limit)
    end
end
local function learn(rate, now)
    judgeHealth(rate.health, rate.flood == nil and rate.streak <= TICKS)
    if rate.flood ~= nil then
        rate.flood.isHurt = rate.health.isHurt
    end
    noteRise(rate, now)
    local sum = addUp("rl" .. rate.name, rate.clean)
    rate.cleanRps = grown(rate.seenClean, sum)
    learnSecond(rate.baseline, rate.cleanRps, now, rate.flood ~= nil or rate.streak > TICKS)
    rate.seenClean = sum
    rate.clean = 0
    if rate.addresses == nil then
        return
    end
    local sources = shareCrowd(rate.name, rate.addresses)
    if rate.flood ~= nil then
        rate.flood.sources = math.max(sources, rate.flood.sources * 0.9)
    end
    if ticks % LINK_EVERY == 0 then
        clearCrowd(rate.addresses)
    end
end
local function tickRate(rate, elapsed, now)
    local sum = addUp("ra" .. rate.name, rate.count)
    local arrived = grown(rate.seen, sum)
    rate.seen = sum
    local all = shift(rate.last, arrived)
    judge(
        rate,
        arrived,
        all / (TICKS * elapsed),
        elapsed,
        now
    )
    local own = shift(rate.own, rate.count)
    local scale = own > 0 and all / own / elapsed or 0
    if rate.flood ~= nil then
        steer(rate.flood, scale, rate.name ~= "")
    end
    rate.count = 0
end
local function refresh(rate)
    rate.isLinked = false
    adoptTold(rate.baseline, rate.name)
end
--- Several times a second.
____exports.tickRates = function(now)
    local elapsed = math.max(____exports.TICK_S, now - tickedAt)
    tickedAt = now
    ticks = ticks + 1
    for i = 1, #list do
        local rate = list[i]
        tickRate(rate, elapsed, now)
        if ticks % TICKS == 0 then
            learn(rate, now)
        end
        if ticks % LINK_EVERY == 0 then
            refresh(rate)
        end
        if ticks % SAVE_EVERY == i % SAVE_EVERY then
            counters:set(
                "rb" .. rate.name,
                packBaseline(rate.baseline)
            )
        end
    end
end
return ____exports
