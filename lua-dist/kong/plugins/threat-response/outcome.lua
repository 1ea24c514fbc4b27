local ____exports = {}
local ____source_2Ets = require("kong.plugins.threat-response.features.source")
local readSource = ____source_2Ets.readSource
local ____login_2Doutcome_2Ets = require("kong.plugins.threat-response.login-outcome")
local judgeAnswer = ____login_2Doutcome_2Ets.judgeAnswer
local observeLogin = ____login_2Doutcome_2Ets.observeLogin
local ____rollout_2Ets = require("kong.plugins.threat-response.rollout")
local markTrials = ____rollout_2Ets.markTrials
local function readLoginResult(instance, trace, status)
    local ____opt_0 = trace.facts
    local login = ____opt_0 and ____opt_0.login
    if login == nil or trace.stopped == true then
        return nil
    end
    return judgeAnswer(login, status, instance.isLoginFailure[status] ~= nil)
end
--- One request counts once for an incident, whoever found it.
local function isListed(findings, finding)
    for ____, each in ipairs(findings) do
        if each.category == finding.category and each.value == finding.value then
            return true
        end
    end
    return false
end
local NONE = {}
--- All findings: those made on the way in, and what the answer to a login attempt says.
local function gather(instance, trace, login)
    local ____opt_2 = trace.ruling
    local early = ____opt_2 and ____opt_2.finding
    if trace.findings == nil and early == nil and login == nil then
        return NONE
    end
    local findings = trace.findings or ({})
    if early ~= nil and not isListed(findings, early) then
        findings[#findings + 1] = early
    end
    if login == nil or trace.facts == nil then
        return findings
    end
    local isProved = login == "succeeded" and kong.client.get_consumer() ~= nil
    local late = observeLogin(instance, trace.facts, login, isProved)
    if late ~= nil then
        findings[#findings + 1] = late
        markTrials(instance, trace.facts.source, findings)
    end
    return findings
end
____exports.readOutcome = function(instance, trace)
    local status = ngx.status
    local login = readLoginResult(instance, trace, status)
    local ____opt_4 = trace.ruling
    local verdict = ____opt_4 and ____opt_4.verdict
    local ____opt_6 = trace.arrival
    local ____temp_12 = ____opt_6 and ____opt_6.source or readSource(instance)
    local ____trace_facts_13 = trace.facts
    local ____temp_8
    if trace.facts == nil then
        ____temp_8 = kong.router.get_route()
    else
        ____temp_8 = trace.facts.route
    end
    local ____trace_ruling_14 = trace.ruling
    local ____gather_result_15 = gather(instance, trace, login)
    local ____login_16 = login
    local ____status_17 = status
    local ____kong_response_get_source_result_18 = kong.response.get_source()
    local ____temp_19 = trace.stopped == true
    local ____temp_11 = verdict ~= nil and verdict ~= "allow"
    if ____temp_11 then
        local ____opt_9 = trace.ruling
        ____temp_11 = (____opt_9 and ____opt_9.by) ~= "inspection"
    end
    return {
        source = ____temp_12,
        facts = ____trace_facts_13,
        route = ____temp_8,
        ruling = ____trace_ruling_14,
        findings = ____gather_result_15,
        login = ____login_16,
        status = ____status_17,
        answeredBy = ____kong_response_get_source_result_18,
        isStopped = ____temp_19,
        isSuspicious = ____temp_11
    }
end
return ____exports
