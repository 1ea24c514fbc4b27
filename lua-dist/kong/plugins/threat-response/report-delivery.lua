local ____exports = {}
local ____agent_2Dkeys_2Ets = require("kong.plugins.threat-response.agent-keys")
local hasKeys = ____agent_2Dkeys_2Ets.hasKeys
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local feedPosition = ____decision_2Dstore_2Ets.feedPosition
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local randomHex = ____digest_2Ets.randomHex
local ____http_2Dclient_2Ets = require("kong.plugins.threat-response.http-client")
local describeAnswer = ____http_2Dclient_2Ets.describeAnswer
local request = ____http_2Dclient_2Ets.request
local ____node_2Dhealth_2Ets = require("kong.plugins.threat-response.node-health")
local countHealth = ____node_2Dhealth_2Ets.countHealth
local describeHealth = ____node_2Dhealth_2Ets.describeHealth
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
local logOver = ____occasional_2Dlog_2Ets.logOver
local ____report_2Dbatch_2Ets = require("kong.plugins.threat-response.report-batch")
local formatBatch = ____report_2Dbatch_2Ets.formatBatch
local splitBatch = ____report_2Dbatch_2Ets.splitBatch
local takeBatch = ____report_2Dbatch_2Ets.takeBatch
local FIRST_WAIT_S = 0.5
local LONGEST_WAIT_S = 30
local LONGEST_RETRY_AFTER_S = 300
--- What waits while Kong cannot resolve the keys is looked at so often.
local KEYLESS_S = 5
local FINAL = {[400] = true, [401] = true, [403] = true, [422] = true}
function ____exports.depth(target)
    local records = target.queue.count
    for ____, batch in ipairs(target.pending) do
        records = records + #batch.records
    end
    return records
end
local function judge(response)
    if response == nil then
        return "again"
    end
    if response.status < 300 then
        return "accepted"
    end
    if response.status == 413 then
        return "too-large"
    end
    return FINAL[response.status] == nil and "again" or "final"
end
--- Exponential, with jitter so that nodes do not return all at once; longer when the agent asks for it.
local function waitSeconds(attempts, response)
    local wait = math.min(
        LONGEST_WAIT_S,
        FIRST_WAIT_S * 2 ^ math.min(attempts, 10)
    )
    local jitter = tonumber(
        randomHex(2),
        16
    ) / 65535
    local asked = tonumber(response and response.headers["retry-after"] or "0") or 0
    return math.max(
        wait * (0.5 + jitter / 2),
        math.min(asked, LONGEST_RETRY_AFTER_S)
    )
end
local function explain(response, failure)
    return response == nil and (failure or "no answer") or describeAnswer(response)
end
local function dropBatch(target, batch, reason)
    countHealth("rejected_batches", 1)
    countHealth("dropped_records", #batch.records)
    logOccasionally(
        ngx.ERR,
        "rejected",
        (((((("the agent at " .. tostring(target.agent.url)) .. " refused ") .. tostring(#batch.records)) .. " records for good (") .. reason) .. "). ") .. "For 401 compare agent.key_id, agent.secret and the clocks; for 422 compare the versions of plugin and agent."
    )
end
--- The batch that goes next: the last of `pending`, where it stays until the agent has answered for good.
local function nextBatch(target)
    local ____target_2 = target
    local pending = ____target_2.pending
    if #pending == 0 then
        local batch, dropped = takeBatch(target.queue, target.agent.max_batch)
        countHealth("dropped_records", dropped)
        if batch ~= nil then
            pending[#pending + 1] = batch
        end
    end
    return pending[#pending]
end
--- Whether to go on with the next batch.
local function settle(target, batch, response, failure)
    local outcome = judge(response)
    if outcome == "accepted" then
        logOver("again", "reports to the agent again")
    end
    if outcome == "again" then
        target.dueAt = ngx.now() + waitSeconds(target.attempts, response)
        target.attempts = target.attempts + 1
        logOccasionally(
            ngx.WARN,
            "again",
            "cannot report yet, will try again: " .. explain(response, failure)
        )
        return false
    end
    target.attempts = 0
    table.remove(target.pending)
    if outcome == "too-large" and #batch.records > 1 then
        local first, second = unpack(
            splitBatch(batch),
            1,
            2
        )
        local ____target_pending_3 = target.pending
        ____target_pending_3[#____target_pending_3 + 1] = second
        local ____target_pending_4 = target.pending
        ____target_pending_4[#____target_pending_4 + 1] = first
    elseif outcome ~= "accepted" then
        dropBatch(
            target,
            batch,
            explain(response, failure)
        )
    end
    return true
end
local function send(target, batch)
    local ____target_5 = target
    local agent = ____target_5.agent
    local gateway = ____target_5.gateway
    local position = feedPosition()
    local health = describeHealth(
        ____exports.depth(target) - #batch.records,
        position.epoch,
        position.sequence
    )
    local sender = {
        gateway = gateway,
        keyId = agent.key_id,
        secret = agent.secret,
        timeoutMs = agent.timeout_ms,
        verifyCertificate = agent.ssl_verify
    }
    return request(
        target.http,
        formatBatch(batch, sender, health)
    )
end
--- For a timer: it yields.
function ____exports.drain(target)
    if not hasKeys(target.agent) then
        target.dueAt = ngx.now() + KEYLESS_S
        return
    end
    while true do
        local batch = nextBatch(target)
        if batch == nil then
            return
        end
        local response, failure = send(target, batch)
        if not settle(target, batch, response, failure) then
            return
        end
    end
end
return ____exports
