local ____exports = {}
local ffi = require("ffi")
local ____abuse_2Dids_2Ets = require("kong.plugins.threat-response.abuse-ids")
local NO_ID = ____abuse_2Dids_2Ets.NO_ID
local readId = ____abuse_2Dids_2Ets.readId
local UNNUMBERED = ____abuse_2Dids_2Ets.UNNUMBERED
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____crowd_2Ets = require("kong.plugins.threat-response.crowd")
local isBelieved = ____crowd_2Ets.isBelieved
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
--- What each client fetches of each route in a minute, in 8,192 slots however many clients there are: distinct pages, ids among them, how many of
-- those were refused or lie next to each other, and how many different users are behind the client. Who comes often keeps its
-- slot. Workers add up every 16 distinct pages.
local SLOTS = 8192
local SKETCH_BYTES = 32
local SKETCH_BITS = 256
local SHARED_EVERY = 16
local KEEP_S = 120
--- Ids that lie so close were counted up; several workers see only some of them.
local NEXT_TO = 8
--- Who fetches fewer distinct pages in a minute is not looked at closely.
local LOOKED_FROM = 5
local USER_BITS = 32
local COUNTLESS = 1000
local ____math_0 = math
local log = ____math_0.log
local floor = ____math_0.floor
local tags = ffi.new("int32_t[8192]")
local minutes = ffi.new("int32_t[8192]")
local counts = ffi.new("uint16_t[8192]")
local fresh = ffi.new("uint16_t[8192]")
local shared = ffi.new("uint16_t[8192]")
local totals = ffi.new("uint16_t[8192]")
local looked = ffi.new("uint16_t[8192]")
local ids = ffi.new("uint16_t[8192]")
local denied = ffi.new("uint16_t[8192]")
local steps = ffi.new("uint16_t[8192]")
local busy = ffi.new("uint16_t[8192]")
local agents = ffi.new("int32_t[8192]")
local lasts = ffi.new("double[8192]")
local sketches = ffi.new("uint8_t[?]", SLOTS * SKETCH_BYTES)
local function rotate(word)
    return bit.bor(
        bit.lshift(word, 7),
        bit.rshift(word, 25)
    )
end
--- Ids of routes are long, and few.
local MAX_ROUTES = 1000
local routeWords = {}
local routeCount = 0
local function wordOfRoute(route)
    local known = routeWords[route]
    if known ~= nil then
        return known
    end
    if routeCount >= MAX_ROUTES then
        routeWords = {}
        routeCount = 0
    end
    local word = rotate(hashText(route))
    routeWords[route] = word
    routeCount = routeCount + 1
    return word
end
local function clear(slot, minute)
    minutes[slot] = minute
    counts[slot] = 0
    fresh[slot] = 0
    shared[slot] = 0
    totals[slot] = 0
    looked[slot] = 0
    ids[slot] = 0
    denied[slot] = 0
    steps[slot] = 0
    agents[slot] = 0
    ffi.fill(sketches + slot * SKETCH_BYTES, SKETCH_BYTES)
end
--- Linear counting. Where all bits are set there are more than could be told.
local function usersOf(slot)
    local bits = countBits(agents[slot])
    if bits >= USER_BITS - 1 then
        return COUNTLESS
    end
    return math.max(
        1,
        floor(USER_BITS * log(USER_BITS / (USER_BITS - bits)) + 0.5)
    )
end
--- Linear counting: of many pages some fall into the same place of the sketch.
local function ownPages(slot)
    local own = fresh[slot]
    return own >= SKETCH_BITS and 1500 or floor(SKETCH_BITS * log(SKETCH_BITS / (SKETCH_BITS - own)) + 0.5)
end
local function pagesOf(slot)
    return math.max(
        ownPages(slot),
        totals[slot]
    )
end
--- The client's slot, or nil while another busy one has it.
local function findSlot(tag, minute, manyPages)
    local slot = bit.band(tag, SLOTS - 1)
    if tags[slot] ~= tag then
        if minutes[slot] == minute and counts[slot] > 1 then
            counts[slot] = counts[slot] - 1
            return nil
        end
        tags[slot] = tag
        busy[slot] = 0
        clear(slot, minute)
    elseif minutes[slot] ~= minute then
        local wasBusy = minutes[slot] == minute - 1 and pagesOf(slot) >= manyPages * usersOf(slot)
        busy[slot] = wasBusy and busy[slot] + 1 or 0
        clear(slot, minute)
    end
    return slot
end
local function addPage(slot, tag, minute, hash)
    local place = slot * SKETCH_BYTES + bit.band(
        bit.rshift(hash, 3),
        31
    )
    local ____bit = bit.lshift(
        1,
        bit.band(hash, 7)
    )
    if bit.band(sketches[place], ____bit) ~= 0 then
        return
    end
    sketches[place] = bit.bor(sketches[place], ____bit)
    fresh[slot] = fresh[slot] + 1
    local more = ownPages(slot) - shared[slot]
    if more < SHARED_EVERY then
        return
    end
    shared[slot] = shared[slot] + more
    local total = counters:incr(
        (("w" .. tostring(tag)) .. ":") .. tostring(minute),
        more,
        0,
        KEEP_S
    )
    totals[slot] = math.min(60000, total or 0)
end
local function addId(slot, visit)
    looked[slot] = looked[slot] + 1
    local id = readId(visit.path, visit.query)
    if id == NO_ID then
        return
    end
    ids[slot] = ids[slot] + 1
    if visit.isDenied then
        denied[slot] = denied[slot] + 1
    end
    if id == UNNUMBERED then
        return
    end
    local distance = math.abs(id - lasts[slot])
    if distance > 0 and distance <= NEXT_TO then
        steps[slot] = steps[slot] + 1
    end
    lasts[slot] = id
end
local function addUser(slot, ____bindingPattern0)
    local user
    local userAgent
    userAgent = ____bindingPattern0.userAgent
    user = ____bindingPattern0.user
    local agent = bit.bxor(
        hashText(userAgent or ""),
        user == nil and 0 or rotate(hashText(user))
    )
    agents[slot] = bit.bor(
        agents[slot],
        bit.lshift(
            1,
            bit.band(agent, 31)
        )
    )
end
--- Behind an address only those count of whom more is known than what they say.
local function isTold(____bindingPattern0)
    local facts
    local instance
    instance = ____bindingPattern0.instance
    facts = ____bindingPattern0.facts
    return instance == nil or facts == nil or isBelieved(instance, facts)
end
local function describe(slot)
    return {
        pages = pagesOf(slot),
        ids = ids[slot] / looked[slot],
        denied = ids[slot] > 0 and denied[slot] / ids[slot] or 0,
        steps = ids[slot] > 0 and steps[slot] / ids[slot] or 0,
        seen = counts[slot],
        busyMinutes = busy[slot],
        users = usersOf(slot)
    }
end
--- What a client has done on a route in this minute; nil for most, who do not come far enough to be judged.
____exports.addVisit = function(visit, manyPages, now)
    local minute = floor(now / 60)
    local tag = bit.bxor(
        hashText(visit.client),
        wordOfRoute(visit.route)
    )
    visit.tag = tag
    local slot = findSlot(tag, minute, manyPages)
    if slot == nil or counts[slot] >= 60000 then
        return nil
    end
    counts[slot] = counts[slot] + 1
    local page = bit.bxor(
        hashText(visit.path),
        visit.query == nil and 0 or rotate(hashText(visit.query))
    )
    addPage(slot, tag, minute, page)
    if fresh[slot] < LOOKED_FROM then
        return nil
    end
    if visit.isTrueUser and isTold(visit) then
        addUser(slot, visit)
    end
    addId(slot, visit)
    local ____temp_1
    if fresh[slot] < SHARED_EVERY then
        ____temp_1 = nil
    else
        ____temp_1 = describe(slot)
    end
    return ____temp_1
end
return ____exports
