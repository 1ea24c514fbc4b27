local ____exports = {}
local ____baseline_2Ets = require("kong.plugins.threat-response.baseline")
local describeBaseline = ____baseline_2Ets.describeBaseline
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local BASELINES_AT_ONCE = ____learning_2Ets.BASELINES_AT_ONCE
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local ownLogins = ____learned_2Dlogins_2Ets.ownLogins
local ____record_2Did_2Ets = require("kong.plugins.threat-response.record-id")
local nextRecordId = ____record_2Did_2Ets.nextRecordId
local ____report_2Ets = require("kong.plugins.threat-response.report")
local enqueue = ____report_2Ets.enqueue
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local knownRates = ____route_2Drate_2Ets.knownRates
--- Tells the agent what routes and services usually get and which paths are logins, so that other nodes, and this one after a restart, begin with
-- it. Once a minute the worker whose turn it is tells a hundred; all workers know the same, but not each of them all routes.
local TURN = "lb"
local EVERY_S = 60
local cursor = 0
local function takeBaselines()
    local taken = {}
    local rates = knownRates()
    for _ = 1, math.min(#rates, BASELINES_AT_ONCE) do
        cursor = (cursor + 1) % #rates
        local ____rates_index_0 = rates[cursor + 1]
        local name = ____rates_index_0.name
        local baseline = ____rates_index_0.baseline
        local described = describeBaseline(baseline, name)
        if described ~= nil then
            taken[#taken + 1] = described
        end
    end
    return taken
end
____exports.reportBaselines = function(config, now)
    if config == nil or not config.learning.enabled then
        return
    end
    local isOurs = counters:add(TURN, true, EVERY_S)
    if not isOurs then
        return
    end
    local baselines = takeBaselines()
    local logins = ownLogins()
    if #baselines == 0 and #logins == 0 then
        counters:delete(TURN)
        return
    end
    local id = nextRecordId()
    enqueue(config, {
        type = "learned",
        id = id,
        window_start = now - EVERY_S,
        window_s = EVERY_S,
        scores = {},
        votes = {},
        used = {},
        baselines = baselines,
        logins = logins
    })
end
return ____exports
