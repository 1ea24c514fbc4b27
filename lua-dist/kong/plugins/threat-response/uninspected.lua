local ____exports = {}
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local uninspectedReason = ____inspection_2Ets.uninspectedReason
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
