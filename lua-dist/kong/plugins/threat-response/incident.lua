local ____exports = {}
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local addDistinct = ____distinct_2Ets.addDistinct
local countDistinct = ____distinct_2Ets.countDistinct
local createDistinct = ____distinct_2Ets.createDistinct
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local countGood = ____evidence_2Ets.countGood
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
local ____record_2Did_2Ets = require("kong.plugins.threat-response.record-id")
local nextRecordId = ____record_2Did_2Ets.nextRecordId
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local redactPath = ____redact_2Ets.redactPath
local redactText = ____redact_2Ets.redactText
local ____report_2Ets = require("kong.plugins.threat-response.report")
local enqueue = ____report_2Ets.enqueue
local ____top_2Dsources_2Ets = require("kong.plugins.threat-response.top-sources")
local addTop = ____top_2Dsources_2Ets.addTop
local createTop = ____top_2Dsources_2Ets.createTop
local listTop = ____top_2Dsources_2Ets.listTop
local ____verdict_2Ets = require("kong.plugins.threat-response.verdict")
local STRENGTH = ____verdict_2Ets.STRENGTH
local MAX_OPEN = 1000
local MAX_SAMPLES = 3
local MAX_REASONS = 5
local open = {}
local size = 0
local collapsed = 0
--- What is only tried out is reported as what was only monitored.
local function modeOf(instance, finding)
    return finding.isTrial == true and "monitor" or instance.config.mode
end
local function createRecord(instance, finding, kind, value, now)
    local record = {
        type = "incident",
        id = nextRecordId(),
        category = finding.category,
        detector = finding.detector,
        subject = {kind = kind, value = value},
        scope = {},
        mode = modeOf(instance, finding),
        window_start = now,
        window_s = 0,
        first_at = now,
        last_at = now,
        requests = 0,
        passed = 0,
        stopped = 0,
        failures = 0,
        distinct_users = 0,
        distinct_ips = 0,
        good = 0,
        score = 0,
        verdict = "allow",
        reasons = {},
        samples = {},
        sources = {}
    }
    return {
        instance = instance,
        record = record,
        key = "",
        users = createDistinct(),
        ips = createDistinct(),
        top = createTop(),
        priorUsers = 0
    }
end
local function findOpen(instance, finding, now)
    local owner = (((instance.config.gateway .. "|") .. modeOf(instance, finding)) .. "|") .. finding.category
    local isFull = size >= MAX_OPEN
    local subject = (((owner .. "|") .. finding.subject) .. "|") .. finding.value
    local known = open[subject]
    if known ~= nil then
        return known
    end
    local kind = isFull and "gateway" or finding.subject
    local name = isFull and owner .. "|gateway|*" or subject
    if isFull then
        collapsed = collapsed + 1
    end
    local found = open[name]
    if found ~= nil then
        return found
    end
    local created = createRecord(
        instance,
        finding,
        kind,
        isFull and "*" or finding.value,
        now
    )
    open[name] = created
    size = size + 1
    return created
end
local function takeSample(finding, evidence)
    local sample = {
        at = evidence.at,
        ip = evidence.ip,
        method = redactText(evidence.method, 20),
        path = redactPath(evidence.path),
        user_agent = redactText(evidence.userAgent, 120),
        status = evidence.status,
        score = finding.score
    }
    if finding.field ~= nil then
        sample.field = finding.field
    end
    if finding.window ~= nil then
        sample.window = finding.window
    end
    return sample
end
local function addPrior(entry, prior)
    local ____entry_0 = entry
    local record = ____entry_0.record
    record.requests = record.requests + prior.failures
    record.passed = record.passed + prior.failures
    record.failures = record.failures + prior.failures
    entry.priorUsers = math.max(entry.priorUsers, prior.users)
end
local function addReason(reasons, reason)
    for ____, known in ipairs(reasons) do
        if known == reason then
            return
        end
    end
    if #reasons < MAX_REASONS then
        reasons[#reasons + 1] = reason
    end
end
local function addCounts(record, finding, evidence)
    record.requests = record.requests + 1
    if evidence.isStopped then
        record.stopped = record.stopped + 1
    else
        record.passed = record.passed + 1
    end
    if evidence.isFailedLogin then
        record.failures = record.failures + 1
    end
    record.last_at = math.max(record.last_at, evidence.at)
    record.first_at = math.min(record.first_at, evidence.at)
    if finding.score > record.score then
        record.score = finding.score
        if finding.detector ~= "source" then
            record.detector = finding.detector
        end
        if finding.class ~= nil then
            record.class = finding.class
        end
    end
    if STRENGTH[evidence.verdict] > STRENGTH[record.verdict] then
        record.verdict = evidence.verdict
    end
end
--- Adds a finding to the open record of its category and subject.
____exports.addIncident = function(instance, finding, evidence)
    local entry = findOpen(instance, finding, evidence.at)
    local record = entry.record
    if record.requests == 0 then
        record.scope = evidence.scope
        entry.key = evidence.key
    elseif record.scope.route_id ~= evidence.scope.route_id then
        record.scope = {}
    end
    addCounts(record, finding, evidence)
    if finding.prior ~= nil then
        addPrior(entry, finding.prior)
    end
    if finding.configuredAt ~= nil then
        record.configured_at = finding.configuredAt
    end
    addReason(record.reasons, finding.reason)
    if #record.samples < MAX_SAMPLES then
        local ____record_samples_1 = record.samples
        ____record_samples_1[#____record_samples_1 + 1] = takeSample(finding, evidence)
    end
    addDistinct(entry.ips, evidence.ip)
    if evidence.user ~= "" then
        addDistinct(entry.users, evidence.user)
    end
    addTop(entry.top, evidence.ip)
end
local function close(entry, start, length)
    local ____entry_2 = entry
    local record = ____entry_2.record
    record.window_start = start
    record.window_s = length
    record.distinct_ips = countDistinct(entry.ips)
    record.distinct_users = math.max(
        entry.priorUsers,
        countDistinct(entry.users)
    )
    record.sources = listTop(entry.top)
    if record.subject.kind == "ip" then
        record.good = countGood(entry.instance, entry.key)
    end
    return record
end
--- Hands over all open records; the next window begins.
____exports.flushIncidents = function(start, length)
    if size == 0 then
        return
    end
    if collapsed > 0 then
        local message = ("too many incidents at once: " .. tostring(collapsed)) .. " pieces of evidence went into one record of their category"
        logOccasionally(ngx.WARN, "collapsed", message)
        collapsed = 0
    end
    local closing = open
    open = {}
    size = 0
    for ____, entry in pairs(closing) do
        enqueue(
            entry.instance.config,
            close(entry, start, length)
        )
    end
end
return ____exports
