local ____exports = {}
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local matchNumber = ____cidr_2Ets.matchNumber
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local FEED_MAGIC = ____decision_2Dfeed_2Ets.FEED_MAGIC
local FEED_VERSION = ____decision_2Dfeed_2Ets.FEED_VERSION
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local CLOCK_SKEW_S = ____ingest_2Ets.CLOCK_SKEW_S
local ____decision_2Dentry_2Ets = require("kong.plugins.threat-response.decision-entry")
local encodeEntry = ____decision_2Dentry_2Ets.encodeEntry
local encodePlainBlock = ____decision_2Dentry_2Ets.encodePlainBlock
local entryKey = ____decision_2Dentry_2Ets.entryKey
local plainKey = ____decision_2Dentry_2Ets.plainKey
local ____decision_2Dline_2Ets = require("kong.plugins.threat-response.decision-line")
local readDecision = ____decision_2Dline_2Ets.readDecision
local ____decision_2Dplain_2Dline_2Ets = require("kong.plugins.threat-response.decision-plain-line")
local readPlainBlock = ____decision_2Dplain_2Dline_2Ets.readPlainBlock
local ____decision_2Dscan_2Ets = require("kong.plugins.threat-response.decision-scan")
local scanLines = ____decision_2Dscan_2Ets.scanLines
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local beginHmac = ____digest_2Ets.beginHmac
local equalInConstantTime = ____digest_2Ets.equalInConstantTime
local finishHmac = ____digest_2Ets.finishHmac
local updateHmac = ____digest_2Ets.updateHmac
function ____exports.isOlder(position, known)
    return position.epoch < known.epoch or position.epoch == known.epoch and position.sequence < known.sequence
end
local CHUNKS_BEFORE_PAUSE = 4
local LOWER_A = 97
--- Of the line that is being read.
local plain = {address = 0, expires = 0, tail = 0}
local function isSigned(chunks, signature, secret, pause)
    local hmac = beginHmac(secret)
    local sincePause = 0
    for ____, chunk in ipairs(chunks) do
        updateHmac(hmac, chunk)
        sincePause = sincePause + 1
        if sincePause == CHUNKS_BEFORE_PAUSE then
            sincePause = 0
            pause()
        end
    end
    return equalInConstantTime(
        "v1=" .. finishHmac(hmac),
        signature or ""
    )
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
local function startFeed(chunks, expected, position)
    return {
        epoch = position.epoch,
        sequence = position.sequence,
        chunks = chunks,
        expected = expected,
        lengths4 = {},
        lengths6 = {},
        taken = 0,
        allows = 0,
        refused = 0,
        refusal = nil
    }
end
local function count(feed, stated)
    local ____stated_0 = stated
    local range = ____stated_0.range
    local decision = ____stated_0.decision
    feed.taken = feed.taken + 1
    if decision.action == "allow" then
        feed.allows = feed.allows + 1
    end
    if range.length < #range.bytes * 8 then
        local lengths = #range.bytes == 4 and feed.lengths4 or feed.lengths6
        lengths[range.length] = true
    end
end
--- Whether the plain block that was read last counts on this node.
local function isPlainTaken(expected)
    return plain.expires > expected.now and not matchNumber(expected.spared, plain.address)
end
--- A message when the line makes the whole feed unusable.
local function checkLine(feed, text, from, ____end, number)
    local ____feed_expected_1 = feed.expected
    local now = ____feed_expected_1.now
    local spared = ____feed_expected_1.spared
    if readPlainBlock(text, from, ____end, plain) and isPlainTaken(feed.expected) then
        feed.taken = feed.taken + 1
        return nil
    end
    local stated, problem, isMalformed = readDecision(
        string.sub(text, from, ____end - 1),
        now,
        spared
    )
    if stated ~= nil then
        count(feed, stated)
    elseif isMalformed == true then
        return (("line " .. tostring(number)) .. ": ") .. tostring(problem)
    else
        feed.refused = feed.refused + 1
        feed.refusal = problem
    end
    return nil
end
--- The feed in `chunks`, or undefined with what is wrong with it. `pause` is called often enough that other requests get their turn.
-- Single decisions that are refused are counted in the feed.
function ____exports.readFeed(chunks, signature, expected, pause)
    if not isSigned(chunks, signature, expected.secret, pause) then
        return nil, "wrong signature; compare agent.feed_secret with the agent's feed key"
    end
    local feed
    local announced = 0
    local function visit(text, from, ____end, number)
        if feed ~= nil then
            local isTooMany = number - 1 > announced
            return isTooMany and ("has more than the " .. tostring(announced)) .. " it announces" or checkLine(
                feed,
                text,
                from,
                ____end,
                number
            )
        end
        local position, problem, decisions = readHeader(
            string.sub(text, from, ____end - 1),
            expected
        )
        if position == nil then
            return problem
        end
        announced = decisions
        feed = startFeed(chunks, expected, position)
        return nil
    end
    local lines, problem = scanLines(chunks, visit, pause)
    if problem ~= nil or feed == nil then
        return nil, problem or "empty"
    end
    if lines - 1 ~= announced then
        return nil, ((("incomplete: " .. tostring(lines - 1)) .. " of ") .. tostring(announced)) .. " decisions"
    end
    return feed
end
local function visitEntry(expected, text, from, ____end, visit)
    if readPlainBlock(text, from, ____end, plain) then
        if isPlainTaken(expected) then
            visit(
                plainKey(plain.address),
                encodePlainBlock(string.sub(text, plain.tail, ____end - 1)),
                plain.expires
            )
        end
        return
    end
    local stated = readDecision(
        string.sub(text, from, ____end - 1),
        expected.now,
        expected.spared
    )
    if stated ~= nil then
        visit(
            entryKey(stated.range),
            encodeEntry(stated.decision),
            stated.decision.expires
        )
    end
end
--- Visits the decisions of a verified feed that were taken, as `decision-entry.ts` has them: those that allow, or the others.
function ____exports.eachEntry(feed, allows, visit, pause)
    if allows and feed.allows == 0 then
        return
    end
    local function visitLine(text, from, ____end, number)
        if number > 1 and string.byte(text, from) == LOWER_A == allows then
            visitEntry(
                feed.expected,
                text,
                from,
                ____end,
                visit
            )
        end
        return nil
    end
    scanLines(feed.chunks, visitLine, pause)
end
return ____exports
