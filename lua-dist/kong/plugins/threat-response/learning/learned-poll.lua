local ____exports = {}
local ____agent_2Dkeys_2Ets = require("kong.plugins.threat-response.agent-keys")
local hasKeys = ____agent_2Dkeys_2Ets.hasKeys
local ____configure_2Ets = require("kong.plugins.threat-response.configure")
local reporterConfig = ____configure_2Ets.reporterConfig
local ____ingest_2Ets = require("kong.plugins.threat-response.contract.ingest")
local HEADER_KEY = ____ingest_2Ets.HEADER_KEY
local HEADER_NODE = ____ingest_2Ets.HEADER_NODE
local HEADER_SIGNATURE = ____ingest_2Ets.HEADER_SIGNATURE
local HEADER_TIMESTAMP = ____ingest_2Ets.HEADER_TIMESTAMP
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local LEARNED_PATH = ____learning_2Ets.LEARNED_PATH
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local hmacHex = ____digest_2Ets.hmacHex
local ____http_2Dclient_2Ets = require("kong.plugins.threat-response.http-client")
local describeAnswer = ____http_2Dclient_2Ets.describeAnswer
local parseUrl = ____http_2Dclient_2Ets.parseUrl
local request = ____http_2Dclient_2Ets.request
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local keepToldLogins = ____learned_2Dlogins_2Ets.keepToldLogins
local ____node_2Didentity_2Ets = require("kong.plugins.threat-response.node-identity")
local nodeName = ____node_2Didentity_2Ets.nodeName
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
local ____learned_2Dfeed_2Ets = require("kong.plugins.threat-response.learning.learned-feed")
local readLearned = ____learned_2Dfeed_2Ets.readLearned
local ____learned_2Dstore_2Ets = require("kong.plugins.threat-response.learning.learned-store")
local forgetLearned = ____learned_2Dstore_2Ets.forgetLearned
local keepLearned = ____learned_2Dstore_2Ets.keepLearned
local ____told_2Dbaselines_2Ets = require("kong.plugins.threat-response.learning.told-baselines")
local keepTold = ____told_2Dbaselines_2Ets.keepTold
--- Asks the agent for what has been learned, in one worker of the node: at once when the node starts, then now and then.
local TICK_S = 0.5
local EVERY_S = 30
--- What a full dictionary lost comes back with a complete answer.
local COMPLETE_EVERY_S = 600
local MAX_BYTES = 1048576
local POSITION = "lp"
local KEYS = "li"
--- Whose turn it is: the worker that adds the key asks, and nobody else until it ends.
local TURN = "lw"
local AGAIN_AFTER_S = 5
local COMPLETE = "lz"
--- Of another gateway's document nothing is known.
local function readPosition(gateway)
    local text = counters:get(POSITION)
    local name, epoch, sequence = string.match(text or "", "^([^ ]+) (%d+) (%d+)$")
    if name ~= gateway then
        return {epoch = 0, sequence = 0}
    end
    return {
        epoch = tonumber(epoch),
        sequence = tonumber(sequence)
    }
end
--- What is not in the complete set any more was withdrawn, or is of another gateway.
local function store(gateway, feed)
    local named = {}
    local keys = {}
    for ____, ____value in ipairs(feed.entries) do
        local key = ____value.key
        local learned = ____value.learned
        keepLearned(key, learned)
        named[key] = true
        keys[#keys + 1] = key
    end
    local before = counters:get(KEYS)
    for key in string.gmatch(before or "", "[^\n]+") do
        if not (named[key] ~= nil) then
            forgetLearned(key)
        end
    end
    counters:set(
        KEYS,
        table.concat(keys, "\n")
    )
    for ____, told in ipairs(feed.baselines) do
        keepTold(told)
    end
    keepToldLogins(feed.logins)
    counters:set(
        POSITION,
        string.format("%s %d %d", gateway, feed.epoch, feed.sequence)
    )
end
local function fetchLearned(config, after)
    local ____config_0 = config
    local agent = ____config_0.agent
    local gateway = ____config_0.gateway
    local target = parseUrl(agent.url)
    if target == nil then
        return nil, "agent.url is not usable"
    end
    local path = string.format(
        "%s?gateway=%s&after=%d.%d",
        LEARNED_PATH,
        gateway,
        after.epoch,
        after.sequence
    )
    local node = nodeName()
    local timestamp = string.format(
        "%d",
        ngx.time()
    )
    return request(
        target,
        {
            method = "GET",
            path = path,
            headers = {
                [HEADER_NODE] = node,
                [HEADER_KEY] = agent.key_id,
                [HEADER_TIMESTAMP] = timestamp,
                [HEADER_SIGNATURE] = "v1=" .. hmacHex(agent.secret, (((("feed\n" .. timestamp) .. "\n") .. node) .. "\n") .. path)
            },
            timeoutMs = agent.timeout_ms,
            totalMs = agent.timeout_ms * 5,
            verifyCertificate = agent.ssl_verify,
            maxBodyBytes = MAX_BYTES
        }
    )
end
local function take(config, response, known)
    local expected = {
        gateway = config.gateway,
        secret = config.agent.feed_secret,
        now = ngx.time(),
        epoch = known.epoch,
        sequence = known.sequence
    }
    local feed, problem = readLearned(
        table.concat(response.chunks),
        response.headers[HEADER_SIGNATURE],
        expected
    )
    if feed == nil then
        logOccasionally(
            ngx.ERR,
            "learned",
            "refused what was learned, nothing changes: " .. tostring(problem)
        )
        return
    end
    if feed.refused > 0 then
        logOccasionally(
            ngx.WARN,
            "learned",
            ("refused " .. tostring(feed.refused)) .. " lines of what was learned"
        )
    end
    store(config.gateway, feed)
    counters:set(COMPLETE, true, COMPLETE_EVERY_S)
end
local function poll(config)
    local known = readPosition(config.gateway)
    local isKnown = counters:get(COMPLETE)
    local response, failure = fetchLearned(config, isKnown == nil and ({epoch = 0, sequence = 0}) or known)
    if response == nil then
        logOccasionally(
            ngx.WARN,
            "learned",
            "cannot get what was learned, will try again: " .. tostring(failure)
        )
        counters:set(TURN, true, AGAIN_AFTER_S)
    elseif response.status == 200 then
        take(config, response, known)
    elseif response.status ~= 304 and response.status ~= 404 then
        logOccasionally(
            ngx.WARN,
            "learned",
            "cannot get what was learned: " .. describeAnswer(response)
        )
    end
end
local function work(_premature, config)
    local ok, reason = pcall(poll, config)
    if not ok then
        logOccasionally(ngx.ERR, "learned", "fetching what was learned failed, will try again: " .. reason)
    end
end
local function canAsk(____bindingPattern0)
    local learning
    local agent
    agent = ____bindingPattern0.agent
    learning = ____bindingPattern0.learning
    return learning.enabled and agent.key_id ~= nil and agent.secret ~= nil and agent.feed_secret ~= nil
end
local function tick(premature)
    local config = reporterConfig()
    if premature or config == nil or not canAsk(config) then
        return
    end
    local isOurs = counters:add(TURN, true, EVERY_S)
    if isOurs and hasKeys(config.agent) then
        ngx.timer.at(0, work, config)
    end
end
--- Once in each worker.
____exports.startLearnedPoll = function()
    ngx.timer.every(TICK_S, tick)
end
return ____exports
