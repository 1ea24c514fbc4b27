local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local isShared = ____counters_2Ets.isShared
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local clearDistinct = ____distinct_2Ets.clearDistinct
local countDistinct = ____distinct_2Ets.countDistinct
local createDistinct = ____distinct_2Ets.createDistinct
local mergeDistinct = ____distinct_2Ets.mergeDistinct
local packDistinct = ____distinct_2Ets.packDistinct
--- How many addresses share a busy route: each worker's sketch is shown to the others while it is busy.
local KEEP_S = 3
local merged = createDistinct()
____exports.createCrowd = createDistinct
____exports.clearCrowd = clearDistinct
--- Shows this worker's addresses to the others and counts those of all; once a second.
____exports.shareCrowd = function(name, own)
    if not isShared then
        return countDistinct(own)
    end
    local id = ngx.worker.id() or 0
    counters:set(
        (("rd" .. tostring(id)) .. ":") .. name,
        packDistinct(own),
        KEEP_S
    )
    clearDistinct(merged)
    for worker = 0, ngx.worker.count() - 1 do
        local packed = counters:get((("rd" .. tostring(worker)) .. ":") .. name)
        if type(packed) == "string" then
            mergeDistinct(merged, packed)
        end
    end
    return countDistinct(merged)
end
return ____exports
