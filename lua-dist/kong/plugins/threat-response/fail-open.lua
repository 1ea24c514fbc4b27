local ____exports = {}
local ____health_2Ets = require("kong.plugins.threat-response.health")
local takeFailures = ____health_2Ets.takeFailures
local ____record_2Did_2Ets = require("kong.plugins.threat-response.record-id")
local nextRecordId = ____record_2Did_2Ets.nextRecordId
local ____report_2Ets = require("kong.plugins.threat-response.report")
local enqueue = ____report_2Ets.enqueue
--- A plugin that lets requests pass because it fails itself protects nobody, and silence would hide it: more than a thousandth of the requests of a
-- window is an incident of its own. It is about the gateway, and reported as only monitored, since no measure against clients helps.
local MAX_SHARE = 0.001
local MIN_FAILURES = 3
local WINDOW_S = 10
--- So long a few failures among few requests may add up.
local LONGEST_WINDOW_S = 60
local DETECTOR = "fail_open"
local SCORE = 80
local open = {
    start = 0,
    requests = 0,
    failures = 0,
    phase = "",
    reason = ""
}
local function begin(now)
    open = {
        start = now,
        requests = 0,
        failures = 0,
        phase = "",
        reason = ""
    }
end
--- Pure: whether so many failures among so many requests are an incident.
____exports.isTooOften = function(failures, requests) return failures >= MIN_FAILURES and failures > MAX_SHARE * requests end
local function build(window, now)
    return {
        type = "incident",
        id = nextRecordId(),
        category = "route_misconfig",
        detector = DETECTOR,
        subject = {kind = "gateway", value = "*"},
        scope = {},
        mode = "monitor",
        window_start = window.start,
        window_s = math.max(1, now - window.start),
        first_at = window.start,
        last_at = now,
        requests = window.failures,
        passed = window.failures,
        stopped = 0,
        failures = 0,
        distinct_users = 0,
        distinct_ips = 0,
        good = 0,
        score = SCORE,
        verdict = "allow",
        reasons = {
            ((("the plugin failed on " .. tostring(window.failures)) .. " of ") .. tostring(math.max(window.requests, window.failures))) .. " requests and let them pass",
            (window.phase .. ": ") .. window.reason
        },
        samples = {},
        sources = {}
    }
end
--- Once a second or so: adds what has happened since, and reports it through `config` when it is too much.
____exports.checkFailOpen = function(config, now)
    if open.start == 0 then
        begin(now)
    end
    local taken = takeFailures()
    open.requests = open.requests + taken.requests
    open.failures = open.failures + taken.failures
    if taken.failures > 0 then
        open.phase = taken.phase
        open.reason = taken.reason
    end
    local age = now - open.start
    if age < WINDOW_S then
        return
    end
    local isIncident = ____exports.isTooOften(open.failures, open.requests)
    if isIncident and config ~= nil then
        enqueue(
            config,
            build(open, now)
        )
    end
    if isIncident or open.failures == 0 or age >= LONGEST_WINDOW_S then
        begin(now)
    end
end
return ____exports
