local ____exports = {}
local ____header_2Dlines_2Ets = require("kong.plugins.threat-response.features.header-lines")
local ACCEPT = ____header_2Dlines_2Ets.ACCEPT
local ACCEPT_ENCODING = ____header_2Dlines_2Ets.ACCEPT_ENCODING
local ACCEPT_LANGUAGE = ____header_2Dlines_2Ets.ACCEPT_LANGUAGE
local CLIENT_HINTS = ____header_2Dlines_2Ets.CLIENT_HINTS
--- Headers that no browser sends as the one it claims to be: a newer Chrome without Accept-Language and encodings, a Firefox with Chrome's hints.
-- Where such clients are usual, as behind a proxy that strips headers or in an app with a borrowed name, they say nothing.
local CHROME = 1
local FIREFOX = 2
local NEITHER = 0
--- From this version on Chrome tells its brand over TLS.
local HINTS_SINCE = 89
local KEPT = 500
local MIN_SEEN = 500
local MOST_SHARE = 0.02
local FORGET_AT = 20000
--- Fewer contradictions than this have explanations.
____exports.CONTRADICTIONS = 3
local ____string_0 = string
local find = ____string_0.find
local match = ____string_0.match
local kinds = {}
local size = 0
local function classify(agent)
    local robot = find(agent, "[Bb]ot[/ ;)]")
    local compatible = find(agent, "compatible;", 1, true)
    if robot ~= nil or compatible ~= nil then
        return NEITHER
    end
    local version = match(agent, " Chrome/(%d+)")
    if version ~= nil then
        return (tonumber(version) or 0) >= HINTS_SINCE and CHROME or NEITHER
    end
    local firefox = find(agent, " Firefox/", 1, true)
    return firefox == nil and NEITHER or FIREFOX
end
local function kindOf(agent)
    local known = kinds[agent]
    if known ~= nil then
        return known
    end
    if size >= KEPT then
        kinds = {}
        size = 0
    end
    local kind = classify(agent)
    kinds[agent] = kind
    size = size + 1
    return kind
end
local function isAbsent(present, header)
    return bit.band(present, header) == 0 and 1 or 0
end
local function countContradictions(kind, present)
    local count = isAbsent(present, ACCEPT_LANGUAGE) + isAbsent(present, ACCEPT_ENCODING)
    if count == 0 and kind == CHROME then
        return 0
    end
    count = count + isAbsent(present, ACCEPT)
    local hints = isAbsent(present, CLIENT_HINTS)
    if kind == FIREFOX then
        count = count + 2 * (1 - hints)
    end
    if count + 1 + hints < ____exports.CONTRADICTIONS then
        return count
    end
    if ngx.var.server_protocol == "HTTP/1.0" then
        count = count + 1
    end
    return kind == CHROME and count + hints >= ____exports.CONTRADICTIONS and ngx.var.scheme == "https" and count + hints or count
end
--- Decayed counts of requests that claim to be one of these browsers, and of those that contradict themselves.
local seen = 0
local odd = 0
--- How many contradictions there are in a request that claims to be a browser, where such a thing is rare; else 0.
____exports.contradictionsOf = function(facts)
    local agent = facts.userAgent
    if agent == nil or facts.cookie ~= nil or facts.referer ~= nil then
        return 0
    end
    local kind = kindOf(agent)
    if kind == NEITHER then
        return 0
    end
    local count = countContradictions(kind, facts.present)
    if seen >= FORGET_AT then
        seen = seen / 2
        odd = odd / 2
    end
    seen = seen + 1
    if count < ____exports.CONTRADICTIONS then
        return 0
    end
    odd = odd + 1
    return seen >= MIN_SEEN and odd <= MOST_SHARE * seen and count or 0
end
return ____exports
