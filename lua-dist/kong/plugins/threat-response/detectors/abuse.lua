local ____exports = {}
local ____abuse_2Dbroken_2Ets = require("kong.plugins.threat-response.abuse-broken")
local isBroken = ____abuse_2Dbroken_2Ets.isBroken
local noteFound = ____abuse_2Dbroken_2Ets.noteFound
local noteRefused = ____abuse_2Dbroken_2Ets.noteRefused
local ____abuse_2Dids_2Ets = require("kong.plugins.threat-response.abuse-ids")
local NO_ID = ____abuse_2Dids_2Ets.NO_ID
local readId = ____abuse_2Dids_2Ets.readId
local ____abuse_2Dlimit_2Ets = require("kong.plugins.threat-response.abuse-limit")
local isAnybodyLimited = ____abuse_2Dlimit_2Ets.isAnybodyLimited
local isLimited = ____abuse_2Dlimit_2Ets.isLimited
local limitClient = ____abuse_2Dlimit_2Ets.limitClient
local ____abuse_2Dmissing_2Ets = require("kong.plugins.threat-response.abuse-missing")
local addMissing = ____abuse_2Dmissing_2Ets.addMissing
local ____abuse_2Dquota_2Ets = require("kong.plugins.threat-response.abuse-quota")
local addUse = ____abuse_2Dquota_2Ets.addUse
local ____abuse_2Drefusals_2Ets = require("kong.plugins.threat-response.abuse-refusals")
local addFound = ____abuse_2Drefusals_2Ets.addFound
local addRefusal = ____abuse_2Drefusals_2Ets.addRefusal
local isSlowEnumeration = ____abuse_2Drefusals_2Ets.isSlowEnumeration
local ____abuse_2Dwalk_2Ets = require("kong.plugins.threat-response.abuse-walk")
local addVisit = ____abuse_2Dwalk_2Ets.addVisit
local ____crowd_2Ets = require("kong.plugins.threat-response.crowd")
local isCrowd = ____crowd_2Ets.isCrowd
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local countGood = ____evidence_2Ets.countGood
local goodFor = ____evidence_2Ets.goodFor
local ____identities_2Ets = require("kong.plugins.threat-response.identities")
local findIdentity = ____identities_2Ets.findIdentity
--- Catches clients that take what was not meant for them: probing (many distinct missing paths), enumeration (walking through ids), scraping (far more
-- pages of a route than people read, for minutes) and a consumer that uses far more than it usually does. Example: 203.0.113.7 asks for
-- /.env, /wp-login.php and eight others within ten seconds.
-- 
-- A client is whoever Kong has authenticated, from however many addresses he comes, and else the address. What was never let in is nobody's
-- credential: it counts for its address.
local SCORE = 75
--- Others are behind the client: it is reported and flagged.
local MILD = 45
local SHARED_FROM = 4
local DENIED_SHARE = 0.4
local STEP_SHARE = 0.6
local ID_SHARE = 0.7
--- Walking in steps without being refused is what exports do as well: only far more of it counts.
local STEPS_FACTOR = 5
--- Times its usual requests that a consumer with many addresses makes when somebody walks with its credential.
local UNUSUAL = 3
local function build(detector, score, source, identity, reason)
    return {
        category = "abuse",
        detector = "abuse." .. detector,
        score = score,
        action = score == SCORE and "throttle" or "flag",
        subject = identity == nil and "ip" or "credential",
        value = identity == nil and source.ip or identity.hash,
        reason = reason
    }
end
--- Of what an address finds in the same time: so many misses more are excused.
local FOUND_SHARE = 0.5
local function clientOf(source, identity)
    return identity == nil and source.key or "c" .. identity.owner
end
--- What the address usually finds in so many seconds, since it was first seen or over the windows that are counted.
local function foundIn(instance, key, seconds)
    local length = instance.config.source.window_s
    local counted = math.min(
        goodFor(key),
        length + ngx.now() % length
    )
    return countGood(instance, key) * seconds / math.max(seconds, counted)
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
--- Things that are gone: crawlers come back for what they once found, and a route may have lost all it had.
local function isGone(____bindingPattern0)
    local route
    local facts
    facts = ____bindingPattern0.facts
    route = ____bindingPattern0.route
    return facts ~= nil and route ~= nil and (isBroken(route.id) or isAnnounced(facts.userAgent) and readId(facts.path, facts.query) ~= NO_ID)
end
local function detectProbing(instance, outcome)
    local ____outcome_0 = outcome
    local status = ____outcome_0.status
    local source = ____outcome_0.source
    local identity = ____outcome_0.identity
    if status ~= 404 and status ~= 410 or isGone(outcome) then
        return nil
    end
    local ____instance_config_abuse_1 = instance.config.abuse
    local max_missing = ____instance_config_abuse_1.max_missing
    local missing_window_s = ____instance_config_abuse_1.missing_window_s
    local client = clientOf(source, identity)
    local missing = addMissing(
        client,
        source.key,
        ngx.var.uri or "",
        missing_window_s,
        ngx.now()
    )
    if missing < max_missing then
        return nil
    end
    if missing < max_missing + FOUND_SHARE * foundIn(instance, source.key, missing_window_s) then
        return nil
    end
    local reason = ((tostring(max_missing) .. " distinct missing paths within ") .. tostring(missing_window_s)) .. " s"
    local finding = build(
        "probing",
        identity == nil and SCORE or MILD,
        source,
        identity,
        reason
    )
    if identity == nil then
        finding.action = "block"
    end
    return finding
end
--- Pure: why this looks like walking through ids or like scraping; nil when it does not. Those who share a client each read for themselves, but
-- what is refused to a consumer is refused to all of them.
____exports.judgeWalk = function(limits, walk, isConsumer)
    local pages = walk.pages / walk.users
    local tried = isConsumer and walk.pages or pages
    if walk.ids >= ID_SHARE and tried >= limits.max_ids and walk.denied >= DENIED_SHARE then
        return "enumeration: many ids of one route, most of which are refused"
    end
    if walk.ids >= ID_SHARE and walk.steps >= STEP_SHARE and pages >= STEPS_FACTOR * limits.max_ids then
        return "enumeration: very many ids of one route, one after the other"
    end
    if pages >= limits.max_pages and walk.busyMinutes >= limits.pages_minutes then
        return "scraping: far more pages of one route than people read, for minutes"
    end
    return nil
end
local visit = {
    client = "",
    route = "",
    path = "",
    query = nil,
    userAgent = nil,
    user = nil,
    isTrueUser = false,
    isDenied = false,
    tag = 0,
    instance = nil,
    facts = nil
}
local function fillVisit(instance, outcome, facts, route)
    local ____outcome_2 = outcome
    local source = ____outcome_2.source
    local status = ____outcome_2.status
    local identity = ____outcome_2.identity
    visit.client = clientOf(source, identity)
    visit.route = route
    visit.path = facts.path
    visit.query = facts.query
    visit.isTrueUser = identity ~= nil or status < 400
    visit.isDenied = status == 403 or status == 404 or status == 401 and identity ~= nil
    if identity == nil then
        local ____facts_headers_3 = facts.headers
        local authorization = ____facts_headers_3.authorization
        visit.instance = instance
        visit.facts = facts
        visit.userAgent = facts.userAgent
        visit.user = facts.cookie or (type(authorization) == "string" and authorization or nil)
    else
        visit.instance = nil
        visit.facts = nil
        visit.userAgent = nil
        visit.user = source.key
    end
end
--- `use`: how many times its usual requests the consumer has reached.
local function detectWalk(instance, outcome, facts, route, use)
    local limits = instance.config.abuse
    local ____outcome_4 = outcome
    local source = ____outcome_4.source
    local identity = ____outcome_4.identity
    fillVisit(instance, outcome, facts, route)
    local walk = addVisit(
        visit,
        limits.max_pages,
        ngx.now()
    )
    if walk == nil or walk.pages < limits.max_ids then
        return nil
    end
    local reason = ____exports.judgeWalk(limits, walk, identity ~= nil)
    if reason == nil or walk.denied >= DENIED_SHARE and isBroken(route) then
        return nil
    end
    if isAnnounced(facts.userAgent) and walk.pages < limits.crawler_rps * 60 then
        return nil
    end
    local isShared = walk.users >= SHARED_FROM
    if isShared and identity ~= nil and walk.denied < DENIED_SHARE and use < UNUSUAL then
        return nil
    end
    if not isShared then
        limitClient(
            visit.client,
            route,
            ngx.now()
        )
    end
    local kind = string.sub(reason, 1, 1) == "e" and "enumeration" or "scraping"
    local finding = build(
        kind,
        isShared and MILD or SCORE,
        source,
        identity,
        reason
    )
    finding.isWeak = true
    return finding
end
--- After `detectWalk`, which has filled the visit.
local function detectSlowWalk(instance, outcome, facts, route)
    local ____outcome_5 = outcome
    local source = ____outcome_5.source
    local identity = ____outcome_5.identity
    local status = ____outcome_5.status
    local tag = visit.tag
    local isDenied = visit.isDenied
    local client = visit.client
    if status < 400 then
        addFound(tag)
        noteFound(
            route,
            tag,
            ngx.now()
        )
    end
    if not isDenied then
        return nil
    end
    noteRefused(
        route,
        tag,
        ngx.now()
    )
    if status ~= 403 and isAnnounced(facts.userAgent) then
        return nil
    end
    local refusals = addRefusal(
        tag,
        hashText(facts.query == nil and facts.path or facts.path .. facts.query),
        ngx.now()
    )
    if refusals == nil or not isSlowEnumeration(instance.config.abuse.max_ids, refusals) or isBroken(route) then
        return nil
    end
    local ____temp_6
    if identity == nil then
        ____temp_6 = isCrowd(source.key)
    else
        ____temp_6 = status == 404
    end
    local isMild = ____temp_6
    if not isMild then
        limitClient(
            client,
            route,
            ngx.now()
        )
    end
    local reason = "enumeration: many pages of one route over hours, most of which are refused"
    local finding = build(
        "enumeration",
        isMild and MILD or SCORE,
        source,
        identity,
        reason
    )
    finding.isWeak = true
    return finding
end
--- Also of consumers whose requests present nothing that could be told before authentication, as with certificates.
local function useOf(instance, ____bindingPattern0)
    local identity
    identity = ____bindingPattern0.identity
    local ____instance_config_abuse_7 = instance.config.abuse
    local quota_min = ____instance_config_abuse_7.quota_min
    if identity ~= nil then
        return addUse(
            identity.owner,
            quota_min,
            ngx.now()
        )
    end
    local consumer = kong.client.get_consumer()
    if (consumer and consumer.id) == nil or kong.client.get_credential() == nil then
        return 0
    end
    return addUse(
        consumer.id,
        quota_min,
        ngx.now()
    )
end
local function detectQuota(instance, outcome, use)
    if use < instance.config.abuse.quota_factor then
        return nil
    end
    return build(
        "quota",
        MILD,
        outcome.source,
        outcome.identity,
        "a consumer uses far more than it usually does"
    )
end
--- When the answer is there.
____exports.detectAbuse = function(instance, outcome)
    local ____outcome_10 = outcome
    local facts = ____outcome_10.facts
    local source = ____outcome_10.source
    local route = ____outcome_10.route
    if not instance.config.abuse.enabled or outcome.isStopped or source.isExempt then
        return nil
    end
    local probing = detectProbing(instance, outcome)
    if probing ~= nil or route == nil or facts == nil then
        return probing
    end
    local use = useOf(instance, outcome)
    return detectWalk(
        instance,
        outcome,
        facts,
        route.id,
        use
    ) or detectSlowWalk(instance, outcome, facts, route.id) or detectQuota(instance, outcome, use)
end
--- On the way in: who was found walking or scraping here is slowed down for some minutes.
____exports.detectLimited = function(instance, facts)
    local now = ngx.now()
    if not isAnybodyLimited(now) or not instance.config.abuse.enabled or facts.source.isExempt then
        return nil
    end
    local identity = findIdentity(instance)
    local ____isLimited_14 = isLimited
    local ____clientOf_result_13 = clientOf(facts.source, identity)
    local ____opt_11 = facts.route
    if not ____isLimited_14(____clientOf_result_13, ____opt_11 and ____opt_11.id or "", now) then
        return nil
    end
    local reason = "the client was found enumerating or scraping this route"
    local finding = build(
        "limited",
        SCORE,
        facts.source,
        identity,
        reason
    )
    finding.isWeak = true
    return finding
end
return ____exports
