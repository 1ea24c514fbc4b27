local ____exports = {}
local ____decision_2Dguard_2Ets = require("kong.plugins.threat-response.decision-guard")
local objectTo = ____decision_2Dguard_2Ets.objectTo
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local copyKey = ____decision_2Dkey_2Ets.copyKey
local createKey = ____decision_2Dkey_2Ets.createKey
local ____decision_2Dline_2Ets = require("kong.plugins.threat-response.decision-line")
local rankOf = ____decision_2Dline_2Ets.rankOf
local readDecision = ____decision_2Dline_2Ets.readDecision
local ____decision_2Dplain_2Dline_2Ets = require("kong.plugins.threat-response.decision-plain-line")
local readPlainLine = ____decision_2Dplain_2Dline_2Ets.readPlainLine
local ____decision_2Dshare_2Ets = require("kong.plugins.threat-response.decision-share")
local saltOfDecision = ____decision_2Dshare_2Ets.saltOfDecision
local ____decision_2Dtable_2Ets = require("kong.plugins.threat-response.decision-table")
local addDecision = ____decision_2Dtable_2Ets.addDecision
local finishTable = ____decision_2Dtable_2Ets.finishTable
local textAt = ____decision_2Dtable_2Ets.textAt
local LINE_FEED = 10
--- What a struck line begins with; no line that was signed does.
local DASH = 45
--- In plain lines; makes slices of some 0.1 ms.
local WORK_BEFORE_PAUSE = 300
--- What reading the thorough way costs.
local THOROUGH_WORK = 16
--- Spared ranges that are looked at in the time of a plain line.
local RANGES_PER_WORK = 64
local line = {
    key = createKey(),
    expires = 0
}
--- Since the last pause.
local work = 0
local function findLineEnd(____table, from)
    local place = from
    while ____table.bytes[place] ~= LINE_FEED do
        place = place + 1
    end
    return place
end
local function strike(____table, from, judgement, refusal)
    ____table.bytes[from] = DASH
    judgement.refused = judgement.refused + 1
    judgement.refusal = refusal
end
--- Like `readPlainLine` for any other line: what is wrong with it comes first, and whether that makes the whole feed unusable.
local function readThoroughly(text)
    work = work + THOROUGH_WORK
    local stated, problem, isMalformed = readDecision(text)
    if stated == nil then
        return problem or "malformed line", isMalformed
    end
    copyKey(line.key, stated.key)
    line.expires = stated.decision.expires
    return nil
end
local function judge(judgement)
    work = work + judgement.guard.count / RANGES_PER_WORK
    return line.expires <= judgement.now and "expired" or objectTo(judgement.guard, line.key)
end
--- Enters the line at `from`: where its line feed is, or a message when the feed is unusable.
local function enterLine(____table, from, judgement)
    local ____end = readPlainLine(____table.bytes, from, line)
    local refusal
    if ____end == 0 then
        ____end = findLineEnd(____table, from)
        if judgement == nil and ____table.bytes[from] == DASH then
            return ____end
        end
        local problem, isMalformed = readThoroughly(textAt(____table, from, ____end - from))
        if isMalformed == true then
            return ____end, problem
        end
        refusal = problem
    end
    if judgement ~= nil and refusal == nil then
        refusal = judge(judgement)
    end
    if refusal == nil and not addDecision(____table, line.key, line.expires, from) then
        refusal = "too many decisions about one address"
    end
    if judgement ~= nil and refusal ~= nil then
        strike(____table, from, judgement, refusal)
    end
    return ____end
end
--- Enters all lines from `from` on, at most `most`: how many there were, and what makes the feed unusable. Without a judgement they have been
-- judged before.
function ____exports.enterLines(____table, from, most, judgement, pause)
    local place = from
    local count = 0
    work = 0
    while place < ____table.length do
        count = count + 1
        if count > most then
            return count, ("has more than the " .. tostring(most)) .. " it announces"
        end
        local ____end, problem = enterLine(____table, place, judgement)
        if problem ~= nil then
            return count, (("line " .. tostring(count + 1)) .. ": ") .. problem
        end
        place = ____end + 1
        work = work + 1
        if work >= WORK_BEFORE_PAUSE then
            work = 0
            pause()
        end
    end
    finishTable(____table)
    return count
end
--- Enters a text that another worker has verified and judged.
function ____exports.enterJudged(____table, pause)
    local ____, problem = ____exports.enterLines(
        ____table,
        findLineEnd(____table, 0) + 1,
        math.huge,
        nil,
        pause
    )
    return problem == nil
end
--- The decision whose line is at `place`.
function ____exports.decodeAt(____table, place)
    local stated = readDecision(textAt(
        ____table,
        place,
        findLineEnd(____table, place) - place
    ))
    if stated == nil then
        return nil
    end
    local decision = stated.decision
    decision.key = stated.key
    decision.rank = rankOf(decision)
    decision.salt = decision.share < 1 and saltOfDecision(decision.id) or 0
    return decision
end
return ____exports
