local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- Sums over all workers that only grow: each adds what it has counted, and looks at how much has come since it looked last.
local KEEP_S = 86400
--- Adds what this worker has to the sum of all, which is the answer.
____exports.addUp = function(key, own)
    local sum = unpack(
        own > 0 and ({counters:incr(key, own, 0, KEEP_S)}) or ({counters:get(key)}),
        1,
        1
    )
    return sum or 0
end
--- What was added since the last time (`before` is negative before the first); a sum that has expired began anew.
____exports.grown = function(before, now)
    if before < 0 then
        return 0
    end
    return now < before and now or now - before
end
return ____exports
