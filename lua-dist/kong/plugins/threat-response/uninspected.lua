local ____exports = {}
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local uninspectedReason = ____inspection_2Ets.uninspectedReason
--- Remembers it with the request, for its log line and the counts of its route.
____exports.noteUninspected = function(facts)
    local ____facts_isInspected_0
    if facts.isInspected then
        ____facts_isInspected_0 = uninspectedReason()
    else
        ____facts_isInspected_0 = nil
    end
    local reason = ____facts_isInspected_0
    if reason == nil then
        return
    end
    facts.uninspected = reason
    kong.log.set_serialize_value("threat_response", {verdict = "allow", uninspected = reason})
end
--- What the operator wants done with the request inspected last, where something of it could not be inspected. Streams pass: nobody expects otherwise.
____exports.ruleUninspected = function(____bindingPattern0, facts)
    local payload
    payload = ____bindingPattern0.payload
    if not payload.enabled or not facts.isInspected or payload.uninspected == "allow" then
        return nil
    end
    local reason = uninspectedReason()
    if reason == nil or reason == "streamed" then
        return nil
    end
    return {
        verdict = payload.uninspected,
        by = "inspection",
        reason = "not inspected: " .. reason,
        retry_after = 0,
        score = 0
    }
end
return ____exports
