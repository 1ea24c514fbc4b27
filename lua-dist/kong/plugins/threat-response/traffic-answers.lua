local ____exports = {}
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local LATENCY_BUCKETS = ____ingest_2Ets.LATENCY_BUCKETS
local MAX_ANSWERS = ____ingest_2Ets.MAX_ANSWERS
local PLACES = {service = 0, exit = 1, error = 2, own = 3}
local SOURCES = {"service", "exit", "error", "own"}
local MAX_DISTINCT = 100
--- So many of a window are timed all, of the others each eighth counts for eight: nginx makes a text of each time.
local TIMED = 64
local SAMPLED = 8
local PER_DOUBLING = 1 / math.log(2)
--- Doubles are not exact: 8 ms must not fall below 8.
local TINY = 1e-9
local ____string_0 = string
local match = ____string_0.match
local function createHistogram()
    local histogram = {}
    for _ = 1, LATENCY_BUCKETS do
        histogram[#histogram + 1] = 0
    end
    return histogram
end
____exports.createAnswers = function() return {
    counts = {},
    distinct = 0,
    other = 0,
    proxied = 0,
    upstream = createHistogram(),
    total = createHistogram()
} end
--- Of a duration in milliseconds, from 0; see `contract/ingest.ts`.
____exports.bucketOf = function(ms)
    if ms < 1 then
        return 0
    end
    return math.min(
        LATENCY_BUCKETS - 1,
        math.floor(math.log(ms) * PER_DOUBLING + TINY) + 1
    )
end
local function addTime(histogram, seconds, weight)
    local bucket = ____exports.bucketOf(seconds * 1000)
    histogram[bucket + 1] = histogram[bucket + 1] + weight
end
--- Of several attempts, separated by commas, the last.
local function readSeconds(text)
    return tonumber(text) or tonumber((match(text, "([%d.]+)$")))
end
local function addLatency(answers)
    answers.proxied = answers.proxied + 1
    local isAll = answers.proxied <= TIMED
    if not isAll and answers.proxied % SAMPLED ~= 0 then
        return
    end
    local weight = isAll and 1 or SAMPLED
    addTime(
        answers.total,
        ngx.now() - ngx.req.start_time(),
        weight
    )
    local upstream = readSeconds(ngx.var.upstream_response_time or "")
    if upstream ~= nil then
        addTime(answers.upstream, upstream, weight)
    end
end
____exports.addAnswer = function(answers, outcome)
    local ____outcome_1 = outcome
    local answeredBy = ____outcome_1.answeredBy
    local key = outcome.status * 4 + PLACES[outcome.isStopped and "own" or answeredBy]
    local ____answers_2 = answers
    local counts = ____answers_2.counts
    local known = counts[key]
    if known ~= nil then
        counts[key] = known + 1
    elseif answers.distinct < MAX_DISTINCT then
        counts[key] = 1
        answers.distinct = answers.distinct + 1
    else
        answers.other = answers.other + 1
    end
    if answeredBy == "service" then
        addLatency(answers)
    end
end
local function isMoreFrequent(one, other)
    if one.count ~= other.count then
        return one.count > other.count
    end
    return one.status < other.status
end
--- Most frequent first; the rarest go into one.
____exports.listAnswers = function(answers)
    local all = {}
    for key, count in pairs(answers.counts) do
        all[#all + 1] = {
            source = SOURCES[key % 4 + 1],
            status = math.floor(key / 4),
            count = count
        }
    end
    table.sort(all, isMoreFrequent)
    local listed = {}
    local ____answers_3 = answers
    local other = ____answers_3.other
    for ____, answer in ipairs(all) do
        if #listed < MAX_ANSWERS then
            listed[#listed + 1] = answer
        else
            other = other + answer.count
        end
    end
    if other > 0 then
        listed[#listed + 1] = {source = "other", status = 0, count = other}
    end
    return listed
end
return ____exports
