local ____exports = {}
local ffi = require("ffi")
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
--- What each authenticated consumer usually asks for in a minute, in 4,096 slots. Workers add up every 32 requests.
local SLOTS = 4096
local SHARED_EVERY = 32
local KEEP_S = 120
local LEARNED_MINUTES = 10
local MEMORY_MINUTES = 120
--- A minute counts as this many times the usual at most, so that nobody gets used to more in a hurry.
local MOST_GROWTH = 2
local tags = ffi.new("int32_t[4096]")
local minutes = ffi.new("int32_t[4096]")
local counts = ffi.new("int32_t[4096]")
local shared = ffi.new("int32_t[4096]")
local totals = ffi.new("int32_t[4096]")
local learned = ffi.new("int32_t[4096]")
local usuals = ffi.new("float[4096]")
local function close(slot)
    local total = math.max(counts[slot], totals[slot])
    local known = learned[slot]
    local bounded = known < LEARNED_MINUTES and total or math.min(
        total,
        MOST_GROWTH * math.max(1, usuals[slot])
    )
    learned[slot] = math.min(MEMORY_MINUTES, known + 1)
    usuals[slot] = usuals[slot] + (bounded - usuals[slot]) / learned[slot]
end
local function begin(slot, minute)
    minutes[slot] = minute
    counts[slot] = 0
    shared[slot] = 0
    totals[slot] = 0
end
local function findSlot(tag, minute)
    local slot = bit.band(tag, SLOTS - 1)
    if tags[slot] ~= tag then
        tags[slot] = tag
        learned[slot] = 0
        usuals[slot] = 0
        begin(slot, minute)
    elseif minutes[slot] ~= minute then
        close(slot)
        begin(slot, minute)
    end
    return slot
end
--- A consumer's request is over: how many times its usual number of a minute it has reached; 0 while that is not known.
____exports.addUse = function(consumer, least, now)
    local tag = hashText(consumer)
    local minute = math.floor(now / 60)
    local slot = findSlot(tag, minute)
    counts[slot] = counts[slot] + 1
    if counts[slot] - shared[slot] >= SHARED_EVERY then
        local total = counters:incr(
            (("u" .. tostring(tag)) .. ":") .. tostring(minute),
            counts[slot] - shared[slot],
            0,
            KEEP_S
        )
        shared[slot] = counts[slot]
        totals[slot] = total or 0
    end
    local total = math.max(counts[slot], totals[slot])
    if total < least or learned[slot] < LEARNED_MINUTES then
        return 0
    end
    return total / math.max(1, usuals[slot])
end
return ____exports
