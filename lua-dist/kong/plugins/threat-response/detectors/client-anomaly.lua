local ____exports = {}
local ____agent_2Drotation_2Ets = require("kong.plugins.threat-response.clients.agent-rotation")
local addAgent = ____agent_2Drotation_2Ets.addAgent
local ____header_2Dset_2Ets = require("kong.plugins.threat-response.clients.header-set")
local CONTRADICTIONS = ____header_2Dset_2Ets.CONTRADICTIONS
local contradictionsOf = ____header_2Dset_2Ets.contradictionsOf
local ____travel_2Ets = require("kong.plugins.threat-response.clients.travel")
local findTravel = ____travel_2Ets.findTravel
--- Catches clients that are not what they were, or are not what they say: an identity from many new networks at once, an address that changes
-- its user agent with each request, headers that contradict each other. Example: an API key that one server used for months comes from six
-- networks within ten minutes. Each of these has innocent explanations: they are reported and flagged, and stop nobody.
local SCORE = 45
local function build(name, subject, value, score, reason)
    return {
        category = "client_anomaly",
        detector = "client-anomaly." .. name,
        score = score,
        action = "flag",
        subject = subject,
        value = value,
        isWeak = true,
        reason = reason
    }
end
local function detectRotation(instance, facts)
    if facts.source.isExempt or facts.cookie ~= nil or facts.headers.authorization ~= nil then
        return nil
    end
    local ____instance_config_client_0 = instance.config.client
    local window_s = ____instance_config_client_0.window_s
    local max_agents_per_ip = ____instance_config_client_0.max_agents_per_ip
    local rotation = addAgent(facts.source.key, facts.userAgent or "", window_s, max_agents_per_ip)
    if rotation == nil then
        return nil
    end
    local agents = rotation.agents
    local requests = rotation.requests
    local reason = ((tostring(agents) .. " user agents in ") .. tostring(requests)) .. " requests of one address, without cookies"
    return build(
        "agents",
        "ip",
        facts.source.ip,
        SCORE,
        reason
    )
end
local function detectHeaders(facts)
    local count = contradictionsOf(facts)
    if count < CONTRADICTIONS then
        return nil
    end
    return build(
        "headers",
        "ip",
        facts.source.ip,
        SCORE,
        "headers that the browser it claims to be never sends like that"
    )
end
--- What the request alone says, before authentication.
____exports.detectClient = function(instance, facts)
    if not instance.config.client.enabled then
        return nil
    end
    return detectRotation(instance, facts) or detectHeaders(facts)
end
--- What it says once Kong has told whose it is.
____exports.observeClient = function(instance, source, userAgent, identity)
    local ____instance_config_1 = instance.config
    local client = ____instance_config_1.client
    if not client.enabled or source.isExempt then
        return nil
    end
    local reason = findTravel(
        client,
        identity.owner,
        identity.since,
        source.binary,
        userAgent
    )
    if reason == nil then
        return nil
    end
    return build(
        "identity",
        "credential",
        identity.hash,
        SCORE,
        reason
    )
end
return ____exports
