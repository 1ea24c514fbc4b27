local ____exports = {}
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local FEED_MAGIC = ____decision_2Dfeed_2Ets.FEED_MAGIC
local FEED_VERSION = ____decision_2Dfeed_2Ets.FEED_VERSION
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local CLOCK_SKEW_S = ____ingest_2Ets.CLOCK_SKEW_S
local ____decision_2Dentry_2Ets = require("kong.plugins.threat-response.decision-entry")
local enterLines = ____decision_2Dentry_2Ets.enterLines
local ____decision_2Dguard_2Ets = require("kong.plugins.threat-response.decision-guard")
local compileGuard = ____decision_2Dguard_2Ets.compileGuard
local ____decision_2Dtable_2Ets = require("kong.plugins.threat-response.decision-table")
local appendText = ____decision_2Dtable_2Ets.appendText
local clearDecisions = ____decision_2Dtable_2Ets.clearDecisions
local clearText = ____decision_2Dtable_2Ets.clearText
local textAt = ____decision_2Dtable_2Ets.textAt
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local beginHmac = ____digest_2Ets.beginHmac
local equalInConstantTime = ____digest_2Ets.equalInConstantTime
local finishHmac = ____digest_2Ets.finishHmac
local updateHmac = ____digest_2Ets.updateHmac
function ____exports.isOlder(position, known)
    return position.epoch < known.epoch or position.epoch == known.epoch and position.sequence < known.sequence
end
local LINE_FEED = 10
local MAX_HEAD_BYTES = 1024
--- The text comes together in the table; no line of it has been read yet.
local function takeText(____table, chunks, signature, secret, pause)
    local hmac = beginHmac(secret)
    local length = 0
    for ____, chunk in ipairs(chunks) do
        length = length + #chunk
    end
    clearText(____table, length)
    for ____, chunk in ipairs(chunks) do
        updateHmac(hmac, chunk)
        appendText(____table, chunk)
        pause()
    end
    return equalInConstantTime(
        "v1=" .. finishHmac(hmac),
        signature or ""
    )
end
--- Where the head's line feed is, -1 when there is none where it should be.
local function findHeadEnd(____table)
    for place = 0, math.min(____table.length, MAX_HEAD_BYTES) - 1 do
        if ____table.bytes[place] == LINE_FEED then
            return place
        end
    end
    return -1
end
--- Undefined with a message when the feed is not one for this node, now.
local function readHeader(line, expected)
    local magic, version, gateway, epoch, sequence, issued, count = string.match(line, "^([^ ]+) (%d+) ([^ ]+) (%d+) (%d+) (%d+) (%d+)$")
    if magic ~= FEED_MAGIC or tonumber(version) ~= FEED_VERSION then
        return nil, "not a feed of this version", 0
    end
    if gateway ~= expected.gateway then
        return nil, (("meant for gateway " .. gateway) .. ", this is ") .. expected.gateway, 0
    end
    if math.abs(tonumber(issued) - expected.now) > CLOCK_SKEW_S then
        return nil, "issued too long ago or in the future; compare the clocks", 0
    end
    local position = {
        epoch = tonumber(epoch),
        sequence = tonumber(sequence)
    }
    if ____exports.isOlder(position, expected.known) then
        return nil, (("goes back to " .. epoch) .. ".") .. sequence, 0
    end
    local announced = tonumber(count)
    if announced > expected.maxDecisions then
        return nil, (("has " .. count) .. " decisions; agent.max_decisions is ") .. tostring(expected.maxDecisions), 0
    end
    return position, "", announced
end
--- Reads the decisions behind the head; a message when the feed is unusable.
local function takeDecisions(____table, from, announced, judgement, pause)
    if ____table.bytes[____table.length - 1] ~= LINE_FEED then
        return "the last line has no end"
    end
    clearDecisions(____table, announced)
    local lines, problem = enterLines(
        ____table,
        from,
        announced,
        judgement,
        pause
    )
    if problem ~= nil then
        return problem
    end
    local ____temp_0
    if lines == announced then
        ____temp_0 = nil
    else
        ____temp_0 = ((("incomplete: " .. tostring(lines)) .. " of ") .. tostring(announced)) .. " decisions"
    end
    return ____temp_0
end
--- Fills the table with the feed in `chunks`, or tells what is wrong with it: then nothing in the table may be used. `pause` is called often
-- enough that other requests get their turn.
function ____exports.readFeed(____table, chunks, signature, expected, pause)
    if not takeText(
        ____table,
        chunks,
        signature,
        expected.secret,
        pause
    ) then
        return nil, "wrong signature; compare agent.feed_secret with the agent's feed key"
    end
    local headEnd = findHeadEnd(____table)
    if headEnd == -1 then
        return nil, "not a feed of this version"
    end
    local position, problem, announced = readHeader(
        textAt(____table, 0, headEnd),
        expected
    )
    if position == nil then
        return nil, problem
    end
    local judgement = {
        now = expected.now,
        guard = compileGuard(expected.spared),
        refused = 0,
        refusal = nil
    }
    local failure = takeDecisions(
        ____table,
        headEnd + 1,
        announced,
        judgement,
        pause
    )
    if failure ~= nil then
        return nil, failure
    end
    ____table.gateway = expected.gateway
    ____table.epoch = position.epoch
    ____table.sequence = position.sequence
    return {refused = judgement.refused, refusal = judgement.refusal}
end
return ____exports
