local ____exports = {}
local ____decision_2Dpoll_2Ets = require("kong.plugins.threat-response.decision-poll")
local configurePolling = ____decision_2Dpoll_2Ets.configurePolling
local startPolling = ____decision_2Dpoll_2Ets.startPolling
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local findDecision = ____decision_2Dstore_2Ets.findDecision
local MAX_COUNTED = 10000
--- What the agent takes in one record.
local MAX_TAKEN = 1000
local hits = {}
local counted = 0
--- The strongest decision in force for a client of this instance, or nothing. `binary` is the address in network order; without any
-- decision this costs two comparisons.
function ____exports.lookup(config, binary)
    local decision = findDecision(binary, config.gateway)
    if decision == nil or config.agent.url == nil then
        return
    end
    local action = decision.action
    local id = decision.id
    local incident = decision.incident
    local rps = decision.rps
    local scope = decision.scope
    local route = decision.route
    return action, id, incident, rps, scope, route
end
--- Counts that a decision took effect. Beyond a bound of distinct ones nothing is counted until the hits are taken.
function ____exports.countHit(id)
    local known = hits[id]
    if known ~= nil then
        hits[id] = known + 1
    elseif counted < MAX_COUNTED then
        hits[id] = 1
        counted = counted + 1
    end
end
--- This worker's hits since the last call, for a `DecisionHitsRecord`; undefined when there were none. What is too many waits.
function ____exports.takeHits()
    if counted == 0 then
        return nil
    end
    local taken = {}
    local left = {}
    for decision, count in pairs(hits) do
        if #taken < MAX_TAKEN then
            taken[#taken + 1] = {decision = decision, count = count}
        else
            left[decision] = count
        end
    end
    hits = left
    counted = counted - #taken
    return taken
end
--- All configurations there are now; see `decision-poll.ts` for which one counts.
____exports.configureDecisions = configurePolling
--- Once in each worker.
____exports.startDecisions = startPolling
return ____exports
