local ____exports = {}
local ____abuse_2Dlimit_2Ets = require("kong.plugins.threat-response.abuse-limit")
local isAnybodyLimited = ____abuse_2Dlimit_2Ets.isAnybodyLimited
local isLimited = ____abuse_2Dlimit_2Ets.isLimited
local limitClient = ____abuse_2Dlimit_2Ets.limitClient
local ____abuse_2Dmissing_2Ets = require("kong.plugins.threat-response.abuse-missing")
local addMissing = ____abuse_2Dmissing_2Ets.addMissing
local ____abuse_2Dquota_2Ets = require("kong.plugins.threat-response.abuse-quota")
local addUse = ____abuse_2Dquota_2Ets.addUse
local ____abuse_2Dwalk_2Ets = require("kong.plugins.threat-response.abuse-walk")
local addVisit = ____abuse_2Dwalk_2Ets.addVisit
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local countGood = ____evidence_2Ets.countGood
local ____identity_2Ets = require("kong.plugins.threat-response.features.identity")
local hashUser = ____identity_2Ets.hashUser
--- Catches clients that take what was not meant for them: probing (many distinct missing paths), enumeration (walking through ids), scraping (far more
-- pages of a route than people read, for minutes) and a consumer that uses far more than it usually does. Example: 203.0.113.7 asks for
-- /.env, /wp-login.php and eight others within ten seconds.
local SCORE = 75
--- Others are behind the address, or it is a known consumer: it is reported and flagged.
local MILD = 45
local SHARED_FROM = 4
local DENIED_SHARE = 0.4
local STEP_SHARE = 0.6
local ID_SHARE = 0.7
--- Walking in steps without being refused is what exports do as well: only far more of it counts.
local STEPS_FACTOR = 5
local function build(detector, score, source, reason)
    return {
        category = "abuse",
        detector = "abuse." .. detector,
        score = score,
        action = score == SCORE and "throttle" or "flag",
        subject = "ip",
        value = source.ip,
        reason = reason
    }
end
local function clientOf(source, route)
    return source.key .. route
end
local function detectProbing(instance, outcome)
    local ____outcome_0 = outcome
    local status = ____outcome_0.status
    local source = ____outcome_0.source
    if status ~= 404 and status ~= 410 then
        return nil
    end
    local ____instance_config_abuse_1 = instance.config.abuse
    local max_missing = ____instance_config_abuse_1.max_missing
    local missing_window_s = ____instance_config_abuse_1.missing_window_s
    local missing = addMissing(
        source.key,
        ngx.var.uri or "",
        missing_window_s,
        ngx.now()
    )
    if missing < max_missing then
        return nil
    end
    if missing < max_missing + countGood(instance, source.key) then
        return nil
    end
    local finding = build(
        "probing",
        SCORE,
        source,
        ((tostring(max_missing) .. " distinct missing paths within ") .. tostring(missing_window_s)) .. " s"
    )
    finding.action = "block"
    return finding
end
local function isAnnounced(agent)
    if agent == nil then
        return false
    end
    local name = string.lower(agent)
    for ____, word in ipairs({"bot", "crawl", "spider"}) do
        local at = string.find(name, word, 1, true)
        if at ~= nil then
            return true
        end
    end
    return false
end
--- Pure: why this looks like walking through ids or like scraping; nil when it does not. `users` share the address.
____exports.judgeWalk = function(limits, walk)
    local pages = walk.pages / walk.users
    local isIds = walk.ids >= ID_SHARE and pages >= limits.max_ids
    if isIds and walk.denied >= DENIED_SHARE then
        return "enumeration: many ids of one route, most of which are refused"
    end
    if isIds and walk.steps >= STEP_SHARE and pages >= STEPS_FACTOR * limits.max_ids then
        return "enumeration: very many ids of one route, one after the other"
    end
    if pages >= limits.max_pages and walk.busyMinutes >= limits.pages_minutes then
        return "scraping: far more pages of one route than people read, for minutes"
    end
    return nil
end
local visit = {
    address = "",
    route = "",
    path = "",
    query = nil,
    userAgent = nil,
    cookie = nil,
    isDenied = false
}
local function detectWalk(instance, outcome, facts, route)
    local limits = instance.config.abuse
    local ____outcome_2 = outcome
    local source = ____outcome_2.source
    local status = ____outcome_2.status
    visit.address = source.key
    visit.route = route
    visit.path = facts.path
    visit.query = facts.query
    visit.userAgent = facts.userAgent
    local ____facts_headers_3 = facts.headers
    local authorization = ____facts_headers_3.authorization
    visit.cookie = facts.cookie or (type(authorization) == "string" and authorization or nil)
    visit.isDenied = status == 401 or status == 403 or status == 404
    local walk = addVisit(
        visit,
        limits.max_pages,
        ngx.now()
    )
    if walk == nil or walk.pages < limits.max_ids then
        return nil
    end
    local reason = ____exports.judgeWalk(limits, walk)
    if reason == nil then
        return nil
    end
    if isAnnounced(facts.userAgent) and walk.pages < limits.crawler_rps * 60 then
        return nil
    end
    local isShared = walk.users >= SHARED_FROM
    if not isShared then
        limitClient(
            clientOf(source, route),
            ngx.now()
        )
    end
    local kind = string.sub(reason, 1, 1) == "e" and "enumeration" or "scraping"
    local finding = build(kind, isShared and MILD or SCORE, source, reason)
    finding.isWeak = true
    return finding
end
local function detectQuota(instance, outcome)
    local consumer = kong.client.get_consumer()
    if (consumer and consumer.id) == nil then
        return nil
    end
    local ____instance_config_abuse_6 = instance.config.abuse
    local quota_factor = ____instance_config_abuse_6.quota_factor
    local quota_min = ____instance_config_abuse_6.quota_min
    if addUse(
        consumer.id,
        quota_min,
        ngx.now()
    ) < quota_factor then
        return nil
    end
    local finding = build("quota", MILD, outcome.source, "a consumer uses far more than it usually does")
    finding.subject = "credential"
    finding.value = hashUser(instance, consumer.id)
    return finding
end
--- When the answer is there.
____exports.detectAbuse = function(instance, outcome)
    local ____outcome_7 = outcome
    local facts = ____outcome_7.facts
    local source = ____outcome_7.source
    local route = ____outcome_7.route
    if not instance.config.abuse.enabled or outcome.isStopped or source.isExempt then
        return nil
    end
    local probing = detectProbing(instance, outcome)
    if probing ~= nil or route == nil or facts == nil then
        return probing
    end
    return detectWalk(instance, outcome, facts, route.id) or detectQuota(instance, outcome)
end
--- On the way in: who was found walking or scraping here is slowed down for some minutes.
____exports.detectLimited = function(instance, facts)
    if not isAnybodyLimited() or not instance.config.abuse.enabled or facts.source.isExempt then
        return nil
    end
    local ____isLimited_11 = isLimited
    local ____facts_source_10 = facts.source
    local ____opt_8 = facts.route
    if not ____isLimited_11(
        clientOf(____facts_source_10, ____opt_8 and ____opt_8.id or ""),
        ngx.now()
    ) then
        return nil
    end
    local finding = build("limited", SCORE, facts.source, "the address was found enumerating or scraping this route")
    finding.isWeak = true
    return finding
end
return ____exports
