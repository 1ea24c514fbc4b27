local ____exports = {}
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local HARD_SCORE = ____learning_2Ets.HARD_SCORE
local ____signature_2Ets = require("kong.plugins.threat-response.payload.signature")
local signatureOf = ____signature_2Ets.signatureOf
local ____ballot_2Ets = require("kong.plugins.threat-response.learning.ballot")
local castVote = ____ballot_2Ets.castVote
local ____learned_2Dstore_2Ets = require("kong.plugins.threat-response.learning.learned-store")
local fieldWord = ____learned_2Dstore_2Ets.fieldWord
local ____route_2Dscores_2Ets = require("kong.plugins.threat-response.learning.route-scores")
local addScore = ____route_2Dscores_2Ets.addScore
local countedOf = ____route_2Dscores_2Ets.countedOf
local isSpent = ____route_2Dscores_2Ets.isSpent
local scoresOf = ____route_2Dscores_2Ets.scoresOf
local ____voter_2Ets = require("kong.plugins.threat-response.learning.voter")
local cannotTeach = ____voter_2Ets.cannotTeach
local mayTeach = ____voter_2Ets.mayTeach
local rejectSpeaker = ____voter_2Ets.rejectSpeaker
local speakerOf = ____voter_2Ets.speakerOf
local voterOf = ____voter_2Ets.voterOf
--- What a request that is over teaches about the payloads of its route, where the instance or the detector only monitors.
local function payloadOf(findings)
    for ____, finding in ipairs(findings) do
        if finding.detector == "payload" then
            return finding
        end
    end
    return nil
end
--- Anything else against the same request, and it is no example of what is usual.
local function hasOther(findings, flag)
    for ____, finding in ipairs(findings) do
        if finding.detector ~= "payload" and finding.score >= flag then
            return true
        end
    end
    return false
end
--- The field of an ordinary request says nothing: no more than a count of a few of them is kept.
local function observeClean(instance, outcome, route)
    local scores = scoresOf(instance, route)
    if scores.isFull or cannotTeach(outcome.source) then
        return
    end
    local speaker = speakerOf(outcome.source)
    local count = countedOf(route, speaker)
    if isSpent(count) or count == 0 and not mayTeach(instance, outcome, speaker) then
        return
    end
    addScore(scores, speaker, 0)
end
local function voteOf(kind, route, finding, voter)
    return {
        kind = kind,
        route_id = route,
        score = math.floor(finding.score),
        voter = voter.name,
        network = voter.network,
        consumer = voter.isConsumer
    }
end
local function voteOn(instance, route, finding, voter)
    if finding.score >= instance.config.thresholds.block then
        castVote(
            instance,
            voteOf("score", route, finding, voter)
        )
    end
    if not voter.isConsumer or finding.field == nil or finding.window == nil or finding.class == nil then
        return
    end
    local signature = signatureOf(finding.window, finding.class)
    if signature == nil then
        return
    end
    local vote = voteOf("signature", route, finding, voter)
    vote.field = fieldWord(finding.field)
    vote.signature = signature
    vote.class = finding.class
    castVote(instance, vote)
end
local function observeFinding(instance, outcome, route, finding)
    local ____instance_config_thresholds_0 = instance.config.thresholds
    local flag = ____instance_config_thresholds_0.flag
    if finding.score >= HARD_SCORE then
        rejectSpeaker(outcome.source)
    end
    if finding.score < flag or finding.score >= HARD_SCORE or hasOther(outcome.findings, flag) then
        return
    end
    local speaker = speakerOf(outcome.source)
    if not mayTeach(instance, outcome, speaker) then
        return
    end
    local scores = scoresOf(instance, route)
    if not scores.isFull then
        addScore(scores, speaker, finding.score)
    end
    voteOn(
        instance,
        route,
        finding,
        voterOf(instance, outcome.source, speaker)
    )
end
____exports.observePayload = function(instance, outcome)
    local ____outcome_1 = outcome
    local facts = ____outcome_1.facts
    local route = ____outcome_1.route
    if not instance.config.learning.enabled or (facts and facts.isInspected) ~= true or route == nil then
        return
    end
    local ____temp_4
    if #outcome.findings > 0 then
        ____temp_4 = payloadOf(outcome.findings)
    else
        ____temp_4 = nil
    end
    local finding = ____temp_4
    if instance.enforce and (finding and finding.isTrial) ~= true then
        return
    end
    if finding ~= nil then
        observeFinding(instance, outcome, route.id, finding)
    elseif #outcome.findings == 0 then
        observeClean(instance, outcome, route.id)
    end
end
return ____exports
