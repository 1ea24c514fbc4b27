local ____exports = {}
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local compileRanges = ____cidr_2Ets.compileRanges
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
    local ____temp_5 = config.mode == "enforce"
    local ____temp_6 = config.mode == "enforce" and "E" or "M"
    local ____compileList_result_7 = compileList(config.allow)
    local ____compileList_result_8 = compileList(config.deny)
    local ____compileRanges_result_9 = compileRanges(config.trusted_proxies)
    local ____compileOwnRules_result_10 = compileOwnRules(config)
    local ____toSet_result_11 = toSet(config.login.failure_statuses)
    local ____loginPrefixes_result_12 = loginPrefixes(config.login.paths)
    local ____credentialVariables_result_13 = credentialVariables(config.identity)
    local ____temp_3
    local ____opt_1 = config.allow.consumers
    if (____opt_1 and ____opt_1[1]) == nil then
        ____temp_3 = nil
    else
        ____temp_3 = toSet(config.allow.consumers)
    end
    return {
        config = ____config_4,
        enforce = ____temp_5,
        namespace = ____temp_6,
        allow = ____compileList_result_7,
        deny = ____compileList_result_8,
        trustedProxies = ____compileRanges_result_9,
        rules = ____compileOwnRules_result_10,
        isLoginFailure = ____toSet_result_11,
        loginPaths = ____loginPrefixes_result_12,
        credentialVariables = ____credentialVariables_result_13,
        allowedConsumers = ____temp_3
    }
end
local ____table_14 = table
local sort = ____table_14.sort
local concat = ____table_14.concat
local describe
--- The content as text: the same for two tables that say the same. Kong's own members (`__…`) do not count.
describe = function(value)
    if type(value) ~= "table" then
        return tostring(value)
    end
    local parts = {}
    for key, member in pairs(value) do
        local name = tostring(key)
        if string.sub(name, 1, 2) ~= "__" then
            parts[#parts + 1] = (name .. "=") .. describe(member)
        end
    end
    sort(parts)
    return ("{" .. concat(parts, ";")) .. "}"
end
--- By content and plugin id: a rebuild of Kong's configuration finds what it had.
local byContent = {}
--- By the very table Kong hands over, which it makes anew at each rebuild.
local byTable = {}
setmetatable(byTable, {__mode = "kv"})
local function find(config, known)
    local identity = (config.__plugin_id or "") .. describe(config)
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
        find(config, known).config = config
        if config.agent.url ~= nil then
            if reporter == nil then
                reporter = config
            end
        end
        shortest = math.min(shortest, config.agent.flush_interval_s)
    end
    byContent = known
    flushInterval = shortest
    configureReporting(configs or ({}))
    configureDecisions(configs or ({}))
end
return ____exports
