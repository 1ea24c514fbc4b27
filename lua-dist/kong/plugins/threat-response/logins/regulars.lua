local ____exports = {}
local ffi = require("ffi")
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
local AGENTS = 256
--- One more for all of the route: what happens there is remembered for longer, since logins may be rare.
local ALL = 256
local KEPT_A_SECOND = 0.98
local KEPT_OF_ALL = 0.995
--- Typing errors alone never make so many, nor such a share.
local LEAST = 3
local LEAST_SHARE = 0.2
--- Strangers' failures that one user's explains, who counts once in ten minutes: accounts of one's own would have to be very many.
local EXPLAINS = 8
local COUNTED_ONCE_S = 600
____exports.createRegulars = function() return {
    failures = ffi.new("float[257]"),
    successes = ffi.new("float[257]"),
    strangers = ffi.new("float[257]")
} end
local function placeOf(agent)
    return bit.band((hashText(agent or "")), AGENTS - 1)
end
local function add(counts, agent)
    local place = placeOf(agent)
    counts[place] = counts[place] + 1
    counts[ALL] = counts[ALL] + 1
end
____exports.addRegularSuccess = function(____bindingPattern0, agent)
    local successes
    successes = ____bindingPattern0.successes
    return add(successes, agent)
end
____exports.addRegularFailure = function(____bindingPattern0, agent, route, user)
    local failures
    failures = ____bindingPattern0.failures
    local first, second = hashText((route .. " ") .. user)
    local isNew = counters:add(
        string.format("lf%08x%08x", first, second),
        true,
        COUNTED_ONCE_S
    )
    if isNew then
        add(failures, agent)
    end
end
local function explainedIn(____bindingPattern0, place)
    local strangers
    local successes
    local failures
    failures = ____bindingPattern0.failures
    successes = ____bindingPattern0.successes
    strangers = ____bindingPattern0.strangers
    local failing = failures[place]
    if failing < LEAST or failing < LEAST_SHARE * (failing + successes[place]) then
        return 0
    end
    return math.min(
        1,
        EXPLAINS * failing / math.max(1, strangers[place])
    )
end
____exports.addStrangerFailure = function(____bindingPattern0, agent)
    local strangers
    strangers = ____bindingPattern0.strangers
    return add(strangers, agent)
end
--- The share of strangers' failures that is explained by what happens to regulars.
____exports.explainedShare = function(regulars, agent) return math.max(
    explainedIn(
        regulars,
        placeOf(agent)
    ),
    explainedIn(regulars, ALL)
) end
local function fade(counts)
    for place = 0, AGENTS - 1 do
        counts[place] = counts[place] * KEPT_A_SECOND
    end
    counts[ALL] = counts[ALL] * KEPT_OF_ALL
end
--- Once a second.
____exports.fadeRegulars = function(____bindingPattern0)
    local strangers
    local successes
    local failures
    failures = ____bindingPattern0.failures
    successes = ____bindingPattern0.successes
    strangers = ____bindingPattern0.strangers
    fade(failures)
    fade(successes)
    fade(strangers)
end
return ____exports
