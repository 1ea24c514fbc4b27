local ____begin_2Dloading_2Ets = require("kong.plugins.threat-response.begin-loading")
local endLoading = ____begin_2Dloading_2Ets.endLoading
local ____configure_2Ets = require("kong.plugins.threat-response.configure")
local configure = ____configure_2Ets.configure
local instanceOf = ____configure_2Ets.instanceOf
local ____health_2Ets = require("kong.plugins.threat-response.health")
local countFailOpen = ____health_2Ets.countFailOpen
local countServed = ____health_2Ets.countServed
local ____inspect_2Ets = require("kong.plugins.threat-response.inspect")
local inspectAccess = ____inspect_2Ets.inspectAccess
local inspectLog = ____inspect_2Ets.inspectLog
local inspectRewrite = ____inspect_2Ets.inspectRewrite
local ____timers_2Ets = require("kong.plugins.threat-response.timers")
local startTimers = ____timers_2Ets.startTimers
endLoading()
local function rewrite(config)
    return inspectRewrite(instanceOf(config))
end
local function access(config)
    return inspectAccess(instanceOf(config))
end
local function log(config)
    return inspectLog(instanceOf(config))
end
--- Whatever goes wrong in here, the request goes on.
local function guard(phase, run, argument)
    local ok, reason = pcall(run, argument)
    if not ok then
        countFailOpen(phase, reason)
    end
end
local handler = {
    PRIORITY = 2450,
    VERSION = "0.1.0",
    init_worker = function(self)
        startTimers()
    end,
    configure = function(self, configs)
        guard("configure", configure, configs)
    end,
    rewrite = function(self, config)
        guard("rewrite", rewrite, config)
    end,
    access = function(self, config)
        guard("access", access, config)
    end,
    log = function(self, config)
        guard("log", log, config)
        countServed()
    end
}
local ____exports = handler
return ____exports
