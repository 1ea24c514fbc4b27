local ____exports = {}
local ____node_2Dhealth_2Ets = require("kong.plugins.threat-response.node-health")
local countUninspected = ____node_2Dhealth_2Ets.countUninspected
____exports.DEFAULT_LIMITS = {max_inspected_bytes = 16384, graphql_max_depth = 25, graphql_max_aliases = 100, graphql_introspection = true}
--- Every judgement costs so much besides its bytes.
local FIXED_COST = 64
local limits = ____exports.DEFAULT_LIMITS
local left = 0
local reason
function ____exports.beginInspection(given)
    limits = given or ____exports.DEFAULT_LIMITS
    left = limits.max_inspected_bytes
    reason = nil
end
function ____exports.limitsNow()
    return limits
end
--- Notes, and counts once for each request, that something was not inspected. The first reason stands.
function ____exports.leave(why)
    if reason ~= nil then
        return
    end
    reason = why
    countUninspected(why)
end
--- Why the last inspection is incomplete; nil when it is not.
function ____exports.uninspectedReason()
    return reason
end
--- Takes the cost of judging so many bytes; returns how many of them may be judged. Looks cost parts of a byte: half a byte would be judged as one.
function ____exports.spend(bytes)
    local affordable = math.min(
        bytes,
        math.floor(left) - FIXED_COST
    )
    if affordable < bytes then
        ____exports.leave("over_budget")
    end
    if affordable <= 0 then
        left = 0
        return 0
    end
    left = left - (affordable + FIXED_COST)
    return affordable
end
--- Takes the cost of a look; false when nothing is left for it.
function ____exports.spendLook(cost)
    if left < cost then
        ____exports.leave("over_budget")
        left = 0
        return false
    end
    left = left - cost
    return true
end
--- Takes the cost of looking at so many bytes, each of which costs `share`; returns how many of them may be looked at: no more than half of the rest pays for.
function ____exports.spendLookAt(bytes, share)
    local affordable = math.min(
        bytes,
        math.floor(left / 2 / share)
    )
    if affordable < bytes then
        ____exports.leave("over_budget")
    end
    if affordable <= 0 then
        left = 0
    else
        left = left - affordable * share
    end
    return affordable
end
--- Takes the cost of what was judged before; false, and nothing is taken, where so little is left that it might be judged otherwise now.
function ____exports.spendKnown(cost)
    if left <= 2 * cost then
        return false
    end
    left = left - cost
    return true
end
function ____exports.isSpent()
    return left <= 0
end
--- What the inspection has cost so far.
function ____exports.spent()
    return limits.max_inspected_bytes - left
end
return ____exports
