local ____exports = {}
local ____http_2Dclient_2Ets = require("kong.plugins.threat-response.http-client")
local parseUrl = ____http_2Dclient_2Ets.parseUrl
local ____node_2Dhealth_2Ets = require("kong.plugins.threat-response.node-health")
local countHealth = ____node_2Dhealth_2Ets.countHealth
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
local ____report_2Ddelivery_2Ets = require("kong.plugins.threat-response.report-delivery")
local depth = ____report_2Ddelivery_2Ets.depth
local drain = ____report_2Ddelivery_2Ets.drain
local ____report_2Dqueue_2Ets = require("kong.plugins.threat-response.report-queue")
local createQueue = ____report_2Dqueue_2Ets.createQueue
local push = ____report_2Dqueue_2Ets.push
--- Sends records to the agent. Each worker sends its own: nothing has to be handed over, and a worker that dies takes only its own queue
-- along. Requests never wait: `enqueue` writes to a table, a timer does the rest.
local TICK_S = 0.1
local LAST_WORDS_S = 0.1
local targets = {}
local function targetKey(config)
    return (config.gateway .. " ") .. tostring(config.agent.url)
end
local function findTarget(config)
    local ____config_agent_0 = config.agent
    local url = ____config_agent_0.url
    local key_id = ____config_agent_0.key_id
    local secret = ____config_agent_0.secret
    if url == nil or key_id == nil or secret == nil then
        return nil
    end
    local key = targetKey(config)
    local known = targets[key]
    if known ~= nil then
        known.agent = config.agent
        return known
    end
    local http = parseUrl(url)
    if http == nil then
        logOccasionally(ngx.ERR, "url", "agent.url is not usable; nothing is reported. Expected http(s)://host:port")
        return nil
    end
    local created = {
        gateway = config.gateway,
        agent = config.agent,
        http = http,
        queue = createQueue(),
        pending = {},
        attempts = 0,
        dueAt = 0,
        isBusy = false
    }
    targets[key] = created
    return created
end
--- Takes a record for the agent of this configuration; without an agent it is forgotten. Never waits, never yields. Records come when
-- their windows end, those of one tick at once, so they leave with the next look at the queue.
function ____exports.enqueue(config, record)
    local target = findTarget(config)
    if target == nil then
        return
    end
    local dropped = push(target.queue, record, target.agent.max_queue)
    if dropped > 0 then
        countHealth("dropped_records", dropped)
        logOccasionally(
            ngx.WARN,
            "dropped",
            ((("the queue of reports is full (agent.max_queue=" .. tostring(target.agent.max_queue)) .. "): the oldest are dropped. Is the agent at ") .. tostring(target.agent.url)) .. " up?"
        )
    end
end
--- All configurations there are now: what waits for an agent that none of them names is dropped and counted.
function ____exports.configureReporting(configs)
    local kept = {}
    for ____, config in ipairs(configs) do
        local target = findTarget(config)
        if target ~= nil then
            kept[targetKey(config)] = target
        end
    end
    for key, target in pairs(targets) do
        if kept[key] == nil then
            countHealth(
                "dropped_records",
                depth(target)
            )
        end
    end
    targets = kept
end
--- Runs in a timer of its own, so that one slow agent does not hold up another.
local function deliver(_premature, target)
    local ok, reason = pcall(drain, target)
    target.isBusy = false
    if not ok then
        logOccasionally(ngx.ERR, "deliver", "reporting failed, will try again: " .. reason)
    end
end
local function isDue(target, now)
    local isFull = target.attempts == 0 and target.queue.count >= target.agent.max_batch
    return not target.isBusy and depth(target) > 0 and (isFull or now >= target.dueAt)
end
--- The worker is leaving: one attempt to take along what waits, and what the other last timers still say.
local function deliverLast()
    ngx.sleep(LAST_WORDS_S)
    for ____, target in pairs(targets) do
        if not target.isBusy then
            target.isBusy = true
            deliver(true, target)
        end
    end
end
local function tick(premature)
    if premature then
        deliverLast()
        return
    end
    local now = ngx.now()
    for ____, target in pairs(targets) do
        if isDue(target, now) then
            target.isBusy = true
            local started = ngx.timer.at(0, deliver, target)
            target.isBusy = started ~= nil and started ~= false
        end
    end
end
--- Once in each worker.
function ____exports.startReporting()
    ngx.timer.every(TICK_S, tick)
end
return ____exports
