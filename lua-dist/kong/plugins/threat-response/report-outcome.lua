local ____exports = {}
local ____incident_2Ets = require("kong.plugins.threat-response.incident")
local addIncident = ____incident_2Ets.addIncident
local ____request_2Dsample_2Ets = require("kong.plugins.threat-response.request-sample")
local sampleRequest = ____request_2Dsample_2Ets.sampleRequest
local ____scope_2Ets = require("kong.plugins.threat-response.scope")
local readScope = ____scope_2Ets.readScope
local ____traffic_2Ets = require("kong.plugins.threat-response.traffic")
local addTraffic = ____traffic_2Ets.addTraffic
--- Adds a request that is over to what the agent is told: traffic always, a few as samples, incidents for findings.
local function describe(outcome)
    local ____outcome_0 = outcome
    local source = ____outcome_0.source
    local facts = ____outcome_0.facts
    local variables = ngx.var
    local ____ngx_now_result_13 = ngx.now()
    local ____source_ip_14 = source.ip
    local ____source_key_15 = source.key
    local ____temp_16 = facts and facts.method or variables.request_method or ""
    local ____temp_17 = facts and facts.path or variables.uri or ""
    local ____temp_18 = facts and facts.userAgent or variables.http_user_agent or ""
    local ____outcome_status_19 = outcome.status
    local ____opt_7 = facts and facts.login
    local ____temp_20 = ____opt_7 and ____opt_7.user or ""
    local ____temp_21 = outcome.login == "failed"
    local ____outcome_isStopped_22 = outcome.isStopped
    local ____opt_11 = outcome.ruling
    return {
        at = ____ngx_now_result_13,
        ip = ____source_ip_14,
        key = ____source_key_15,
        method = ____temp_16,
        path = ____temp_17,
        userAgent = ____temp_18,
        status = ____outcome_status_19,
        user = ____temp_20,
        isFailedLogin = ____temp_21,
        isStopped = ____outcome_isStopped_22,
        verdict = ____opt_11 and ____opt_11.verdict or "allow",
        scope = readScope(outcome.route)
    }
end
local function addFindings(instance, outcome)
    local evidence = describe(outcome)
    for ____, finding in ipairs(outcome.findings) do
        addIncident(instance, finding, evidence)
    end
end
____exports.reportOutcome = function(instance, outcome)
    addTraffic(instance, outcome)
    if #outcome.findings > 0 then
        addFindings(instance, outcome)
    end
    sampleRequest(instance, outcome)
end
return ____exports
