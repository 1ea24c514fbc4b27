local ____exports = {}
local ffi = require("ffi")
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
--- Distinct user agents of each address that sends neither cookies nor credentials: 4,096 addresses at a time in each worker, in 112 KiB. An
-- address has its slot for one window; one that finds the slot taken by a busy one is not counted.
local SLOTS = 4096
local QUIET_S = 60
local SAMPLE = 64
local MOST_TOLD = 266
local ____math_0 = math
local floor = ____math_0.floor
local log = ____math_0.log
local owner = ffi.new("int32_t[4096]")
local begun = ffi.new("uint32_t[4096]")
local seen = ffi.new("uint32_t[4096]")
local requests = ffi.new("uint32_t[4096]")
local isTold = ffi.new("uint8_t[4096]")
--- 64 bits for each slot.
local bits = ffi.new("uint8_t[32768]")
--- Most agents come again: hashing their text costs more than all the rest.
local KEPT = 1000
local young = {}
local old = {}
local size = 0
local function wordOf(agent)
    local known = young[agent] or old[agent]
    if known ~= nil then
        return known
    end
    if size >= KEPT then
        old = young
        young = {}
        size = 0
    end
    local word = hashText(agent)
    young[agent] = word
    size = size + 1
    return word
end
local function begin(slot, word, now)
    owner[slot] = word
    begun[slot] = now
    requests[slot] = 0
    isTold[slot] = 0
    for i = slot * 8, slot * 8 + 7 do
        bits[i] = 0
    end
end
local function countAgents(slot)
    local set = 0
    for i = slot * 8, slot * 8 + 7 do
        local rest = bits[i]
        while rest ~= 0 do
            rest = bit.band(rest, rest - 1)
            set = set + 1
        end
    end
    return set > SAMPLE - 1 and MOST_TOLD or floor(SAMPLE * log(SAMPLE / (SAMPLE - set)) + 0.5)
end
--- Counts a request; what there is to tell of its address, once a window, when it has used at least `most` agents, each of them hardly twice.
____exports.addAgent = function(address, agent, window, most)
    local now = floor(ngx.now())
    local word = hashText(address)
    local slot = bit.band(word, SLOTS - 1)
    local isOver = now - begun[slot] >= window
    if owner[slot] ~= word then
        if not isOver and now - seen[slot] < QUIET_S then
            return nil
        end
        begin(slot, word, now)
    elseif isOver then
        begin(slot, word, now)
    end
    seen[slot] = now
    requests[slot] = requests[slot] + 1
    local agentWord = wordOf(agent)
    local place = slot * 8 + bit.band(
        bit.rshift(agentWord, 3),
        7
    )
    bits[place] = bit.bor(
        bits[place],
        bit.lshift(
            1,
            bit.band(agentWord, 7)
        )
    )
    if isTold[slot] == 1 or requests[slot] < most or requests[slot] > 2 * MOST_TOLD then
        return nil
    end
    local agents = countAgents(slot)
    if agents < most or requests[slot] > 2 * agents then
        return nil
    end
    isTold[slot] = 1
    return {agents = agents, requests = requests[slot]}
end
return ____exports
