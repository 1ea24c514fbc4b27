local ____exports = {}
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local HARD_SCORE = ____learning_2Ets.HARD_SCORE
local SCORE_MARGIN = ____learning_2Ets.SCORE_MARGIN
local ____screen_2Ets = require("kong.plugins.threat-response.payload.screen")
local setScreen = ____screen_2Ets.setScreen
local ____signature_2Ets = require("kong.plugins.threat-response.payload.signature")
local signatureOf = ____signature_2Ets.signatureOf
local ____learned_2Dstore_2Ets = require("kong.plugins.threat-response.learning.learned-store")
local fieldWord = ____learned_2Dstore_2Ets.fieldWord
local findLearned = ____learned_2Dstore_2Ets.findLearned
local hasLearned = ____learned_2Dstore_2Ets.hasLearned
local renewLearned = ____learned_2Dstore_2Ets.renewLearned
local signatureKey = ____learned_2Dstore_2Ets.signatureKey
local thresholdKey = ____learned_2Dstore_2Ets.thresholdKey
local ____pending_2Ets = require("kong.plugins.threat-response.learning.pending")
local noteUse = ____pending_2Ets.noteUse
--- What has been learned about a route's payloads takes effect on the findings of its requests.
local REPORT_ONLY = 10
--- Of the request that is being scanned.
local instance
local route = ""
local function counts(learned)
    return learned.by == "operator" or (instance and instance.config.learning.apply) == true
end
--- Lowers a finding whose signature is approved for this route and field; known attacks stay what they are.
local function lower(finding)
    if instance == nil or finding.class == nil then
        return
    end
    local ____finding_2 = finding
    local score = ____finding_2.score
    if score < instance.config.thresholds.flag or score >= HARD_SCORE then
        return
    end
    local field = fieldWord(finding.field)
    local signature = signatureOf(finding.window, finding.class)
    if signature == nil then
        return
    end
    local key = signatureKey(route, field, signature)
    local learned = findLearned(key)
    if learned == nil or not counts(learned) or score > learned.score + SCORE_MARGIN then
        return
    end
    finding.isUsual = true
    finding.score = REPORT_ONLY
    finding.reason = finding.reason .. ", which is usual there"
    renewLearned(key, learned)
    noteUse(route, field, signature)
end
--- Before a request's payload is scanned.
____exports.prepareScreen = function(of, facts)
    local isOn = of.config.learning.enabled and hasLearned()
    instance = isOn and of or nil
    local ____opt_3 = facts.route
    route = ____opt_3 and ____opt_3.id or ""
    setScreen(isOn and lower or nil)
end
--- After it: what is usual is reported as in monitor mode, and below a learned threshold a finding earns only a flag.
____exports.applyLearned = function(finding)
    if finding == nil or instance == nil or finding.detector ~= "payload" then
        return finding
    end
    if finding.score <= REPORT_ONLY then
        finding.isTrial = true
    end
    if finding.score < instance.config.thresholds.block or finding.score >= HARD_SCORE then
        return finding
    end
    local learned = findLearned(thresholdKey(route))
    if learned ~= nil and counts(learned) and finding.score < learned.score then
        finding.action = "flag"
    end
    return finding
end
return ____exports
