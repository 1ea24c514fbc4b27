local ____exports = {}
local totalKey
local ffi = require("ffi")
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local MAX_REQUESTS = ____learning_2Ets.MAX_REQUESTS
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- Requests of the route that count, of all workers.
function ____exports.totalOf(route)
    local total = counters:get(totalKey(route))
    return total or 0
end
____exports.BUCKETS = 21
local STEP = 5
local MAX_ROUTES = 200
local SLOTS = 8192
local PER_CLIENT = 20
local ____string_0 = string
local byte = ____string_0.byte
local ____math_1 = math
local floor = ____math_1.floor
local routes = {}
local size = 0
--- Which client a slot belongs to on which route, and how many of its requests have been counted.
local owners = ffi.new("int32_t[8192]")
local counted = ffi.new("uint8_t[8192]")
local function hashOf(route, client)
    local hash = 5381
    for i = 1, #route do
        hash = (hash * 33 + byte(route, i)) % 2147483629
    end
    for i = 1, #client do
        hash = (hash * 33 + byte(client, i)) % 2147483629
    end
    return hash
end
____exports.scoresOf = function(instance, route)
    local known = routes[route]
    if known ~= nil then
        known.instance = instance
        return known
    end
    if size >= MAX_ROUTES then
        routes = {}
        size = 0
    end
    local buckets = ffi.new("uint32_t[21]")
    local created = {
        id = route,
        instance = instance,
        buckets = buckets,
        fresh = 0,
        isFull = ____exports.totalOf(route) >= MAX_REQUESTS
    }
    routes[route] = created
    size = size + 1
    return created
end
--- How many requests of this client have been counted on the route.
____exports.countedOf = function(route, client)
    local hash = hashOf(route, client)
    return owners[hash % SLOTS] == hash and counted[hash % SLOTS] or 0
end
____exports.isSpent = function(count) return count >= PER_CLIENT end
--- Counts one request of a client that may teach.
____exports.addScore = function(scores, client, score)
    local hash = hashOf(scores.id, client)
    local slot = hash % SLOTS
    if owners[slot] ~= hash then
        owners[slot] = hash
        counted[slot] = 0
    end
    if counted[slot] >= PER_CLIENT then
        return
    end
    counted[slot] = counted[slot] + 1
    local ____scores_buckets_2, ____floor_result_3 = scores.buckets, floor(score / STEP)
    ____scores_buckets_2[____floor_result_3] = ____scores_buckets_2[____floor_result_3] + 1
    scores.fresh = scores.fresh + 1
end
totalKey = function(route) return "lq" .. route end
--- The routes with new counts, which are then taken as told; totals have been brought up to date.
____exports.takeScores = function()
    local taken = {}
    for id, scores in pairs(routes) do
        if scores.fresh > 0 and #taken < 100 then
            local total = counters:incr(
                totalKey(id),
                scores.fresh,
                0
            )
            local buckets = {}
            for i = 0, ____exports.BUCKETS - 1 do
                buckets[#buckets + 1] = scores.buckets[i]
                scores.buckets[i] = 0
            end
            scores.fresh = 0
            scores.isFull = (total or 0) >= MAX_REQUESTS
            taken[#taken + 1] = {route_id = id, buckets = buckets, instance = scores.instance}
        end
    end
    return taken
end
return ____exports
