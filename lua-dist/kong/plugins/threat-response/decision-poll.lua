local ____exports = {}
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local FEED_PATH = ____decision_2Dfeed_2Ets.FEED_PATH
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local HEADER_KEY = ____ingest_2Ets.HEADER_KEY
local HEADER_NODE = ____ingest_2Ets.HEADER_NODE
local HEADER_SIGNATURE = ____ingest_2Ets.HEADER_SIGNATURE
local HEADER_TIMESTAMP = ____ingest_2Ets.HEADER_TIMESTAMP
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.decision-feed")
local readFeed = ____decision_2Dfeed_2Ets.readFeed
local ____decision_2Dsource_2Ets = require("kong.plugins.threat-response.decision-source")
local compileSource = ____decision_2Dsource_2Ets.compileSource
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local clearStore = ____decision_2Dstore_2Ets.clearStore
local readHead = ____decision_2Dstore_2Ets.readHead
local ____decision_2Dwriter_2Ets = require("kong.plugins.threat-response.decision-writer")
local writeFeed = ____decision_2Dwriter_2Ets.writeFeed
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local hmacHex = ____digest_2Ets.hmacHex
local ____http_2Dclient_2Ets = require("kong.plugins.threat-response.http-client")
local request = ____http_2Dclient_2Ets.request
local ____leader_2Ets = require("kong.plugins.threat-response.leader")
local claimLeadership = ____leader_2Ets.claimLeadership
local ____node_2Dhealth_2Ets = require("kong.plugins.threat-response.node-health")
local countHealth = ____node_2Dhealth_2Ets.countHealth
local ____node_2Didentity_2Ets = require("kong.plugins.threat-response.node-identity")
local nodeName = ____node_2Didentity_2Ets.nodeName
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
--- Asks the agent for decisions, in one worker of the node. Whatever is wrong with an answer, what is in force stays until it expires.
local TICK_S = 0.2
local REFRESH_S = 5
local LONGEST_RETRY_AFTER_S = 60
local BYTES_PER_DECISION = 512
--- Some versions of nginx do not look at other events when the wait is 0.
local PAUSE_S = 0.001
--- What this worker has written last.
local written
local source
--- Whether the next answer has to be complete: this worker does not know what is in the store, or judges differently now.
local needsAll = true
local isBusy = false
local nextPollAt = 0
local nextRefreshAt = 0
local function pause()
    ngx.sleep(PAUSE_S)
end
--- All configurations there are now. Without an agent the decisions end.
function ____exports.configurePolling(configs)
    local next = compileSource(configs)
    if next == nil and source ~= nil then
        clearStore()
    end
    needsAll = needsAll or (next and next.identity) ~= (source and source.identity)
    source = next
end
--- Decisions of another gateway's feed have no place in this one's order.
local function knownPosition(from)
    local head = readHead()
    return head.gateway == from.gateway and head or ({epoch = 0, sequence = 0})
end
local function fetchFeed(from, after)
    local path = string.format(
        "%s?gateway=%s&after=%d.%d",
        FEED_PATH,
        from.gateway,
        after.epoch,
        after.sequence
    )
    local node = nodeName()
    local timestamp = string.format(
        "%d",
        ngx.time()
    )
    return request(
        from.http,
        {
            method = "GET",
            path = path,
            headers = {
                [HEADER_NODE] = node,
                [HEADER_KEY] = from.keyId,
                [HEADER_TIMESTAMP] = timestamp,
                [HEADER_SIGNATURE] = "v1=" .. hmacHex(from.secret, (((("feed\n" .. timestamp) .. "\n") .. node) .. "\n") .. path)
            },
            timeoutMs = from.agent.timeout_ms,
            totalMs = from.agent.timeout_ms * 5,
            verifyCertificate = from.agent.ssl_verify,
            maxBodyBytes = from.agent.max_decisions * BYTES_PER_DECISION + 4096
        }
    )
end
local function refuse(reason)
    countHealth("feed_rejected", 1)
    logOccasionally(
        ngx.ERR,
        "feed",
        "refused the decision feed, what is in force stays until it expires: " .. tostring(reason)
    )
end
local function store(feed)
    local fits = writeFeed(feed, written, pause)
    written = feed
    nextRefreshAt = ngx.now() + REFRESH_S
    if not fits then
        logOccasionally(ngx.WARN, "full", "lua_shared_dict threat_response is too small for these decisions: enlarge it")
    end
end
--- In a full dictionary what was idle for longest has to go: decisions are written again so often that others go first.
local function refresh()
    if written ~= nil and written.taken > 0 and not needsAll and ngx.now() >= nextRefreshAt then
        store(written)
    end
end
--- Whether the feed was taken.
local function takeFeed(from, response)
    local expected = {
        gateway = from.gateway,
        secret = from.feedSecret,
        now = ngx.time(),
        maxDecisions = from.agent.max_decisions,
        known = knownPosition(from),
        spared = from.spared
    }
    local feed, problem = readFeed(response.chunks, response.headers[HEADER_SIGNATURE], expected, pause)
    if feed == nil then
        refuse(problem)
        return false
    end
    if feed.refused > 0 then
        countHealth("decisions_refused", feed.refused)
        logOccasionally(
            ngx.WARN,
            "refused",
            (("refused " .. tostring(feed.refused)) .. " decisions of the feed, one because: ") .. tostring(feed.refusal)
        )
    end
    if from.identity ~= (source and source.identity) then
        return false
    end
    store(feed)
    return true
end
local function poll(from)
    local isWhole = needsAll
    local response, failure = fetchFeed(
        from,
        isWhole and ({epoch = 0, sequence = 0}) or knownPosition(from)
    )
    if response == nil then
        logOccasionally(
            ngx.WARN,
            "poll",
            "cannot get decisions, will try again: " .. tostring(failure)
        )
        return
    end
    if response.status == 200 then
        if takeFeed(from, response) then
            needsAll = false
        end
    elseif response.status ~= 304 then
        local asked = tonumber(response.headers["retry-after"] or "0") or 0
        nextPollAt = math.max(
            nextPollAt,
            ngx.now() + math.min(asked, LONGEST_RETRY_AFTER_S)
        )
        logOccasionally(
            ngx.WARN,
            "poll",
            ("cannot get decisions, the agent answers " .. tostring(response.status)) .. "; for 401 compare key_id and secret"
        )
    end
end
local function work(_premature, from)
    local ok, reason = pcall(poll, from)
    pcall(refresh)
    isBusy = false
    if not ok then
        logOccasionally(ngx.ERR, "poll", "polling for decisions failed, will try again: " .. reason)
    end
end
local function tick(premature)
    if premature or source == nil then
        return
    end
    if not claimLeadership("feed") then
        needsAll = true
        written = nil
        return
    end
    local now = ngx.now()
    if not isBusy and now >= nextPollAt then
        isBusy = true
        nextPollAt = now + source.agent.poll_interval_s
        local started = ngx.timer.at(0, work, source)
        isBusy = started ~= nil and started ~= false
    end
end
--- Once in each worker. Looking after the leadership is quick and apart from polling, so that a slow agent does not cost it.
function ____exports.startPolling()
    ngx.timer.every(TICK_S, tick)
end
return ____exports
