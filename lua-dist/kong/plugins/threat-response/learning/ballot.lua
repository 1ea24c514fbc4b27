local ____exports = {}
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local CLIENTS_PER_NETWORK = ____learning_2Ets.CLIENTS_PER_NETWORK
local CONSUMERS_PER_DAY = ____learning_2Ets.CONSUMERS_PER_DAY
local CONSUMERS_PER_NETWORK = ____learning_2Ets.CONSUMERS_PER_NETWORK
local DAY_S = ____learning_2Ets.DAY_S
local HARD_SCORE = ____learning_2Ets.HARD_SCORE
local MIN_CONSUMERS = ____learning_2Ets.MIN_CONSUMERS
local proposeThreshold = ____learning_2Ets.proposeThreshold
local UNUSED_S = ____learning_2Ets.UNUSED_S
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____learned_2Dstore_2Ets = require("kong.plugins.threat-response.learning.learned-store")
local findLearned = ____learned_2Dstore_2Ets.findLearned
local forgetLearned = ____learned_2Dstore_2Ets.forgetLearned
local keepLearned = ____learned_2Dstore_2Ets.keepLearned
local signatureKey = ____learned_2Dstore_2Ets.signatureKey
local thresholdKey = ____learned_2Dstore_2Ets.thresholdKey
local ____pending_2Ets = require("kong.plugins.threat-response.learning.pending")
local addVote = ____pending_2Ets.addVote
local ____route_2Dscores_2Ets = require("kong.plugins.threat-response.learning.route-scores")
local totalOf = ____route_2Dscores_2Ets.totalOf
--- Votes on what is usual: one of each client on each question. With an agent they are reported, and the agent counts over all nodes and days;
-- without one they are counted here, in the shared dictionary, by the same rules.
local QUESTIONS_PER_DAY = 20
--- A vote that was given and does not count, and never will.
local SPENT = 100
local function questionOf(vote)
    return vote.kind == "signature" and signatureKey(vote.route_id, vote.field, vote.signature) or thresholdKey(vote.route_id)
end
--- Adds one to what may count only so often.
local function fits(key, limit)
    local count = counters:incr(key, 1, 0, UNUSED_S)
    return (count or 0) <= limit
end
local function isWithin(question, vote)
    if vote.kind == "score" then
        return fits((("ln" .. question) .. ":") .. vote.network, CLIENTS_PER_NETWORK)
    end
    if not fits((("ln" .. question) .. ":") .. vote.network, CONSUMERS_PER_NETWORK) then
        return false
    end
    return fits(
        (("ld" .. question) .. ":") .. tostring(math.floor(ngx.time() / DAY_S)),
        CONSUMERS_PER_DAY
    )
end
local function countSignature(question, vote)
    local highest = counters:get("lm" .. question)
    local score = math.max(highest or 0, vote.score)
    counters:set("lm" .. question, score, UNUSED_S)
    local count = counters:incr("lc" .. question, 1, 0, UNUSED_S)
    if (count or 0) < MIN_CONSUMERS or findLearned(question) ~= nil then
        return
    end
    keepLearned(question, {by = "learned", score = score})
    ngx.log(
        ngx.NOTICE,
        "[threat-response] learned that this is usual on route ",
        vote.route_id,
        " in ",
        vote.field,
        ": ",
        vote.signature
    )
end
local function readClients(route, from)
    local clients = {}
    for score = from, HARD_SCORE - 1 do
        local count = counters:get((("lh" .. route) .. ":") .. tostring(score))
        clients[score] = count or 0
    end
    return clients
end
--- Looks again at what the threshold of a route should be; only where no agent does.
____exports.reviewThreshold = function(instance, route)
    local ____instance_config_0 = instance.config
    local learning = ____instance_config_0.learning
    local thresholds = ____instance_config_0.thresholds
    local limits = {block = thresholds.block, max_threshold = learning.max_threshold, min_requests = learning.min_requests, stopped_share = learning.stopped_share}
    local proposed = proposeThreshold(
        limits,
        totalOf(route),
        readClients(route, thresholds.block)
    )
    local key = thresholdKey(route)
    local ____opt_1 = findLearned(key)
    local before = ____opt_1 and ____opt_1.score or thresholds.block
    if proposed == nil or proposed == before then
        return
    end
    if proposed > thresholds.block then
        keepLearned(key, {by = "learned", score = proposed})
    else
        forgetLearned(key)
    end
    local effect = learning.apply and "" or " (proposed; learning.apply is off)"
    ngx.log(
        ngx.NOTICE,
        "[threat-response] block threshold of route ",
        route,
        ": ",
        proposed,
        ", was ",
        before,
        effect
    )
end
local function countScore(instance, vote, before)
    local ____vote_3 = vote
    local route_id = ____vote_3.route_id
    if before ~= nil then
        counters:incr(
            (("lh" .. route_id) .. ":") .. tostring(before),
            -1,
            0,
            UNUSED_S
        )
    end
    counters:incr(
        (("lh" .. route_id) .. ":") .. tostring(vote.score),
        1,
        0,
        UNUSED_S
    )
    ____exports.reviewThreshold(instance, route_id)
end
local function countHere(instance, question, vote, before)
    if before == nil and not isWithin(question, vote) then
        return false
    end
    if vote.kind == "score" then
        countScore(instance, vote, before)
    elseif before == nil then
        countSignature(question, vote)
    end
    return true
end
--- Nobody may raise very many questions.
local function mayAsk(voter)
    local questions = counters:incr("lo" .. voter, 1, 0, DAY_S)
    return (questions or 0) <= QUESTIONS_PER_DAY
end
--- Takes a vote, unless the client has given this one.
____exports.castVote = function(instance, vote)
    local question = questionOf(vote)
    local key = (("lv" .. question) .. ":") .. vote.voter
    local known = counters:get(key)
    local before = known
    if before ~= nil and before >= vote.score then
        return
    end
    if before == nil and not mayAsk(vote.voter) then
        return
    end
    local hasAgent = instance.config.agent.url ~= nil
    local ____hasAgent_4
    if hasAgent then
        ____hasAgent_4 = addVote(vote)
    else
        ____hasAgent_4 = countHere(instance, question, vote, before)
    end
    local isTaken = ____hasAgent_4
    if isTaken then
        counters:set(key, vote.score, hasAgent and DAY_S or UNUSED_S)
    elseif not hasAgent then
        counters:set(key, SPENT, UNUSED_S)
    end
end
return ____exports
