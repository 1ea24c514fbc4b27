local ____exports = {}
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local compileRanges = ____cidr_2Ets.compileRanges
local parseRange = ____cidr_2Ets.parseRange
local ____http_2Dclient_2Ets = require("kong.plugins.threat-response.http-client")
local parseUrl = ____http_2Dclient_2Ets.parseUrl
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
local LOOPBACK = {"127.0.0.0/8", "::1/128"}
local function readTrustedIps()
    return kong.configuration.trusted_ips or ({})
end
--- A trust in everybody names no proxy; sparing everybody would refuse every decision.
local function addRanges(all, ranges)
    for ____, text in ipairs(ranges) do
        local ____opt_0 = parseRange(text)
        if (____opt_0 and ____opt_0.length) == 0 then
            logOccasionally(ngx.WARN, "trusts-all", text .. " in trusted proxies or allow lists names nobody: decisions ignore it")
        else
            all[#all + 1] = text
        end
    end
end
local function listSpared(configs)
    local all = {}
    addRanges(all, LOOPBACK)
    local known, trusted = pcall(readTrustedIps)
    if known then
        addRanges(all, trusted)
    end
    for ____, config in ipairs(configs) do
        addRanges(all, config.trusted_proxies)
        addRanges(all, config.allow.cidrs)
    end
    return all
end
--- The instance that names the agent; among several the one with the lowest id, so that all workers choose the same.
local function chooseConfig(configs)
    local chosen
    for ____, config in ipairs(configs) do
        local ____config_agent_2 = config.agent
        local url = ____config_agent_2.url
        local key_id = ____config_agent_2.key_id
        local secret = ____config_agent_2.secret
        local feed_secret = ____config_agent_2.feed_secret
        if url ~= nil and key_id ~= nil and secret ~= nil and feed_secret ~= nil then
            if chosen == nil or (config.__plugin_id or "") < (chosen.__plugin_id or "") then
                chosen = config
            end
        end
    end
    for ____, config in ipairs(configs) do
        if chosen ~= nil and config.agent.url ~= nil and config.gateway ~= chosen.gateway then
            local message = ((("a node follows one feed: gateway " .. chosen.gateway) .. ". Instances of gateway ") .. config.gateway) .. " get no decisions"
            logOccasionally(ngx.WARN, "two-feeds", message)
        end
    end
    return chosen
end
--- Undefined when no instance names an agent.
function ____exports.compileSource(configs)
    local config = chooseConfig(configs)
    local http = parseUrl(config and config.agent.url or "")
    if config == nil or http == nil then
        return nil
    end
    local spared = listSpared(configs)
    return {
        gateway = config.gateway,
        agent = config.agent,
        http = http,
        spared = compileRanges(spared),
        identity = (((config.gateway .. " ") .. tostring(config.agent.url)) .. " ") .. table.concat(spared, " ")
    }
end
return ____exports
