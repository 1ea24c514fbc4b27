local ____exports = {}
local ____configure_2Ets = require("kong.plugins.threat-response.configure")
local reporterConfig = ____configure_2Ets.reporterConfig
local shortestFlush = ____configure_2Ets.shortestFlush
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local isShared = ____counters_2Ets.isShared
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local startDecisions = ____decisions_2Ets.startDecisions
local ____dictionary_2Droom_2Ets = require("kong.plugins.threat-response.dictionary-room")
local checkRoom = ____dictionary_2Droom_2Ets.checkRoom
local ____error_2Dwatch_2Ets = require("kong.plugins.threat-response.error-watch")
local tickErrors = ____error_2Dwatch_2Ets.tickErrors
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local flushGood = ____evidence_2Ets.flushGood
local ____fail_2Dopen_2Ets = require("kong.plugins.threat-response.fail-open")
local checkFailOpen = ____fail_2Dopen_2Ets.checkFailOpen
local ____health_2Ets = require("kong.plugins.threat-response.health")
local countFailOpen = ____health_2Ets.countFailOpen
local ____incident_2Ets = require("kong.plugins.threat-response.incident")
local flushIncidents = ____incident_2Ets.flushIncidents
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local syncLearnedLogins = ____learned_2Dlogins_2Ets.syncLearnedLogins
local ____learned_2Dpoll_2Ets = require("kong.plugins.threat-response.learning.learned-poll")
local startLearnedPoll = ____learned_2Dpoll_2Ets.startLearnedPoll
local ____report_2Dbaselines_2Ets = require("kong.plugins.threat-response.learning.report-baselines")
local reportBaselines = ____report_2Dbaselines_2Ets.reportBaselines
local ____report_2Dlearned_2Ets = require("kong.plugins.threat-response.learning.report-learned")
local flushLearned = ____report_2Dlearned_2Ets.flushLearned
local ____guard_2Ets = require("kong.plugins.threat-response.logins.guard")
local tickGuards = ____guard_2Ets.tickGuards
local ____report_2Ets = require("kong.plugins.threat-response.report")
local startReporting = ____report_2Ets.startReporting
local ____request_2Dsample_2Ets = require("kong.plugins.threat-response.request-sample")
local flushRequests = ____request_2Dsample_2Ets.flushRequests
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local TICK_S = ____route_2Drate_2Ets.TICK_S
local tickRates = ____route_2Drate_2Ets.tickRates
local ____traffic_2Ets = require("kong.plugins.threat-response.traffic")
local flushTraffic = ____traffic_2Ets.flushTraffic
--- The windows of what is reported: as long as the configuration says, at least a second.
local windowStart = 0
local function flush(now)
    local length = math.floor((now - windowStart) * 1000 + 0.5) / 1000
    flushIncidents(windowStart, length)
    flushTraffic(windowStart, length)
    windowStart = now
end
local function tick(isLast)
    local now = ngx.now()
    if windowStart == 0 then
        windowStart = now
    end
    tickGuards(now)
    flushGood()
    syncLearnedLogins()
    tickErrors(now)
    checkFailOpen(
        reporterConfig(),
        now
    )
    checkRoom(now)
    flushLearned(
        reporterConfig(),
        now,
        isLast
    )
    reportBaselines(
        reporterConfig(),
        now
    )
    flushRequests(now, isLast)
    if isLast or now - windowStart >= shortestFlush() then
        flush(now)
    end
end
local function tickGuarded(premature)
    local ok, reason = pcall(tick, premature)
    if not ok then
        countFailOpen("timer", reason)
    end
end
local function rate()
    return tickRates(ngx.now())
end
local function rateGuarded()
    local ok, reason = pcall(rate)
    if not ok then
        countFailOpen("timer", reason)
    end
end
--- Once in each worker.
____exports.startTimers = function()
    if not isShared and ngx.worker.id() == 0 then
        ngx.log(ngx.WARN, "[threat-response] nginx has no shared dictionary 'threat_response': each worker counts for itself. ", "Set KONG_NGINX_HTTP_LUA_SHARED_DICT='threat_response 64m'")
    end
    ngx.timer.every(1, tickGuarded)
    ngx.timer.every(TICK_S, rateGuarded)
    startReporting()
    startDecisions()
    startLearnedPoll()
end
return ____exports
