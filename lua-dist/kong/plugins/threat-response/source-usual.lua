local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____crowd_2Ets = require("kong.plugins.threat-response.crowd")
local isAtStart = ____crowd_2Ets.isAtStart
local isCrowd = ____crowd_2Ets.isCrowd
--- What busy addresses usually send, so that a mobile carrier's address with thousands of users behind it is not taken for one greedy client.
-- Only who is busy at all is looked at: each time it passes another eighth of the limit in a window, that is counted. Where many people are
-- (`crowd.ts`), they may send five times the limit at once, and after half an hour four times what is usual there. A gateway that has just started
-- cannot know yet: in its first minute it leaves addresses with many people to what their routes can take, and half a minute later those that were
-- there then may send four times what was let in so far.
local STEPS = 8
local LEARNED_S = 1800
local SEEN_S = 30
local HALVED_S = 7200
local KEEP_S = 86400
local GROWTH = 4
local MOST = 50
--- Times the limit that many people behind one address may send, though it was not usual up to now.
local CROWD = 5
local function stepOf(instance)
    return math.max(
        1,
        math.floor(instance.config.flood.max_per_ip / STEPS)
    )
end
--- Older times count less, so that an address may become quiet again.
local function halve(key, passed, age)
    counters:set("U" .. key, passed / 2, KEEP_S)
    counters:set(
        "V" .. key,
        ngx.now() - age / 2,
        KEEP_S
    )
end
--- Requests in one window that the address usually sends; 0 for all that are not busy, or not for long.
____exports.usualOf = function(instance, key)
    local passed = counters:get("U" .. key)
    if passed == nil then
        return 0
    end
    local since = counters:get("V" .. key)
    if since == nil or not isCrowd(key) then
        return 0
    end
    local age = ngx.now() - since
    return age < (isAtStart(since) and SEEN_S or LEARNED_S) and 0 or passed * stepOf(instance) * instance.config.flood.window_s / age
end
--- What one address may send in a window: the configured limit, or more where many share it and usually do.
____exports.allowanceOf = function(instance, key)
    local ____instance_config_flood_0 = instance.config.flood
    local max_per_ip = ____instance_config_flood_0.max_per_ip
    if not isCrowd(key) then
        return max_per_ip
    end
    if isAtStart(ngx.now()) then
        return math.huge
    end
    return math.min(
        MOST * max_per_ip,
        math.max(
            CROWD * max_per_ip,
            GROWTH * ____exports.usualOf(instance, key)
        )
    )
end
--- A request of an address: the how-maniest in its window. What is beyond its allowance teaches nothing.
____exports.noteUsual = function(instance, key, requests)
    if requests % stepOf(instance) ~= 0 then
        return
    end
    if requests > instance.config.flood.max_per_ip and requests > ____exports.allowanceOf(instance, key) then
        return
    end
    local passed = counters:incr("U" .. key, 1, 0, KEEP_S)
    counters:add(
        "V" .. key,
        ngx.now(),
        KEEP_S
    )
    local since = counters:get("V" .. key)
    local age = ngx.now() - since
    if age > HALVED_S then
        halve(key, passed or 0, age)
    end
end
return ____exports
