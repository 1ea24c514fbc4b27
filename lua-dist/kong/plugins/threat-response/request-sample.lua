local ____exports = {}
local ____configure_2Ets = require("kong.plugins.threat-response.configure")
local reporterConfig = ____configure_2Ets.reporterConfig
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local MAX_SAMPLED = ____ingest_2Ets.MAX_SAMPLED
local ____record_2Did_2Ets = require("kong.plugins.threat-response.record-id")
local nextRecordId = ____record_2Did_2Ets.nextRecordId
local ____report_2Ets = require("kong.plugins.threat-response.report")
local enqueue = ____report_2Ets.enqueue
local ____request_2Ddescriptor_2Ets = require("kong.plugins.threat-response.request-descriptor")
local describeRequest = ____request_2Ddescriptor_2Ets.describeRequest
local keepRequest = ____request_2Ddescriptor_2Ets.keepRequest
--- A sample of this worker's requests, each as likely as any other, for the agent to try plans on. Which request is the next of the sample is drawn
-- beforehand (algorithm L of Li, 1994), so that all others cost a comparison.
local WINDOW_S = 5
local ____math_0 = math
local exp = ____math_0.exp
local floor = ____math_0.floor
local log = ____math_0.log
local random = ____math_0.random
local ____string_1 = string
local gsub = ____string_1.gsub
local kept = {}
local seen = 0
local next = 1
local limit = 0
--- The largest of the random numbers that the requests in a full sample would have drawn.
local largest = 1
local windowStart = 0
--- Never 0, whose logarithm there is not.
local function draw()
    return 1 - random()
end
local function drawNext()
    if #kept < limit then
        next = seen + 1
        return
    end
    largest = largest * exp(log(draw()) / limit)
    next = seen + 1 + floor(log(draw()) / log(1 - largest))
end
local function isReported(instance)
    local ____instance_config_agent_2 = instance.config.agent
    local url = ____instance_config_agent_2.url
    local ____temp_6 = url ~= nil
    if ____temp_6 then
        local ____url_5 = url
        local ____opt_3 = reporterConfig()
        ____temp_6 = ____url_5 == (____opt_3 and ____opt_3.agent.url)
    end
    return ____temp_6
end
--- Over a Unix socket a client has no address, and the agent takes no request without one.
local function hasAddress(outcome)
    return outcome.source.binary ~= ""
end
local taking
local taken
local function take()
    local instance = taking
    local outcome = taken
    limit = math.min(instance.config.agent.request_sample, MAX_SAMPLED)
    if limit > 0 and isReported(instance) and hasAddress(outcome) then
        local request = keepRequest(instance, outcome)
        if #kept < limit then
            kept[#kept + 1] = request
        else
            kept[floor(random() * #kept) + 1] = request
        end
        drawNext()
    else
        next = seen + 1
    end
    return ""
end
--- LuaJIT cannot compile what it takes to describe a request, and would give up on the whole way of a request when it meets that while recording. Behind
-- a C function it does not see it.
local function takeUnseen(instance, outcome)
    taking = instance
    taken = outcome
    gsub("x", "x", take)
    taking = nil
    taken = nil
end
____exports.sampleRequest = function(instance, outcome)
    seen = seen + 1
    if seen >= next then
        takeUnseen(instance, outcome)
    end
end
local function begin(now)
    kept = {}
    seen = 0
    next = 1
    largest = 1
    windowStart = now
end
--- Hands the sample over when its window is over.
____exports.flushRequests = function(now, isLast)
    if not isLast and now - windowStart < WINDOW_S then
        return
    end
    local config = reporterConfig()
    if config ~= nil and #kept > 0 and windowStart > 0 then
        local requests = {}
        for ____, request in ipairs(kept) do
            requests[#requests + 1] = describeRequest(request)
        end
        local weight = math.max(1, seen / #kept)
        local window_s = floor((now - windowStart) * 1000 + 0.5) / 1000
        enqueue(
            config,
            {
                type = "requests",
                id = nextRecordId(),
                window_start = windowStart,
                window_s = window_s,
                weight = weight,
                requests = requests
            }
        )
    end
    begin(now)
end
return ____exports
