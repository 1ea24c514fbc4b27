local ____exports = {}
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local OVERLAY_HEADER = ____decision_2Dfeed_2Ets.OVERLAY_HEADER
local ____decision_2Doverlays_2Ets = require("kong.plugins.threat-response.decision-overlays")
local takeOverlays = ____decision_2Doverlays_2Ets.takeOverlays
local ____decisions_2Ets = require("kong.plugins.threat-response.decisions")
local countHit = ____decisions_2Ets.countHit
--- Overlay routes: copies of routes that match a header which clients cannot set. Routes are matched between rewrite and access: rewrite takes
-- the header from the client and gives it to those whom a decision means, access takes it away again before the request is sent on.
local NAME = string.lower(OVERLAY_HEADER)
local UNDERSCORED = string.gsub(OVERLAY_HEADER, "-", "_")
local function removeHeader()
    kong.service.request.clear_header(OVERLAY_HEADER)
    kong.service.request.clear_header(UNDERSCORED)
end
--- First of all, and in any mode: what a client says here is never so.
____exports.clearOverlay = function()
    if ngx.var.http_x_threat_response_overlay ~= nil then
        removeHeader()
    end
end
--- Overlays of the client that was looked up last.
____exports.noteOverlays = function(trace)
    local overlays = takeOverlays()
    if overlays ~= nil then
        trace.overlays = overlays
    end
end
--- Kong's router reads the first hundred headers or so: who sends more would leave the overlay by it.
local function isHidden()
    return ngx.req.get_headers()[NAME] == nil
end
local HIDDEN = "too many headers to be routed"
local function ruleHidden(____bindingPattern0)
    local id
    id = ____bindingPattern0.id
    return {
        verdict = "block",
        by = "decision",
        reason = (("decision " .. id) .. ": ") .. HIDDEN,
        retry_after = 0,
        score = 100,
        decision = id
    }
end
--- In rewrite: has the router find the overlays. A ruling where it would not.
____exports.enterOverlays = function(instance, trace)
    local ____trace_0 = trace
    local overlays = ____trace_0.overlays
    if overlays == nil or not instance.enforce then
        return nil
    end
    local entered
    for ____, decision in ipairs(overlays) do
        if not decision.isLogged then
            entered = decision
            kong.service.request.add_header(OVERLAY_HEADER, decision.to)
        end
    end
    return entered ~= nil and isHidden() and ruleHidden(entered) or nil
end
--- In access: the service never sees the header.
____exports.leaveOverlays = function(trace)
    if trace.overlays ~= nil then
        removeHeader()
    end
end
local function asOriginal(____bindingPattern0, id)
    local request_buffering
    request_buffering = ____bindingPattern0.request_buffering
    return request_buffering == nil and ({id = id}) or ({id = id, request_buffering = request_buffering})
end
--- What is known of the original holds for its copy: from here on the request counts as one of the original.
____exports.seeThroughOverlay = function(trace, facts)
    local ____trace_1 = trace
    local overlays = ____trace_1.overlays
    local ____facts_2 = facts
    local route = ____facts_2.route
    if overlays == nil or route == nil then
        return
    end
    for ____, decision in ipairs(overlays) do
        local ____route_id_4 = route.id
        local ____decision_isLogged_3
        if decision.isLogged then
            ____decision_isLogged_3 = decision.route
        else
            ____decision_isLogged_3 = decision.via
        end
        if ____route_id_4 == ____decision_isLogged_3 then
            countHit(decision.id)
            if decision.route ~= nil then
                facts.route = asOriginal(route, decision.route)
            end
            return
        end
    end
end
return ____exports
