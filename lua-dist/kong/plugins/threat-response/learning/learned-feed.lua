local ____exports = {}
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local CLOCK_SKEW_S = ____ingest_2Ets.CLOCK_SKEW_S
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local HARD_SCORE = ____learning_2Ets.HARD_SCORE
local LEARNED_MAGIC = ____learning_2Ets.LEARNED_MAGIC
local LEARNED_VERSION = ____learning_2Ets.LEARNED_VERSION
local MAX_LEARNED_LINES = ____learning_2Ets.MAX_LEARNED_LINES
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local equalInConstantTime = ____digest_2Ets.equalInConstantTime
local hmacHex = ____digest_2Ets.hmacHex
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local canBeLogin = ____learned_2Dlogins_2Ets.canBeLogin
local ____baseline_2Dline_2Ets = require("kong.plugins.threat-response.learning.baseline-line")
local readBaselineLine = ____baseline_2Dline_2Ets.readBaselineLine
local ____learned_2Dstore_2Ets = require("kong.plugins.threat-response.learning.learned-store")
local signatureKey = ____learned_2Dstore_2Ets.signatureKey
local thresholdKey = ____learned_2Dstore_2Ets.thresholdKey
local ____string_0 = string
local gmatch = ____string_0.gmatch
local match = ____string_0.match
local function readThreshold(line)
    local by, route, score = match(line, "^threshold (%l+) ([!-~]+) (%d+)$")
    if by == nil then
        return nil
    end
    return {
        key = thresholdKey(route),
        learned = {
            by = by,
            score = tonumber(score)
        }
    }
end
local function readSignature(line)
    local by, route, field, signature, score = match(line, "^signature (%l+) ([!-~]+) ([!-~]+) (%x+) (%d+)$")
    if by == nil then
        return nil
    end
    local key = signatureKey(route, field, signature)
    return {
        key = key,
        learned = {
            by = by,
            score = tonumber(score)
        }
    }
end
--- Whoever speaks for the agent: nothing beyond these limits is learned.
local function isAllowed(____bindingPattern0)
    local learned
    learned = ____bindingPattern0.learned
    return (learned.by == "learned" or learned.by == "operator") and learned.score >= 1 and learned.score < HARD_SCORE
end
local function readLogin(line)
    local path = match(line, "^login ([!-~]+)$")
    return path ~= nil and canBeLogin(path) and path or nil
end
local function readLine(feed, line)
    local entry = readThreshold(line) or readSignature(line)
    local ____temp_1
    if entry == nil then
        ____temp_1 = readBaselineLine(line)
    else
        ____temp_1 = nil
    end
    local baseline = ____temp_1
    local login = readLogin(line)
    if entry ~= nil and isAllowed(entry) then
        local ____feed_entries_2 = feed.entries
        ____feed_entries_2[#____feed_entries_2 + 1] = entry
    elseif baseline ~= nil then
        local ____feed_baselines_3 = feed.baselines
        ____feed_baselines_3[#____feed_baselines_3 + 1] = baseline
    elseif login ~= nil then
        local ____feed_logins_4 = feed.logins
        ____feed_logins_4[#____feed_logins_4 + 1] = login
    else
        feed.refused = feed.refused + 1
    end
end
local function isOlder(epoch, sequence, known)
    return epoch < known.epoch or epoch == known.epoch and sequence < known.sequence
end
local function readHead(line, expected)
    local magic, version, gateway, epoch, sequence, issued, count = match(line, "^([^ ]+) (%d+) ([^ ]+) (%d+) (%d+) (%d+) (%d+)$")
    if magic ~= LEARNED_MAGIC or tonumber(version) ~= LEARNED_VERSION then
        return nil, "another version", 0
    end
    if gateway ~= expected.gateway then
        return nil, "meant for gateway " .. gateway, 0
    end
    if math.abs(tonumber(issued) - expected.now) > CLOCK_SKEW_S then
        return nil, "issued too long ago or in the future; compare the clocks", 0
    end
    local feed = {
        epoch = tonumber(epoch),
        sequence = tonumber(sequence),
        entries = {},
        baselines = {},
        logins = {},
        refused = 0
    }
    if isOlder(feed.epoch, feed.sequence, expected) then
        return nil, (("goes back to " .. epoch) .. ".") .. sequence, 0
    end
    local announced = tonumber(count)
    if announced > MAX_LEARNED_LINES then
        return nil, ("has " .. count) .. " lines", 0
    end
    return feed, "", announced
end
--- The document, or undefined with what is wrong with it.
____exports.readLearned = function(text, signature, expected)
    if not equalInConstantTime(
        "v1=" .. hmacHex(expected.secret, text),
        signature or ""
    ) then
        return nil, "wrong signature; compare agent.feed_secret with the agent's feed key"
    end
    local feed
    local announced = 0
    local lines = 0
    for line in gmatch(text, "([^\n]*)\n") do
        if feed == nil then
            local head, problem, count = readHead(line, expected)
            if head == nil then
                return nil, problem
            end
            feed = head
            announced = count
        else
            lines = lines + 1
            if lines <= announced then
                readLine(feed, line)
            end
        end
    end
    if feed == nil or lines ~= announced then
        return nil, ((("incomplete: " .. tostring(lines)) .. " of ") .. tostring(announced)) .. " lines"
    end
    return feed
end
return ____exports
