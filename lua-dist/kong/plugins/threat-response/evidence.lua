local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- What an address has done lately: evidence of attacks against clean requests that succeeded. Both count in windows of `source.window_s`, of
-- which this one and the one before matter. An address that behaved well before is never blocked whole: others are behind it.
local GOOD_ENOUGH = 5
local REMEMBER_GOOD_S = 21600
local ____math_0 = math
local floor = ____math_0.floor
local function windowKey(letter, length, back, key)
    return ((letter .. tostring(floor(ngx.now() / length) - back)) .. ":") .. key
end
local function sum(letter, length, key)
    local now = counters:get(windowKey(letter, length, 0, key))
    local before = counters:get(windowKey(letter, length, 1, key))
    return (now or 0) + (before or 0)
end
--- Pieces of evidence against the address within the last one to two windows.
____exports.countEvidence = function(instance, key) return sum("e" .. instance.namespace, instance.config.source.window_s, key) end
--- Seconds since the address began to behave well; 0 where it never did for long.
____exports.goodFor = function(key)
    local since = counters:get("G" .. key)
    return since == nil and 0 or ngx.now() - since
end
local goodWindow = 0
local goodLength = 0
--- Of `windowKey` for the one key that each request needs: changes once a window only.
local goodPrefix = ""
--- Good requests of addresses that are good enough already, which the dictionary gets together.
local TOGETHER = 16
local MOST_PENDING = 1000
local pending = {}
local pendingSize = 0
--- Brings the dictionary up to date: at least once a second.
____exports.flushGood = function()
    if pendingSize == 0 then
        return
    end
    for key, count in pairs(pending) do
        if count > 0 then
            counters:incr(goodPrefix .. key, count, 0, goodLength * 2)
        end
    end
    pending = {}
    pendingSize = 0
end
local function beginWindow(length)
    local window = floor(ngx.now() / length)
    if window == goodWindow and length == goodLength then
        return
    end
    ____exports.flushGood()
    goodWindow = window
    goodLength = length
    goodPrefix = ("g" .. tostring(window)) .. ":"
end
local function gatherFrom(key)
    if pendingSize >= MOST_PENDING then
        ____exports.flushGood()
    end
    pendingSize = pendingSize + 1
    pending[key] = 0
end
--- Clean requests of the address that succeeded within the last one to two windows.
____exports.countGood = function(instance, key) return sum("g", instance.config.source.window_s, key) + (pending[key] or 0) end
--- Up to where the address is good enough each request is told at once. Who comes rarely, or just before the window changes, is as good.
local function countGoodAtOnce(length, key)
    local count = counters:incr(goodPrefix .. key, 1, 0, length * 2)
    if count == nil then
        return
    end
    if count > GOOD_ENOUGH then
        gatherFrom(key)
        return
    end
    local before = counters:get(windowKey("g", length, 1, key))
    local isNow = count + (before or 0) >= GOOD_ENOUGH
    if isNow then
        counters:add(
            "G" .. key,
            ngx.now(),
            REMEMBER_GOOD_S
        )
    end
end
--- A clean request succeeded.
____exports.addGood = function(instance, ____bindingPattern0)
    local key
    key = ____bindingPattern0.key
    local length = instance.config.source.window_s
    beginWindow(length)
    local waiting = pending[key]
    if waiting == nil then
        countGoodAtOnce(length, key)
    elseif waiting < TOGETHER - 1 then
        pending[key] = waiting + 1
    else
        counters:incr(goodPrefix .. key, TOGETHER, 0, length * 2)
        pending[key] = 0
    end
end
--- Pure: whether this much evidence, against this much good, blocks the whole address.
____exports.isEnough = function(limits, evidence, good, goodSince) return evidence >= limits.min_evidence and goodSince <= limits.window_s and evidence / (evidence + good) >= limits.min_share end
--- While nobody is blocked, nobody's record has to be looked up: when the last block ends, as read at most this long ago.
local LAST_BLOCK = "B"
local READ_AGE_S = 0.1
local lastBlockEnds = 0
local readAt = 0
local function isAnybodyBlocked()
    local now = ngx.now()
    if now - readAt > READ_AGE_S then
        readAt = now
        local ends = counters:get(LAST_BLOCK)
        lastBlockEnds = ends or 0
    end
    return lastBlockEnds > now
end
local function noteBlock(seconds)
    local ends = counters:get(LAST_BLOCK)
    lastBlockEnds = math.max(
        ends or 0,
        ngx.now() + seconds
    )
    counters:set(
        LAST_BLOCK,
        lastBlockEnds,
        lastBlockEnds - ngx.now()
    )
end
--- Who is turned away so often in so few seconds goes on as if nothing had happened: its block begins anew, until it has lasted so many times as long.
local UNDETERRED = 50
local UNDETERRED_S = 10
local LONGEST = 4
local function prolong(instance, key, since, incident)
    local seconds = instance.config.source.block_s
    if ngx.now() - since > (LONGEST - 1) * seconds then
        return
    end
    local turnedAway = counters:incr("t" .. key, 1, 0, UNDETERRED_S)
    if turnedAway ~= UNDETERRED then
        return
    end
    counters:set(
        key,
        (tostring(since) .. " ") .. incident,
        seconds
    )
    noteBlock(seconds)
end
--- A finding was evidence of an attack; true when that blocks the address from now on.
____exports.addEvidence = function(instance, source, finding)
    if source.isExempt then
        return false
    end
    local limits = instance.config.source
    local namespace = finding.isTrial == true and "M" or instance.namespace
    local letter = "e" .. namespace
    counters:incr(
        windowKey(letter, limits.window_s, 0, source.key),
        1,
        0,
        limits.window_s * 2
    )
    local evidence = sum(letter, limits.window_s, source.key)
    if evidence < limits.min_evidence then
        return false
    end
    if not ____exports.isEnough(
        limits,
        evidence,
        ____exports.countGood(instance, source.key),
        ____exports.goodFor(source.key)
    ) then
        return false
    end
    local record = (((((tostring(floor(ngx.now())) .. " ") .. finding.category) .. " ") .. finding.subject) .. " ") .. finding.value
    local added = counters:add(("b" .. namespace) .. source.key, record, limits.block_s)
    if added then
        noteBlock(limits.block_s)
    end
    return added
end
--- What the gateway itself has blocked the address for; nil when it has not. Asked for once in a request of the address.
____exports.findRecord = function(instance, source)
    if not isAnybodyBlocked() then
        return nil
    end
    local key = ("b" .. instance.namespace) .. source.key
    local record = counters:get(key)
    if record == nil then
        return nil
    end
    local since, incident = string.match(record, "^(%d+) (.*)$")
    local category, subject, value = string.match(incident, "^(%S+) (%S+) (.*)$")
    prolong(
        instance,
        key,
        tonumber(since) or 0,
        incident
    )
    return {
        category = category,
        detector = "source",
        score = 100,
        action = "block",
        subject = subject,
        value = value,
        isWeak = true,
        reason = "the address is blocked for a while after repeated evidence"
    }
end
return ____exports
