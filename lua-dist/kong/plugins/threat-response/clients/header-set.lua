local ____exports = {}
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
local function isAbsent(text)
    return (text == nil or text == "") and 1 or 0
end
local function countContradictions(kind)
    local variables = ngx.var
    local count = isAbsent(variables.http_accept_language) + isAbsent(variables.http_accept_encoding)
    if count == 0 and kind == CHROME then
        return 0
    end
    count = count + isAbsent(variables.http_accept)
    if variables.server_protocol == "HTTP/1.0" then
        count = count + 1
    end
    local hints = isAbsent(variables.http_sec_ch_ua)
    if kind == FIREFOX then
        return count + 2 * (1 - hints)
    end
    return variables.scheme == "https" and count + hints or count
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
    local count = countContradictions(kind)
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
