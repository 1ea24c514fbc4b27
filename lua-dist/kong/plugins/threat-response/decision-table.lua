local ____exports = {}
local ffi = require("ffi")
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local hashKey = ____decision_2Dkey_2Ets.hashKey
local IPV6 = ____decision_2Dkey_2Ets.IPV6
local TAG = ____decision_2Dkey_2Ets.TAG
local TAGS = ____decision_2Dkey_2Ets.TAGS
local SMALLEST_TEXT = 4096
--- Behind the text, so that the last piece of it can be as long as the others (`decision-pieces.ts`).
local SPARE_BYTES = 4096
local SMALLEST_SLOTS = 16
--- Room is kept while it is at most this many times what is needed.
local SPACIOUS = 8
--- Only hundreds of decisions about one address make a search longer.
local MOST_PROBES = 1024
function ____exports.createTable()
    return {
        bytes = ffi.new("uint8_t[?]", SMALLEST_TEXT),
        capacity = SMALLEST_TEXT,
        length = 0,
        slots = ffi.new("int32_t[?]", SMALLEST_SLOTS * 2),
        slotCount = SMALLEST_SLOTS,
        seen = ffi.new("uint8_t[?]", TAGS),
        ranges4 = {},
        ranges6 = {},
        count = 0,
        latest = 0,
        generation = 0,
        gateway = "",
        epoch = 0,
        sequence = 0
    }
end
local function sizeFor(smallest, needed)
    local size = smallest
    while size < needed do
        size = size * 2
    end
    return size
end
--- Makes room for a text of `length` bytes.
function ____exports.clearText(____table, length)
    local size = sizeFor(SMALLEST_TEXT, length + SPARE_BYTES)
    if ____table.capacity < size or ____table.capacity > size * SPACIOUS then
        ____table.bytes = ffi.new("uint8_t[?]", size)
        ____table.capacity = size
    end
    ____table.length = 0
end
function ____exports.appendText(____table, text)
    ffi.copy(____table.bytes + ____table.length, text, #text)
    ____table.length = ____table.length + #text
end
function ____exports.textAt(____table, from, length)
    return ffi.string(____table.bytes + from, length)
end
--- Makes room for up to `count` decisions, and forgets those there are.
function ____exports.clearDecisions(____table, count)
    local size = sizeFor(SMALLEST_SLOTS, count * 2)
    if ____table.slotCount < size or ____table.slotCount > size * SPACIOUS then
        ____table.slots = ffi.new("int32_t[?]", size * 2)
        ____table.slotCount = size
    else
        ffi.fill(____table.slots, ____table.slotCount * 8)
    end
    ffi.fill(____table.seen, TAGS)
    ____table.count = 0
    ____table.latest = 0
end
--- False when there are too many about this address.
function ____exports.addDecision(____table, key, expires, place)
    local ____table_0 = ____table
    local slots = ____table_0.slots
    local last = ____table.slotCount - 1
    local hash = hashKey(key)
    local slot = bit.band(hash, last)
    local probes = 1
    while slots[slot * 2 + 1] ~= 0 do
        if probes == MOST_PROBES then
            return false
        end
        probes = probes + 1
        slot = bit.band(slot + 1, last)
    end
    slots[slot * 2] = hash
    slots[slot * 2 + 1] = place
    ____table.seen[key[TAG]] = 1
    ____table.count = ____table.count + 1
    ____table.latest = math.max(____table.latest, expires)
    return true
end
local function listSeen(____table, longest, shortest)
    local tags = {}
    for tag = longest, shortest, -1 do
        if ____table.seen[tag] == 1 then
            tags[#tags + 1] = tag
        end
    end
    return tags
end
--- After the last decision.
function ____exports.finishTable(____table)
    ____table.ranges4 = listSeen(____table, 31, 0)
    ____table.ranges6 = listSeen(____table, IPV6 + 127, IPV6)
end
local searched = 0
local searchSlot = 0
--- The next place with the hash that was looked for last, 0 when there is no more: whether the line there is about the key is for the caller to see.
local function nextPlace(____table)
    local ____table_1 = ____table
    local slots = ____table_1.slots
    local last = ____table.slotCount - 1
    while true do
        local place = slots[searchSlot * 2 + 1]
        local isHit = slots[searchSlot * 2] == searched
        searchSlot = bit.band(searchSlot + 1, last)
        if place == 0 or isHit then
            return place
        end
    end
end
--- Whether the search ends at this slot without a hit.
local function isEnd(slots, slot)
    return slots[slot * 2 + 1] == 0
end
local function isHit(slots, slot)
    return slots[slot * 2] == searched
end
--- Most searches end here at the first three slots: LuaJIT gives up on a loop that usually ends at once.
function ____exports.firstPlace(____table, key)
    local ____table_2 = ____table
    local slots = ____table_2.slots
    local last = ____table.slotCount - 1
    searched = hashKey(key)
    searchSlot = bit.band(searched, last)
    if isEnd(slots, searchSlot) then
        return 0
    end
    if not isHit(slots, searchSlot) then
        searchSlot = bit.band(searchSlot + 1, last)
        if isEnd(slots, searchSlot) then
            return 0
        end
        if not isHit(slots, searchSlot) then
            searchSlot = bit.band(searchSlot + 1, last)
            if isEnd(slots, searchSlot) then
                return 0
            end
        end
    end
    return nextPlace(____table)
end
____exports.nextPlace = nextPlace
return ____exports
