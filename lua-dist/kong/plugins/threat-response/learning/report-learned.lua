local ____exports = {}
local ____record_2Did_2Ets = require("kong.plugins.threat-response.record-id")
local nextRecordId = ____record_2Did_2Ets.nextRecordId
local ____report_2Ets = require("kong.plugins.threat-response.report")
local enqueue = ____report_2Ets.enqueue
local ____ballot_2Ets = require("kong.plugins.threat-response.learning.ballot")
local reviewThreshold = ____ballot_2Ets.reviewThreshold
local ____pending_2Ets = require("kong.plugins.threat-response.learning.pending")
local takePending = ____pending_2Ets.takePending
local ____route_2Dscores_2Ets = require("kong.plugins.threat-response.learning.route-scores")
local takeScores = ____route_2Dscores_2Ets.takeScores
--- Tells the agent what this worker has learned; without an agent what follows from it is drawn here.
local EVERY_S = 5
local flushedAt = 0
local function limitsOf(____bindingPattern0)
    local config
    config = ____bindingPattern0.config
    return {block = config.thresholds.block, max_threshold = config.learning.max_threshold, min_requests = config.learning.min_requests, stopped_share = config.learning.stopped_share}
end
local function report(config, taken, now)
    local ____takePending_result_0 = takePending()
    local votes = ____takePending_result_0.votes
    local used = ____takePending_result_0.used
    if #taken == 0 and #votes == 0 and #used == 0 then
        return
    end
    local scores = {}
    for ____, ____value in ipairs(taken) do
        local route_id = ____value.route_id
        local buckets = ____value.buckets
        local instance = ____value.instance
        scores[#scores + 1] = {
            route_id = route_id,
            buckets = buckets,
            limits = limitsOf(instance)
        }
    end
    enqueue(
        config,
        {
            type = "learned",
            id = nextRecordId(),
            window_start = flushedAt,
            window_s = math.max(1, now - flushedAt),
            scores = scores,
            votes = votes,
            used = used
        }
    )
end
--- Every few seconds, and when the worker leaves. `config` is the one through which the plugin reports about itself.
____exports.flushLearned = function(config, now, isLast)
    if flushedAt == 0 then
        flushedAt = now
    end
    if not isLast and now - flushedAt < EVERY_S then
        return
    end
    local taken = takeScores()
    if config ~= nil then
        report(config, taken, now)
    else
        for ____, ____value in ipairs(taken) do
            local route_id = ____value.route_id
            local instance = ____value.instance
            reviewThreshold(instance, route_id)
        end
    end
    flushedAt = now
end
return ____exports
