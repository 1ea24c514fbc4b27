local ____exports = {}
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local HEADER_BATCH = ____ingest_2Ets.HEADER_BATCH
local HEADER_KEY = ____ingest_2Ets.HEADER_KEY
local HEADER_NODE = ____ingest_2Ets.HEADER_NODE
local HEADER_SIGNATURE = ____ingest_2Ets.HEADER_SIGNATURE
local HEADER_TIMESTAMP = ____ingest_2Ets.HEADER_TIMESTAMP
local INGEST_PATH = ____ingest_2Ets.INGEST_PATH
local MAX_BATCH_BYTES = ____ingest_2Ets.MAX_BATCH_BYTES
local MAX_BATCH_RECORDS = ____ingest_2Ets.MAX_BATCH_RECORDS
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local beginHmac = ____digest_2Ets.beginHmac
local finishHmac = ____digest_2Ets.finishHmac
local randomHex = ____digest_2Ets.randomHex
local updateHmac = ____digest_2Ets.updateHmac
local ____json_2Ets = require("kong.plugins.threat-response.json")
local encodeJson = ____json_2Ets.encodeJson
local ____node_2Didentity_2Ets = require("kong.plugins.threat-response.node-identity")
local nodeName = ____node_2Didentity_2Ets.nodeName
local ____report_2Dqueue_2Ets = require("kong.plugins.threat-response.report-queue")
local dropFirst = ____report_2Dqueue_2Ets.dropFirst
local peek = ____report_2Dqueue_2Ets.peek
--- Room for what surrounds the records.
local ENVELOPE_BYTES = 4096
local ENCODE_BEFORE_YIELD = 50
--- Some versions of nginx do not look at other events when the wait is 0.
local PAUSE_S = 0.001
--- Takes what fits into one request. A record that fits into none is dropped: the second value counts those.
function ____exports.takeBatch(queue, limit)
    local records = {}
    local bytes = ENVELOPE_BYTES
    local dropped = 0
    while #records < math.min(limit, MAX_BATCH_RECORDS) do
        local record = peek(queue)
        if record == nil then
            break
        end
        local encoded = encodeJson(record)
        local isTooLarge = ENVELOPE_BYTES + #encoded > MAX_BATCH_BYTES
        if not isTooLarge and bytes + #encoded >= MAX_BATCH_BYTES then
            break
        end
        dropFirst(queue)
        if isTooLarge then
            dropped = dropped + 1
        else
            records[#records + 1] = encoded
            bytes = bytes + (#encoded + 1)
        end
        if #records % ENCODE_BEFORE_YIELD == 0 then
            ngx.sleep(PAUSE_S)
        end
    end
    if #records == 0 then
        return nil, dropped
    end
    return {
        id = randomHex(16),
        records = records
    }, dropped
end
--- Two batches of half the records each, with names of their own: the agent has taken neither.
function ____exports.splitBatch(batch)
    local half = math.floor(#batch.records / 2)
    local first = {
        id = randomHex(16),
        records = {}
    }
    local second = {
        id = randomHex(16),
        records = {}
    }
    for i = 1, #batch.records do
        local ____table_records_0 = (i <= half and first or second).records
        ____table_records_0[#____table_records_0 + 1] = batch.records[i]
    end
    return {first, second}
end
--- The request as it is signed now.
function ____exports.formatBatch(batch, sender, health)
    local node = nodeName()
    local timestamp = string.format(
        "%d",
        ngx.time()
    )
    local head = encodeJson({
        version = 1,
        gateway = sender.gateway,
        node = node,
        batch = batch.id,
        sent_at = ngx.now(),
        health = health
    })
    local body = ((string.sub(head, 1, -2) .. ",\"records\":[") .. table.concat(batch.records, ",")) .. "]}"
    local hmac = beginHmac(sender.secret)
    updateHmac(hmac, ((((("ingest\n" .. timestamp) .. "\n") .. node) .. "\n") .. batch.id) .. "\n")
    updateHmac(hmac, body)
    return {
        method = "POST",
        path = INGEST_PATH,
        headers = {
            ["Content-Type"] = "application/json",
            [HEADER_NODE] = node,
            [HEADER_KEY] = sender.keyId,
            [HEADER_TIMESTAMP] = timestamp,
            [HEADER_BATCH] = batch.id,
            [HEADER_SIGNATURE] = "v1=" .. finishHmac(hmac)
        },
        body = body,
        timeoutMs = sender.timeoutMs,
        totalMs = sender.timeoutMs * 5,
        verifyCertificate = sender.verifyCertificate,
        maxBodyBytes = 65536
    }
end
return ____exports
