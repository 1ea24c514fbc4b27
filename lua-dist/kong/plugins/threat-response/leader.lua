local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local isShared = ____counters_2Ets.isShared
local ____node_2Didentity_2Ets = require("kong.plugins.threat-response.node-identity")
local workerName = ____node_2Didentity_2Ets.workerName
--- Elects one of a node's workers for what only one should do. Without a shared dictionary each worker does it for itself.
local TERM_S = 1.5
--- Whether this worker holds `role` now. Asking renews it for `TERM_S`: who stops asking, or dies, is succeeded after that.
function ____exports.claimLeadership(role)
    if not isShared then
        return true
    end
    local key = "L" .. role
    local own = workerName()
    local added = counters:add(key, own, TERM_S)
    if added then
        return true
    end
    local holder = counters:get(key)
    if holder ~= own then
        return false
    end
    counters:set(key, own, TERM_S)
    return true
end
return ____exports
