local ____exports = {}
local ____decision_2Didentity_2Ets = require("kong.plugins.threat-response.decision-identity")
local findByIdentity = ____decision_2Didentity_2Ets.findByIdentity
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local ROUTE = ____decision_2Dkey_2Ets.ROUTE
local ____decision_2Dpoll_2Ets = require("kong.plugins.threat-response.decision-poll")
local configurePolling = ____decision_2Dpoll_2Ets.configurePolling
local startPolling = ____decision_2Dpoll_2Ets.startPolling
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local beginLookup = ____decision_2Dstore_2Ets.beginLookup
local findDecision = ____decision_2Dstore_2Ets.findDecision
local findNamed = ____decision_2Dstore_2Ets.findNamed
local foundLogged = ____decision_2Dstore_2Ets.foundLogged
local hasTag = ____decision_2Dstore_2Ets.hasTag
local ____patch_2Dhits_2Ets = require("kong.plugins.threat-response.patch-hits")
local takePatchHits = ____patch_2Dhits_2Ets.takePatchHits
local MAX_COUNTED = 10000
--- What the agent takes in one record.
local MAX_TAKEN = 1000
local hits = {}
local counted = 0
--- The strongest decision in force for a client of this instance, by address or by credential, and the strongest that only counts. Without any
-- decision this costs two comparisons.
function ____exports.lookup(instance, source)
    local ____instance_config_0 = instance.config
    local gateway = ____instance_config_0.gateway
    local agent = ____instance_config_0.agent
    if agent.url == nil then
        return nil
    end
    local own = findDecision(source.binary, gateway, source.key)
    return findByIdentity(instance, gateway, own), foundLogged()
end
--- The same for a route, "-" where there is none.
function ____exports.lookupRoute(instance, source, route)
    local ____instance_config_1 = instance.config
    local gateway = ____instance_config_1.gateway
    local agent = ____instance_config_1.agent
    if agent.url == nil or not hasTag(ROUTE, gateway) then
        return nil
    end
    beginLookup(source.key)
    return findNamed(nil, ROUTE, route), foundLogged()
end
--- Whether any route is decided about.
function ____exports.hasRouteDecisions(instance)
    return hasTag(ROUTE, instance.config.gateway)
end
local function countHits(id, more)
    local known = hits[id]
    if known ~= nil then
        hits[id] = known + more
    elseif counted < MAX_COUNTED then
        hits[id] = more
        counted = counted + 1
    end
end
--- Counts that a decision took effect. Beyond a bound of distinct ones nothing is counted until the hits are taken.
function ____exports.countHit(id)
    countHits(id, 1)
end
--- This worker's hits since the last call, for a `DecisionHitsRecord`; undefined when there were none. What is too many waits.
function ____exports.takeHits()
    takePatchHits(countHits)
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
