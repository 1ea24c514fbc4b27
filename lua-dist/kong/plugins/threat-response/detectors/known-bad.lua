local ____exports = {}
local ____agent_2Dmatch_2Ets = require("kong.plugins.threat-response.known.agent-match")
local matchAgent = ____agent_2Dmatch_2Ets.matchAgent
local ____compile_2Ets = require("kong.plugins.threat-response.known.compile")
local conditionsOf = ____compile_2Ets.conditionsOf
local ____match_2Ets = require("kong.plugins.threat-response.known.match")
local matchKnown = ____match_2Ets.matchKnown
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local redactText = ____redact_2Ets.redactText
--- Catches what is known to be bad by name (known/): requests of published exploits, files that are nobody's business, and tools that
-- say who they are. Example: `GET /.env`. The tables say of each entry whether it blocks, or only flags because it may have an honest use.
local MAX_WINDOW = 160
--- Where an entry's first condition looked, and what is there.
local function placeOf(entry)
    local ____conditionsOf_result__1_0 = conditionsOf(entry)[1]
    local part = ____conditionsOf_result__1_0.part
    local name = ____conditionsOf_result__1_0.name
    if part == "header" then
        return "header:" .. name
    end
    return (part == "path" or part == "once" or part == "raw") and "path" or "query"
end
local function windowOf(parts, place)
    if place == "path" then
        return redactText(parts.path, MAX_WINDOW)
    end
    return place == "query" and redactText(parts.query or "", MAX_WINDOW) or "[redacted]"
end
local function build(row, ip, detector, field, window, reason)
    local finding = {
        category = row.class == nil and "abuse" or "payload_injection",
        detector = detector,
        score = row.score,
        action = row.action,
        subject = "ip",
        value = ip,
        field = field,
        window = window,
        reason = reason,
        rule = row.id
    }
    if row.class ~= nil then
        finding.class = row.class
    end
    return finding
end
local function findRequest(parts, ip, config)
    local entry = matchKnown(parts, config)
    if entry == nil then
        return nil
    end
    local place = placeOf(entry)
    local isExploit = entry.kind == "exploit"
    local reason = isExploit and (((("exploit " .. entry.id) .. " (") .. entry.source) .. ") in ") .. place or "forbidden path: " .. entry.id
    local detector = isExploit and "known.exploit" or "known.path"
    return build(
        entry,
        ip,
        detector,
        place,
        windowOf(parts, place),
        reason
    )
end
local function findAgent(parts, ip)
    local row = matchAgent(parts.userAgent)
    if row == nil then
        return nil
    end
    local window = redactText(parts.userAgent or "", MAX_WINDOW)
    return build(
        row,
        ip,
        "known.agent",
        "header:user-agent",
        window,
        "user agent of " .. row.id
    )
end
--- Configurations stored by an older version lack the section.
local ALL = {
    enabled = true,
    agents = true,
    paths = true,
    exploits = true,
    enforce_share = 1
}
--- The stronger of what path, query and headers, and what the user agent say.
____exports.detectKnown = function(parts, ip, known)
    local config = known or ALL
    if not config.enabled then
        return nil
    end
    local ____temp_1
    if config.paths or config.exploits then
        ____temp_1 = findRequest(parts, ip, config)
    else
        ____temp_1 = nil
    end
    local request = ____temp_1
    local ____config_agents_2
    if config.agents then
        ____config_agents_2 = findAgent(parts, ip)
    else
        ____config_agents_2 = nil
    end
    local agent = ____config_agents_2
    if request == nil or agent == nil then
        return request or agent
    end
    return agent.score > request.score and agent or request
end
return ____exports
