local ____exports = {}
local ____agent_2Dkeys_2Ets = require("kong.plugins.threat-response.agent-keys")
local warnOfHashKey = ____agent_2Dkeys_2Ets.warnOfHashKey
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local compileRanges = ____cidr_2Ets.compileRanges
local ____complete_2Dconfig_2Ets = require("kong.plugins.threat-response.complete-config")
local completeConfig = ____complete_2Dconfig_2Ets.completeConfig
local keyConfigOf = ____complete_2Dconfig_2Ets.keyConfigOf
local ____config_2Dcontent_2Ets = require("kong.plugins.threat-response.config-content")
local describeContent = ____config_2Dcontent_2Ets.describeContent
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local configureDecisions = ____decisions_2Ets.configureDecisions
local ____credential_2Ets = require("kong.plugins.threat-response.features.credential")
local credentialVariables = ____credential_2Ets.credentialVariables
local ____login_2Dpath_2Ets = require("kong.plugins.threat-response.features.login-path")
local loginPrefixes = ____login_2Dpath_2Ets.loginPrefixes
local ____custom_2Drules_2Ets = require("kong.plugins.threat-response.known.custom-rules")
local compileRules = ____custom_2Drules_2Ets.compileRules
local ____lists_2Ets = require("kong.plugins.threat-response.lists")
local compileList = ____lists_2Ets.compileList
local ____node_2Dhealth_2Ets = require("kong.plugins.threat-response.node-health")
local noteConfigured = ____node_2Dhealth_2Ets.noteConfigured
local ____report_2Ets = require("kong.plugins.threat-response.report")
local configureReporting = ____report_2Ets.configureReporting
local function toSet(values)
    local set = {}
    for ____, value in ipairs(values) do
        set[value] = true
    end
    return set
end
--- The schema lets no bad rule pass; should one come another way, the others of the plugin work on.
local function compileOwnRules(config)
    local ok, rules = pcall(compileRules, config.rules)
    if not ok then
        kong.log.err("the rules of the configuration are not used: ", rules)
    end
    local ____ok_0
    if ok then
        ____ok_0 = rules
    else
        ____ok_0 = nil
    end
    return ____ok_0
end
local function compile(config)
    local ____config_4 = config
    local ____config_5 = config
    local ____temp_6 = config.mode == "enforce"
    local ____temp_7 = config.mode == "enforce" and "E" or "M"
    local ____compileList_result_8 = compileList(config.allow)
    local ____compileList_result_9 = compileList(config.deny)
    local ____compileRanges_result_10 = compileRanges(config.trusted_proxies)
    local ____compileOwnRules_result_11 = compileOwnRules(config)
    local ____toSet_result_12 = toSet(config.login.failure_statuses)
    local ____loginPrefixes_result_13 = loginPrefixes(config.login.paths)
    local ____credentialVariables_result_14 = credentialVariables(config.identity)
    local ____temp_3
    local ____opt_1 = config.allow.consumers
    if (____opt_1 and ____opt_1[1]) == nil then
        ____temp_3 = nil
    else
        ____temp_3 = toSet(config.allow.consumers)
    end
    return {
        config = ____config_4,
        keyConfig = ____config_5,
        enforce = ____temp_6,
        namespace = ____temp_7,
        allow = ____compileList_result_8,
        deny = ____compileList_result_9,
        trustedProxies = ____compileRanges_result_10,
        rules = ____compileOwnRules_result_11,
        isLoginFailure = ____toSet_result_12,
        loginPaths = ____loginPrefixes_result_13,
        credentialVariables = ____credentialVariables_result_14,
        allowedConsumers = ____temp_3
    }
end
--- By content and plugin id: a rebuild of Kong's configuration finds what it had.
local byContent = {}
--- By the very table Kong hands over, which it makes anew at each rebuild.
local byTable = {}
setmetatable(byTable, {__mode = "kv"})
local function find(config, known)
    local identity = (config.__plugin_id or "") .. describeContent(config)
    local instance = known[identity] or byContent[identity] or compile(config)
    known[identity] = instance
    byTable[config] = instance
    return instance
end
--- The instance of a configuration; compiles what `configure` has not seen, as before Kong 3.5.
____exports.instanceOf = function(config) return byTable[config] or find(config, byContent) end
local flushInterval = 1
local reporter
--- The configuration through which the plugin reports about itself: the first that names an agent, so that one record goes to one.
____exports.reporterConfig = function() return reporter end
--- Seconds after which reports are due: the shortest any instance asks for.
____exports.shortestFlush = function() return flushInterval end
local configuredAt = 0
--- Epoch seconds when Kong last configured this worker.
____exports.lastConfigured = function() return configuredAt end
--- All instances there are now. Kong calls it in each worker at each rebuild, without configurations when there are none.
____exports.configure = function(configs)
    configuredAt = ngx.now()
    noteConfigured(configuredAt)
    local known = {}
    local shortest = 60
    reporter = nil
    for ____, config in ipairs(configs or ({})) do
        if config.agent.url ~= nil then
            if reporter == nil then
                reporter = config
            end
        end
        shortest = math.min(shortest, config.agent.flush_interval_s)
    end
    for ____, config in ipairs(configs or ({})) do
        local instance = find(config, known)
        instance.config = completeConfig(config, reporter)
        instance.keyConfig = keyConfigOf(config, reporter)
    end
    byContent = known
    flushInterval = shortest
    warnOfHashKey(configs or ({}))
    configureReporting(configs or ({}))
    configureDecisions(configs or ({}))
end
return ____exports
