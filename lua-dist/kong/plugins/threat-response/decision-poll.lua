local ____exports = {}
local ____agent_2Dkeys_2Ets = require("kong.plugins.threat-response.agent-keys")
local hasKeys = ____agent_2Dkeys_2Ets.hasKeys
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local FEED_PATH = ____decision_2Dfeed_2Ets.FEED_PATH
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local HEADER_KEY = ____ingest_2Ets.HEADER_KEY
local HEADER_NODE = ____ingest_2Ets.HEADER_NODE
local HEADER_SIGNATURE = ____ingest_2Ets.HEADER_SIGNATURE
local HEADER_TIMESTAMP = ____ingest_2Ets.HEADER_TIMESTAMP
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.decision-feed")
local readFeed = ____decision_2Dfeed_2Ets.readFeed
local ____decision_2Dhead_2Ets = require("kong.plugins.threat-response.decision-head")
local hasDictionary = ____decision_2Dhead_2Ets.hasDictionary
local readHead = ____decision_2Dhead_2Ets.readHead
local ____decision_2Dpieces_2Ets = require("kong.plugins.threat-response.decision-pieces")
local touchPieces = ____decision_2Dpieces_2Ets.touchPieces
local ____decision_2Dsource_2Ets = require("kong.plugins.threat-response.decision-source")
local compileSource = ____decision_2Dsource_2Ets.compileSource
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local clearStore = ____decision_2Dstore_2Ets.clearStore
local feedPosition = ____decision_2Dstore_2Ets.feedPosition
local isHeadLost = ____decision_2Dstore_2Ets.isHeadLost
local noticeHead = ____decision_2Dstore_2Ets.noticeHead
local release = ____decision_2Dstore_2Ets.release
local tableOfHead = ____decision_2Dstore_2Ets.tableOfHead
local takeSpare = ____decision_2Dstore_2Ets.takeSpare
local takeWanted = ____decision_2Dstore_2Ets.takeWanted
local ____decision_2Dwriter_2Ets = require("kong.plugins.threat-response.decision-writer")
local publish = ____decision_2Dwriter_2Ets.publish
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local hmacHex = ____digest_2Ets.hmacHex
local ____http_2Dclient_2Ets = require("kong.plugins.threat-response.http-client")
local describeAnswer = ____http_2Dclient_2Ets.describeAnswer
local request = ____http_2Dclient_2Ets.request
local ____leader_2Ets = require("kong.plugins.threat-response.leader")
local claimLeadership = ____leader_2Ets.claimLeadership
local ____node_2Dhealth_2Ets = require("kong.plugins.threat-response.node-health")
local countHealth = ____node_2Dhealth_2Ets.countHealth
local ____node_2Didentity_2Ets = require("kong.plugins.threat-response.node-identity")
local nodeName = ____node_2Didentity_2Ets.nodeName
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
local logOver = ____occasional_2Dlog_2Ets.logOver
--- Asks the agent for decisions, in one worker of the node. Whatever is wrong with an answer, what is in force stays until it expires.
local TICK_S = 0.2
--- Makes all pieces of a feed of 50,000 decisions, and as many reserved ones, wait at most some six seconds.
local TOUCHES_PER_TICK = 100
local RETRY_FULL_S = 10
local LONGEST_RETRY_AFTER_S = 60
local BYTES_PER_DECISION = 512
--- Some versions of nginx do not look at other events when the wait is 0.
local PAUSE_S = 0.001
local source
--- Whether the next answer has to be complete: this worker does not know what is in the store, or judges differently now.
local needsAll = true
local isBusy = false
local nextPollAt = 0
--- Whether the pieces in the dictionary have to be written again.
local needsRepair = false
local holdsSpare = false
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
    local position = feedPosition()
    return position.gateway == from.gateway and position or ({epoch = 0, sequence = 0})
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
                [HEADER_KEY] = from.agent.key_id,
                [HEADER_TIMESTAMP] = timestamp,
                [HEADER_SIGNATURE] = "v1=" .. hmacHex(from.agent.secret, (((("feed\n" .. timestamp) .. "\n") .. node) .. "\n") .. path)
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
--- The table for the next feed; undefined while this worker still gets what another one has written.
local function claimSpare()
    local ____table = takeSpare()
    holdsSpare = ____table ~= nil
    return ____table
end
local function bringIntoForce(____table)
    if not publish(____table, pause) then
        nextPollAt = ngx.now() + RETRY_FULL_S
        local message = "lua_shared_dict threat_response is too small for the decision feed: enlarge it"
        logOccasionally(ngx.WARN, "full", message .. ". What is in force stays until it expires")
    end
end
--- Writes again what this worker has, or gets it anew when it has not.
local function repair()
    needsRepair = false
    local ____table = tableOfHead()
    if ____table == nil then
        needsAll = true
    elseif claimSpare() == nil then
        needsRepair = true
    else
        bringIntoForce(____table)
    end
end
local function tellRefused(report)
    if report.refused > 0 then
        countHealth("decisions_refused", report.refused)
        local message = (("refused " .. tostring(report.refused)) .. " decisions of the feed, one because: ") .. tostring(report.refusal)
        logOccasionally(ngx.WARN, "refused", message)
    end
end
--- Whether the feed was taken.
local function takeFeed(from, response, ____table)
    local expected = {
        gateway = from.gateway,
        secret = from.agent.feed_secret,
        now = ngx.time(),
        maxDecisions = from.agent.max_decisions,
        known = knownPosition(from),
        spared = from.spared
    }
    local report, problem = readFeed(
        ____table,
        response.chunks,
        response.headers[HEADER_SIGNATURE],
        expected,
        pause
    )
    if report == nil then
        refuse(problem)
        return false
    end
    tellRefused(report)
    if from.identity ~= (source and source.identity) then
        return false
    end
    bringIntoForce(____table)
    return true
end
local function poll(from)
    if not hasKeys(from.agent) then
        return
    end
    local response, failure = fetchFeed(
        from,
        needsAll and ({epoch = 0, sequence = 0}) or knownPosition(from)
    )
    if response == nil then
        logOccasionally(
            ngx.WARN,
            "poll",
            "cannot get decisions, will try again: " .. tostring(failure)
        )
        return
    end
    if response.status == 200 or response.status == 304 then
        logOver("poll", "gets decisions from the agent again")
    end
    if response.status == 200 then
        local ____table = claimSpare()
        if ____table ~= nil and takeFeed(from, response, ____table) then
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
            "cannot get decisions, will try again: " .. describeAnswer(response)
        )
    end
end
local function work(_premature, from)
    local ok, reason = pcall(needsRepair and repair or poll, from)
    isBusy = false
    if holdsSpare then
        holdsSpare = false
        release()
    end
    if not ok then
        logOccasionally(ngx.ERR, "poll", "polling for decisions failed, will try again: " .. reason)
    end
end
--- In a full dictionary what was idle for longest has to go: that must not be decisions.
local function keepPieces()
    if hasDictionary then
        local isWhole = touchPieces(
            readHead(),
            TOUCHES_PER_TICK
        )
        needsRepair = takeWanted() or isHeadLost() or not isWhole or needsRepair
    end
end
local function startWork(from)
    local now = ngx.now()
    if not isBusy and (now >= nextPollAt or needsRepair) then
        isBusy = true
        nextPollAt = now + from.agent.poll_interval_s
        local started = ngx.timer.at(0, work, from)
        isBusy = started ~= nil and started ~= false
    end
end
local function tick(premature)
    if premature or source == nil then
        return
    end
    noticeHead()
    if claimLeadership("feed") then
        keepPieces()
        startWork(source)
    else
        needsAll = true
    end
end
--- Once in each worker. Looking after the leadership is quick and apart from polling, so that a slow agent does not cost it.
function ____exports.startPolling()
    ngx.timer.every(TICK_S, tick)
end
return ____exports
