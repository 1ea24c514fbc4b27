local ____exports = {}
local ____client_2Danomaly_2Ets = require("kong.plugins.threat-response.detectors.client-anomaly")
local observeClient = ____client_2Danomaly_2Ets.observeClient
local ____source_2Ets = require("kong.plugins.threat-response.features.source")
local readSource = ____source_2Ets.readSource
local ____identities_2Ets = require("kong.plugins.threat-response.identities")
local forgetIdentity = ____identities_2Ets.forgetIdentity
local learnIdentity = ____identities_2Ets.learnIdentity
local ____learned_2Dlogins_2Ets = require("kong.plugins.threat-response.learned-logins")
local learnLogin = ____learned_2Dlogins_2Ets.learnLogin
local ____login_2Doutcome_2Ets = require("kong.plugins.threat-response.login-outcome")
local observeLogin = ____login_2Doutcome_2Ets.observeLogin
local readAnswer = ____login_2Doutcome_2Ets.readAnswer
local ____patch_2Dhits_2Ets = require("kong.plugins.threat-response.patch-hits")
local wasPatched = ____patch_2Dhits_2Ets.wasPatched
local ____rollout_2Ets = require("kong.plugins.threat-response.rollout")
local markTrials = ____rollout_2Ets.markTrials
local function readLoginResult(instance, trace, status)
    local ____trace_0 = trace
    local facts = ____trace_0.facts
    local login = facts and facts.login
    if facts == nil or login == nil or trace.stopped == true then
        return nil
    end
    return readAnswer(instance, facts, login, status)
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
--- One for all, used again and again: nothing waits in between while the log of a request is written.
local outcome = {}
--- What the answer tells of whose request it was.
local function observeIdentity(instance, facts, status)
    local identity = learnIdentity(instance)
    outcome.identity = identity
    if identity ~= nil then
        return observeClient(instance, facts.source, facts.userAgent or "", identity)
    end
    if status == 401 and kong.response.get_source() == "exit" then
        forgetIdentity(instance)
    end
    return nil
end
local function observe(instance, facts, login, status)
    local anomaly = observeIdentity(instance, facts, status)
    learnLogin(instance, facts, status)
    local isProved = login == "succeeded" and kong.client.get_consumer() ~= nil
    local ____temp_3
    if login == nil then
        ____temp_3 = nil
    else
        ____temp_3 = observeLogin(instance, facts, login, isProved)
    end
    local attempt = ____temp_3
    if anomaly == nil and attempt == nil then
        return NONE
    end
    local late = {}
    if anomaly ~= nil then
        late[#late + 1] = anomaly
    end
    if attempt ~= nil then
        late[#late + 1] = attempt
    end
    return late
end
--- All findings: those made on the way in, and what the answer says.
local function gather(instance, trace, late)
    local ____opt_4 = trace.ruling
    local early = ____opt_4 and ____opt_4.finding
    if trace.findings == nil and early == nil and #late == 0 then
        return NONE
    end
    local findings = trace.findings or ({})
    if early ~= nil and not isListed(findings, early) then
        findings[#findings + 1] = early
    end
    if #late == 0 or trace.facts == nil then
        return findings
    end
    for ____, finding in ipairs(late) do
        findings[#findings + 1] = finding
    end
    markTrials(instance, trace.facts.source, findings)
    return findings
end
____exports.readOutcome = function(instance, trace)
    local status = ngx.status
    local login = readLoginResult(instance, trace, status)
    local ____opt_6 = trace.ruling
    local verdict = ____opt_6 and ____opt_6.verdict
    local hasAnswer = trace.facts ~= nil and trace.stopped ~= true
    outcome.identity = nil
    local late = hasAnswer and observe(instance, trace.facts, login, status) or NONE
    local ____opt_8 = trace.arrival
    outcome.source = ____opt_8 and ____opt_8.source or readSource(instance)
    local ____opt_10 = trace.arrival
    outcome.requests = ____opt_10 and ____opt_10.requests or 0
    outcome.facts = trace.facts
    local ____temp_12
    if trace.facts == nil then
        ____temp_12 = kong.router.get_route()
    else
        ____temp_12 = trace.facts.route
    end
    outcome.route = ____temp_12
    outcome.ruling = trace.ruling
    outcome.findings = gather(instance, trace, late)
    outcome.login = login
    outcome.status = status
    outcome.answeredBy = kong.response.get_source()
    outcome.isStopped = trace.stopped == true or trace.facts == nil and outcome.answeredBy == "exit" and wasPatched()
    local ____temp_15 = verdict ~= nil and verdict ~= "allow"
    if ____temp_15 then
        local ____opt_13 = trace.ruling
        ____temp_15 = (____opt_13 and ____opt_13.by) ~= "inspection"
    end
    outcome.isSuspicious = ____temp_15
    return outcome
end
return ____exports
