local ____exports = {}
local ffi = require("ffi")
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
local ____credential_2Ets = require("kong.plugins.threat-response.features.credential")
local readPresented = ____credential_2Ets.readPresented
local SIZE = 16
local GENERATION_S = 300
local FRESH_S = 1800
--- Whoever was there in the first minutes has been there for a while by then.
local BELIEVED_S = 900
--- Who is there so soon was there before the gateway.
local START_S = 60
local KEEP_S = 86400
local CACHED = 1000
local CACHE_S = 1
--- Every so-manieth request of a busy address tells who is there.
local EACH = 4
--- Of the limit of an address: whoever sends less in a window costs nothing.
local BUSY_SHARE = 100
local MANY = 8
local SHORTEST_SESSION = 8
local ____math_0 = math
local floor = ____math_0.floor
local ____string_1 = string
local find = ____string_1.find
local match = ____string_1.match
local sub = ____string_1.sub
local crowd = ffi.new("struct { uint32_t started; int32_t young, middle, old; }")
local bytes = crowd
local function now()
    return floor(ngx.now())
end
local startedAt
--- Since when the gateway has been there; all workers agree.
local function startOf()
    if startedAt == nil then
        counters:add(
            "wS",
            ngx.now()
        )
        local since = counters:get("wS")
        startedAt = since or ngx.now()
    end
    return startedAt
end
local function isFresh()
    return ngx.now() - startOf() < FRESH_S
end
local function load(key)
    local stored = counters:get("W" .. key)
    if stored == nil then
        ffi.fill(bytes, SIZE)
        crowd.started = now()
    else
        ffi.copy(bytes, stored, SIZE)
    end
end
--- Who was there in the generation before the last has been there for a while.
local function age()
    local elapsed = now() - crowd.started
    if elapsed < GENERATION_S then
        return false
    end
    crowd.old = bit.bor(crowd.old, crowd.middle)
    crowd.middle = elapsed < 2 * GENERATION_S and crowd.young or 0
    if elapsed >= 2 * GENERATION_S then
        crowd.old = bit.bor(crowd.old, crowd.young)
    end
    crowd.young = 0
    crowd.started = now()
    return true
end
local function save(key)
    counters:set(
        "W" .. key,
        ffi.string(bytes, SIZE),
        KEEP_S
    )
end
--- The bits of an address that count, as this worker read them lately.
local cached = {}
local cachedAt = 0
local size = 0
local function readPeople(key)
    load(key)
    return isFresh() and bit.bor(
        bit.bor(crowd.old, crowd.middle),
        crowd.young
    ) or crowd.old
end
local function peopleOf(key)
    if ngx.now() - cachedAt > CACHE_S or size >= CACHED then
        cached = {}
        cachedAt = ngx.now()
        size = 0
    end
    local known = cached[key]
    if known ~= nil then
        return known
    end
    local people = readPeople(key)
    cached[key] = people
    size = size + 1
    return people
end
local function bitOf(text)
    return bit.lshift(
        1,
        bit.band(
            hashText(text),
            31
        )
    )
end
local SESSION = "cookie_"
--- What tells a client from others at its address: its session, else all that it says of itself. Keys that nobody has let in may be made up.
local function whoIs(instance, facts)
    for ____, variable in ipairs(instance.credentialVariables) do
        local ____temp_2
        if sub(variable, 1, #SESSION) == SESSION then
            ____temp_2 = readPresented(variable)
        else
            ____temp_2 = nil
        end
        local presented = ____temp_2
        if presented ~= nil then
            return bitOf(presented)
        end
    end
    return bitOf(((facts.userAgent or "") .. "|") .. (facts.cookie or ""))
end
local function readIssued(setCookie, name)
    local from, to = find(setCookie, name .. "=", 1, true)
    if from == nil then
        return nil
    end
    local before = from == 1 and " " or sub(setCookie, from - 1, from - 1)
    local value = match(setCookie, "^[^;,%s]*", to + 1)
    return (before == " " or before == ",") and #value >= SHORTEST_SESSION and value or nil
end
--- The sessions that an answer issues, as bits.
local function issuedBits(instance)
    local setCookie = ngx.var.sent_http_set_cookie
    local bits = 0
    if setCookie == nil then
        return bits
    end
    for ____, name in ipairs(instance.config.identity.cookies) do
        local value = readIssued(setCookie, name)
        if value ~= nil then
            bits = bit.bor(
                bits,
                bitOf(value)
            )
        end
    end
    return bits
end
--- A good answer to an address: the how-maniest request of its window it was, and whose.
____exports.noteCrowd = function(instance, facts, identity, requests)
    if requests < instance.config.flood.max_per_ip / BUSY_SHARE then
        return
    end
    local issued = issuedBits(instance)
    if issued == 0 and requests % EACH ~= 0 then
        return
    end
    local ____facts_source_3 = facts.source
    local key = ____facts_source_3.key
    load(key)
    local before = crowd.old
    local young = crowd.young
    local isOlder = age()
    if identity ~= nil then
        crowd.old = bit.bor(
            crowd.old,
            bitOf(identity.owner)
        )
    else
        crowd.old = bit.bor(crowd.old, issued)
        crowd.young = bit.bor(
            crowd.young,
            whoIs(instance, facts)
        )
    end
    if isOlder or crowd.old ~= before or crowd.young ~= young then
        save(key)
    end
end
--- Whether somebody is known to be at an address.
____exports.isBelieved = function(instance, facts) return ngx.now() - startOf() < BELIEVED_S or bit.band(
    peopleOf(facts.source.key),
    whoIs(instance, facts)
) ~= 0 end
--- Whether many people are behind an address.
____exports.isCrowd = function(key) return countBits(peopleOf(key)) >= MANY end
--- Whether a moment belongs to the first minute of the gateway.
____exports.isAtStart = function(at) return at - startOf() < START_S end
return ____exports
