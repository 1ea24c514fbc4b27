local ____exports = {}
local ____baseline_2Ets = require("kong.plugins.threat-response.baseline")
local adoptBaseline = ____baseline_2Ets.adoptBaseline
local composeBaseline = ____baseline_2Ets.composeBaseline
local isComplete = ____baseline_2Ets.isComplete
local packBaseline = ____baseline_2Ets.packBaseline
local unpackBaseline = ____baseline_2Ets.unpackBaseline
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- What the agent has told of usual rates, in the shared dictionary for all workers. It is told again every ten minutes while it holds.
local KEEP_S = 1800
local function keyOf(name)
    return "ri" .. name
end
____exports.keepTold = function(told)
    local ____told_0 = told
    local learned = ____told_0.learned
    local isFresh = ____told_0.isFresh
    counters:set(
        keyOf(learned.name),
        packBaseline(composeBaseline(learned, isFresh)),
        KEEP_S
    )
end
--- Fills in what this node has not learned by itself yet.
____exports.adoptTold = function(baseline, name)
    if isComplete(baseline) then
        return
    end
    local packed = counters:get(keyOf(name))
    if type(packed) == "string" then
        adoptBaseline(
            baseline,
            unpackBaseline(packed)
        )
    end
end
return ____exports
