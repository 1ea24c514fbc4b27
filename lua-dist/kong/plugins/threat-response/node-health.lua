local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local isShared = ____counters_2Ets.isShared
local ____health_2Ets = require("kong.plugins.threat-response.health")
local failOpenCount = ____health_2Ets.failOpenCount
____exports.PLUGIN_VERSION = "0.1.0"
--- Of this worker.
local counts = {}
--- The part of `counts` that the dictionary has.
local published = {}
--- By the reason why a request was not inspected to the end.
local uninspected = {}
local REASONS = {
    "compressed",
    "charset",
    "beyond_limit",
    "over_budget",
    "mistyped",
    "malformed",
    "unreadable",
    "streamed"
}
local configures = 0
local configuredAt = 0
local CONFIGURED_KEY = "Hconfigured_at"
--- Kong has just configured this worker; the workers of a node do not all hear of it at once.
function ____exports.noteConfigured(now)
    configures = configures + 1
    configuredAt = now
    counters:set(CONFIGURED_KEY, now)
end
--- The last time on any worker.
local function lastConfiguredAt()
    local shared = counters:get(CONFIGURED_KEY)
    return math.max(configuredAt, shared or 0)
end
function ____exports.countUninspected(reason)
    uninspected[reason] = (uninspected[reason] or 0) + 1
end
local function total(counter, own)
    if not isShared then
        return own
    end
    local sum = counters:incr("H" .. counter, own - (published[counter] or 0), 0)
    published[counter] = own
    return sum or own
end
--- For all workers at once: this one may have nothing to report for long.
function ____exports.countHealth(counter, by)
    local own = (counts[counter] or 0) + by
    counts[counter] = own
    total(counter, own)
end
local function describeUninspected()
    local totals = {}
    for ____, reason in ipairs(REASONS) do
        local sum = total("uninspected_" .. reason, uninspected[reason] or 0)
        if sum > 0 then
            totals[reason] = sum
        end
    end
    return totals
end
function ____exports.describeHealth(queueDepth, epoch, sequence)
    return {
        dropped_records = total("dropped_records", counts.dropped_records or 0),
        rejected_batches = total("rejected_batches", counts.rejected_batches or 0),
        fail_open = total(
            "fail_open",
            failOpenCount()
        ),
        feed_epoch = epoch,
        feed_sequence = sequence,
        feed_rejected = total("feed_rejected", counts.feed_rejected or 0),
        decisions_refused = total("decisions_refused", counts.decisions_refused or 0),
        uninspected = describeUninspected(),
        queue_depth = queueDepth,
        shared_dict = isShared,
        plugin_version = ____exports.PLUGIN_VERSION,
        configured_at = lastConfiguredAt(),
        configures = configures
    }
end
return ____exports
