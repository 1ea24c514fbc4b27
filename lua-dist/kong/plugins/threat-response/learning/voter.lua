local ____exports = {}
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local DAY_S = ____learning_2Ets.DAY_S
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local countEvidence = ____evidence_2Ets.countEvidence
local countGood = ____evidence_2Ets.countGood
local goodFor = ____evidence_2Ets.goodFor
local ____identity_2Ets = require("kong.plugins.threat-response.features.identity")
local hashUser = ____identity_2Ets.hashUser
local LONG_GOOD_S = 3600
local LEAST_GOOD = 5
local FEW = 2
local GOOD_PER_EVIDENCE = 10
local ____string_0 = string
local format = ____string_0.format
local gsub = ____string_0.gsub
local sub = ____string_0.sub
--- Where the answer itself says that the request was fine.
local function isAnsweredWell(outcome)
    return not outcome.isStopped and outcome.status < 400 and outcome.answeredBy == "service"
end
local function consumerId()
    local consumer = kong.client.get_consumer()
    return consumer and consumer.id
end
--- Whom a request speaks for before anything is known of them: the consumer, else the address.
____exports.speakerOf = function(source)
    local id = consumerId()
    return id == nil and "a" .. source.key or "c" .. id
end
--- Until when the history of an address cannot be long, whatever it does: that is so of most, and asked at each of their requests.
local MOST_NEW = 2000
local newUntil = {}
local newCount = 0
local function noteNew(key, ____until)
    if newCount >= MOST_NEW then
        newUntil = {}
        newCount = 0
    end
    if newUntil[key] == nil then
        newCount = newCount + 1
    end
    newUntil[key] = ____until
end
local function isNew(source)
    if source.isExempt then
        return true
    end
    local ____until = newUntil[source.key]
    return ____until ~= nil and ngx.now() < ____until
end
local function hasLongHistory(instance, source)
    if source.isExempt then
        return false
    end
    local seconds = goodFor(source.key)
    if seconds < LONG_GOOD_S then
        noteNew(
            source.key,
            ngx.now() + LONG_GOOD_S - seconds
        )
    end
    return seconds >= LONG_GOOD_S and countGood(instance, source.key) >= LEAST_GOOD
end
--- Known without looking anything up: the request is no consumer's, and its address has not been here for long.
____exports.cannotTeach = function(source) return isNew(source) and consumerId() == nil end
--- A false positive counts as evidence, too: a few pieces among much good traffic are no reproach.
local function isReproached(instance, source, speaker)
    local banned = counters:get("lx" .. speaker)
    if banned ~= nil then
        return true
    end
    local evidence = countEvidence(instance, source.key)
    return evidence > FEW and evidence * GOOD_PER_EVIDENCE > countGood(instance, source.key)
end
--- Whoever sent a known attack teaches nothing for a day.
____exports.rejectSpeaker = function(source)
    counters:set(
        "lx" .. ____exports.speakerOf(source),
        true,
        DAY_S
    )
end
--- Whether this request may be counted as a usual one.
____exports.mayTeach = function(instance, outcome, speaker)
    if not isAnsweredWell(outcome) then
        return false
    end
    if sub(speaker, 1, 1) == "a" and not hasLongHistory(instance, outcome.source) then
        return false
    end
    return not isReproached(instance, outcome.source, speaker)
end
local function networkOf(binary)
    local hex = gsub(
        sub(binary, 1, #binary == 16 and 6 or 3),
        ".",
        function(byte) return format(
            "%02x",
            string.byte(byte)
        ) end
    )
    return hex
end
____exports.voterOf = function(instance, source, speaker) return {
    name = hashUser(
        instance,
        "voter " .. (sub(speaker, 1, 1) == "c" and speaker or source.ip)
    ),
    network = sub(
        hashUser(
            instance,
            "network " .. networkOf(source.binary)
        ),
        1,
        8
    ),
    isConsumer = sub(speaker, 1, 1) == "c"
} end
return ____exports
