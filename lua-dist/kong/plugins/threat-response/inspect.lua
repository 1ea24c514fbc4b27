local ____exports = {}
local ____admission_2Ets = require("kong.plugins.threat-response.admission")
local admit = ____admission_2Ets.admit
local ____apply_2Ddecision_2Ets = require("kong.plugins.threat-response.apply-decision")
local countLoggedNarrow = ____apply_2Ddecision_2Ets.countLoggedNarrow
local countLoggedPlain = ____apply_2Ddecision_2Ets.countLoggedPlain
local ruleNarrowDecision = ____apply_2Ddecision_2Ets.ruleNarrowDecision
local ruleRouteDecision = ____apply_2Ddecision_2Ets.ruleRouteDecision
local ruleUnroutedDecision = ____apply_2Ddecision_2Ets.ruleUnroutedDecision
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local lookup = ____decisions_2Ets.lookup
local ____afterwards_2Ets = require("kong.plugins.threat-response.detectors.afterwards")
local detectAfterwards = ____afterwards_2Ets.detectAfterwards
local ____flood_2Ets = require("kong.plugins.threat-response.detectors.flood")
local countRequest = ____flood_2Ets.countRequest
local ____index_2Ets = require("kong.plugins.threat-response.detectors.index")
local detect = ____index_2Ets.detect
local ____enforce_2Ets = require("kong.plugins.threat-response.enforce")
local clearForged = ____enforce_2Ets.clearForged
local enforce = ____enforce_2Ets.enforce
local enforceEarly = ____enforce_2Ets.enforceEarly
local ____explain_2Ets = require("kong.plugins.threat-response.explain")
local explain = ____explain_2Ets.explain
local ____facts_2Ets = require("kong.plugins.threat-response.features.facts")
local readFacts = ____facts_2Ets.readFacts
local releaseFacts = ____facts_2Ets.releaseFacts
local ____source_2Ets = require("kong.plugins.threat-response.features.source")
local readSource = ____source_2Ets.readSource
local ____learn_2Ets = require("kong.plugins.threat-response.learn")
local learnFrom = ____learn_2Ets.learnFrom
local ____outcome_2Ets = require("kong.plugins.threat-response.outcome")
local readOutcome = ____outcome_2Ets.readOutcome
local ____overlay_2Ets = require("kong.plugins.threat-response.overlay")
local clearOverlay = ____overlay_2Ets.clearOverlay
local enterOverlays = ____overlay_2Ets.enterOverlays
local leaveOverlays = ____overlay_2Ets.leaveOverlays
local noteOverlays = ____overlay_2Ets.noteOverlays
local seeThroughOverlay = ____overlay_2Ets.seeThroughOverlay
local ____report_2Doutcome_2Ets = require("kong.plugins.threat-response.report-outcome")
local reportOutcome = ____report_2Doutcome_2Ets.reportOutcome
local ____route_2Drate_2Ets = require("kong.plugins.threat-response.route-rate")
local addArrival = ____route_2Drate_2Ets.addArrival
local ____trace_2Ets = require("kong.plugins.threat-response.trace")
local isSettled = ____trace_2Ets.isSettled
local traceOf = ____trace_2Ets.traceOf
local ____uninspected_2Ets = require("kong.plugins.threat-response.uninspected")
local noteUninspected = ____uninspected_2Ets.noteUninspected
local ruleUninspected = ____uninspected_2Ets.ruleUninspected
local ____verdict_2Ets = require("kong.plugins.threat-response.verdict")
local ruleFindings = ____verdict_2Ets.ruleFindings
--- Who is it, what has the agent decided about them, how often do they come?
local function arrive(instance, trace)
    local source = readSource(instance)
    local decision, logged = lookup(instance, source)
    noteOverlays(trace)
    local arrival = {
        source = source,
        decision = decision,
        logged = logged,
        requests = countRequest(instance, source),
        instance = instance
    }
    trace.arrival = arrival
    local ruling = admit(instance, arrival)
    if (ruling and ruling.verdict) ~= "allow" then
        countLoggedPlain(source, logged)
    end
    enforceEarly(instance, trace, ruling)
    return arrival
end
--- Before routing, for a global instance only: what can be said by the address alone.
____exports.inspectRewrite = function(instance)
    clearOverlay()
    local trace = traceOf()
    local ____arrive_result_2 = arrive(instance, trace)
    local source = ____arrive_result_2.source
    if not isSettled(trace) then
        enforceEarly(
            instance,
            trace,
            ruleUnroutedDecision(instance, source)
        )
    end
    if not isSettled(trace) then
        enforceEarly(
            instance,
            trace,
            enterOverlays(instance, trace)
        )
    end
end
--- What stops single requests.
____exports.inspectAccess = function(instance)
    local trace = traceOf()
    leaveOverlays(trace)
    local arrival = trace.arrival or arrive(instance, trace)
    if arrival.instance ~= instance and not isSettled(trace) then
        enforceEarly(
            instance,
            trace,
            admit(instance, arrival)
        )
    end
    if isSettled(trace) then
        return
    end
    local facts = readFacts(instance, arrival.source)
    trace.facts = facts
    seeThroughOverlay(trace, facts)
    clearForged(trace, facts.headers)
    local ____addArrival_6 = addArrival
    local ____instance_5 = instance
    local ____opt_3 = facts.route
    ____addArrival_6(____instance_5, ____opt_3 and ____opt_3.id or "", arrival.source.key)
    local findings = detect(instance, facts, arrival.requests)
    if findings ~= nil then
        trace.findings = findings
    end
    noteUninspected(facts)
    countLoggedNarrow(facts, arrival.logged)
    enforce(
        instance,
        trace,
        ruleNarrowDecision(facts, arrival.decision)
    )
    if not isSettled(trace) then
        enforce(
            instance,
            trace,
            ruleRouteDecision(instance, facts)
        )
    end
    if not isSettled(trace) then
        enforce(
            instance,
            trace,
            ruleFindings(findings, instance.config)
        )
    end
    if not isSettled(trace) then
        enforce(
            instance,
            trace,
            ruleFindings(findings, instance.config, true)
        )
    end
    if not isSettled(trace) then
        enforce(
            instance,
            trace,
            ruleUninspected(instance.config, facts)
        )
    end
end
--- After the answer, whoever gave it.
____exports.inspectLog = function(instance)
    local trace = traceOf()
    local outcome = readOutcome(instance, trace)
    detectAfterwards(instance, outcome)
    explain(outcome, instance.enforce)
    learnFrom(instance, outcome)
    reportOutcome(instance, outcome)
    if trace.facts ~= nil then
        releaseFacts(trace.facts)
    end
end
return ____exports
