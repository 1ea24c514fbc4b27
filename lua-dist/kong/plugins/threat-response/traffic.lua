local ____exports = {}
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local takeHits = ____decisions_2Ets.takeHits
local ____record_2Did_2Ets = require("kong.plugins.threat-response.record-id")
local nextRecordId = ____record_2Did_2Ets.nextRecordId
local ____report_2Ets = require("kong.plugins.threat-response.report")
local enqueue = ____report_2Ets.enqueue
local ____scope_2Ets = require("kong.plugins.threat-response.scope")
local readScope = ____scope_2Ets.readScope
local ____traffic_2Danswers_2Ets = require("kong.plugins.threat-response.traffic-answers")
local addAnswer = ____traffic_2Danswers_2Ets.addAnswer
local createAnswers = ____traffic_2Danswers_2Ets.createAnswers
local listAnswers = ____traffic_2Danswers_2Ets.listAnswers
local MAX_ROUTES = 1000
local OTHERS = "*"
local routes = {}
local size = 0
local function createTraffic(instance, scope)
    return {
        instance = instance,
        record = {
            type = "traffic",
            id = "",
            scope = scope,
            window_start = 0,
            window_s = 0,
            requests = 0,
            suspicious = 0,
            stopped = 0,
            clean = 0,
            clean_ok = 0,
            clean_denied = 0,
            errors_service = 0,
            errors_gateway = 0
        },
        answers = createAnswers()
    }
end
local findRoute
findRoute = function(instance, key, route)
    local known = routes[key]
    if known ~= nil then
        return known
    end
    if size >= MAX_ROUTES and key ~= OTHERS then
        return findRoute(instance, OTHERS)
    end
    local created = createTraffic(
        instance,
        key == OTHERS and ({}) or readScope(route)
    )
    routes[key] = created
    size = size + 1
    return created
end
--- By another plugin, since this one did not end it.
local function isDenied(outcome)
    return (outcome.status == 429 or outcome.status == 403) and outcome.answeredBy == "exit"
end
local function addClean(record, outcome)
    record.clean = record.clean + 1
    if outcome.status < 400 then
        record.clean_ok = record.clean_ok + 1
    elseif isDenied(outcome) then
        record.clean_denied = record.clean_denied + 1
    end
end
local function addSuspicious(record, outcome)
    record.suspicious = record.suspicious + 1
    if isDenied(outcome) then
        record.suspicious_denied = (record.suspicious_denied or 0) + 1
    end
end
--- Counts one request of a route, or of none.
____exports.addTraffic = function(instance, outcome)
    local ____instance_2 = instance
    local ____opt_0 = outcome.route
    local ____findRoute_result_3 = findRoute(____instance_2, ____opt_0 and ____opt_0.id or "", outcome.route)
    local record = ____findRoute_result_3.record
    local answers = ____findRoute_result_3.answers
    record.requests = record.requests + 1
    addAnswer(answers, outcome)
    local ____opt_4 = outcome.facts
    if (____opt_4 and ____opt_4.isInspected) == false then
        record.unsampled = (record.unsampled or 0) + 1
    end
    local ____opt_6 = outcome.facts
    if (____opt_6 and ____opt_6.uninspected) ~= nil then
        record.uninspected = (record.uninspected or 0) + 1
    end
    if outcome.isStopped then
        record.stopped = record.stopped + 1
    elseif outcome.isSuspicious then
        addSuspicious(record, outcome)
    else
        addClean(record, outcome)
    end
    if outcome.status < 500 then
        return
    end
    if outcome.answeredBy == "service" then
        record.errors_service = record.errors_service + 1
    else
        record.errors_gateway = record.errors_gateway + 1
    end
end
local function flushHits(config, start, length)
    local hits = takeHits()
    if hits == nil then
        return
    end
    enqueue(
        config,
        {
            type = "decision_hits",
            id = nextRecordId(),
            window_start = start,
            window_s = length,
            hits = hits
        }
    )
end
--- Hands over what was counted; the next window begins.
____exports.flushTraffic = function(start, length)
    local closing = routes
    routes = {}
    size = 0
    local reporter
    for ____, ____temp_8 in pairs(closing) do
        local answers
        local record
        local instance
        instance = ____temp_8.instance
        record = ____temp_8.record
        answers = ____temp_8.answers
        reporter = instance.config
        record.id = nextRecordId()
        record.window_start = start
        record.window_s = length
        record.answers = listAnswers(answers)
        if answers.proxied > 0 then
            record.upstream_ms = answers.upstream
            record.total_ms = answers.total
        end
        enqueue(instance.config, record)
    end
    if reporter ~= nil then
        flushHits(reporter, start, length)
    end
end
return ____exports
