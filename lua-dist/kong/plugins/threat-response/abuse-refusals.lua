local ____exports = {}
local ffi = require("ffi")
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- What each client was refused of each route over two hours: who tries ids by chance, one every few seconds, is never quick enough for `abuse-walk.ts`.
-- A client's third refusal in a worker begins a record that all workers share; up to then, and for what it finds in between, there are 4,096
-- places in each worker.
local PLACES = 4096
local BEGINS_WITH = 3
local SKETCH_BITS = 256
local SIZE = 40
local LASTS_S = 7200
local MOST = 60000
--- Times `abuse.max_ids` distinct pages refused, hardly any twice, and most of all that was asked for.
local FACTOR = 2
local DISTINCT_SHARE = 0.7
local REFUSED_SHARE = 0.6
local ____math_0 = math
local floor = ____math_0.floor
local log = ____math_0.log
local ledger = ffi.new("struct { uint32_t since; uint16_t refused, found; int32_t sketch[8]; }")
local bytes = ledger
local tags = ffi.new("int32_t[4096]")
local refusals = ffi.new("uint16_t[4096]")
local finds = ffi.new("uint16_t[4096]")
--- A request of a client was not refused; `tag` is of client and route.
____exports.addFound = function(tag)
    local place = bit.band(tag, PLACES - 1)
    if tags[place] == tag and finds[place] < MOST then
        finds[place] = finds[place] + 1
    end
end
--- Whether the client has a place here, and was refused often enough to be remembered. Who is refused often keeps its place.
local function isNoted(tag, place)
    if tags[place] ~= tag then
        if refusals[place] > 0 then
            refusals[place] = refusals[place] - 1
            return false
        end
        tags[place] = tag
        finds[place] = 0
    end
    refusals[place] = math.min(MOST, refusals[place] + 1)
    return refusals[place] >= BEGINS_WITH
end
local function load(key, now)
    local stored = counters:get(key)
    if stored ~= nil then
        ffi.copy(bytes, stored, SIZE)
    end
    if stored ~= nil and now - ledger.since < LASTS_S then
        return
    end
    ffi.fill(bytes, SIZE)
    ledger.since = now
end
--- Linear counting.
local function countDistinct()
    local bits = 0
    for i = 0, SKETCH_BITS / 32 - 1 do
        bits = bits + countBits(ledger.sketch[i])
    end
    return floor(SKETCH_BITS * log(SKETCH_BITS / math.max(1, SKETCH_BITS - bits)) + 0.5)
end
--- A client was refused a page; nil while that is nothing to speak of.
____exports.addRefusal = function(tag, page, now)
    local place = bit.band(tag, PLACES - 1)
    if not isNoted(tag, place) then
        return nil
    end
    local key = "ae" .. tostring(tag)
    load(
        key,
        floor(now)
    )
    ledger.refused = math.min(MOST, ledger.refused + 1)
    ledger.found = math.min(MOST, ledger.found + finds[place])
    finds[place] = 0
    local word = bit.band(
        bit.rshift(page, 5),
        7
    )
    ledger.sketch[word] = bit.bor(
        ledger.sketch[word],
        bit.lshift(
            1,
            bit.band(page, 31)
        )
    )
    counters:set(
        key,
        ffi.string(bytes, SIZE),
        LASTS_S
    )
    return {
        distinct = countDistinct(),
        refused = ledger.refused,
        found = ledger.found
    }
end
--- Pure: whether a client tries what is not its own, however slowly. Clients with old lists ask for the same things again and again.
____exports.isSlowEnumeration = function(maxIds, ____bindingPattern0)
    local found
    local refused
    local distinct
    distinct = ____bindingPattern0.distinct
    refused = ____bindingPattern0.refused
    found = ____bindingPattern0.found
    return distinct >= FACTOR * maxIds and distinct >= DISTINCT_SHARE * refused and refused >= REFUSED_SHARE * (refused + found)
end
return ____exports
