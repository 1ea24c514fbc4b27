local ____exports = {}
local ffi = require("ffi")
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local isSecretName = ____redact_2Ets.isSecretName
local redactText = ____redact_2Ets.redactText
local ____confirm_2Ets = require("kong.plugins.threat-response.payload.confirm")
local automaton = ____confirm_2Ets.automaton
local findAlone = ____confirm_2Ets.findAlone
local findMatches = ____confirm_2Ets.findMatches
local matchRules = ____confirm_2Ets.matchRules
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local decodeValue = ____decode_2Ets.decodeValue
local ____trained_2Ets = require("kong.plugins.threat-response.payload.model.trained")
local TRAINED = ____trained_2Ets.TRAINED
local ____model_2Dclass_2Ets = require("kong.plugins.threat-response.payload.model-class")
local classify = ____model_2Dclass_2Ets.classify
local ____model_2Dscore_2Ets = require("kong.plugins.threat-response.payload.model-score")
local bestWindow = ____model_2Dscore_2Ets.bestWindow
local scoreText = ____model_2Dscore_2Ets.scoreText
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_NAME = ____rule_2Ets.AT_NAME
local AT_PATH = ____rule_2Ets.AT_PATH
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local ____screen_2Ets = require("kong.plugins.threat-response.payload.screen")
local isScreening = ____screen_2Ets.isScreening
local screened = ____screen_2Ets.screened
local ____surroundings_2Ets = require("kong.plugins.threat-response.payload.surroundings")
local CHUNK = ____surroundings_2Ets.CHUNK
local surroundings = ____surroundings_2Ets.surroundings
local wordsAround = ____surroundings_2Ets.wordsAround
local ____weigh_2Ets = require("kong.plugins.threat-response.payload.weigh")
local LONG = ____weigh_2Ets.LONG
local weigh = ____weigh_2Ets.weigh
____exports.automaton = automaton
local MAX_WINDOW = 160
local MAX_FIELD = 80
--- Bytes shown before the hit.
local LEAD = 40
--- Chunks share so many bytes.
local OVERLAP = 256
--- The least scores of what is to be blocked, and of what is to be flagged.
local BLOCK = 70
local FLAG = 40
--- So much more than certain is worth one more point.
local POINT = 8
--- What model and rules say together as 0 to 100, rising with it.
function ____exports.scoreOf(total)
    local ____TRAINED_0 = TRAINED
    local grey = ____TRAINED_0.grey
    local certain = ____TRAINED_0.certain
    if total >= certain then
        return math.min(
            99,
            BLOCK + math.floor((total - certain) / POINT)
        )
    end
    if total < grey then
        return 0
    end
    return FLAG + math.floor((BLOCK - FLAG) * (total - grey) / (certain - grey))
end
--- Of a value that is itself a secret, a password or a cookie for example, nothing is shown.
local function excerpt(text, field)
    local kind, name = string.match(field, "^(%w+):(.*)$")
    if kind == "cookie" or name ~= nil and isSecretName(name) then
        return "[redacted]"
    end
    return redactText(text, MAX_WINDOW)
end
--- Names come from the client: they are redacted too, but the word before them is ours.
local function redactField(field)
    local kind, name = string.match(field, "^(%w+:)(.*)$")
    return kind == nil and field or kind .. redactText(name, MAX_FIELD)
end
--- Redacts a finding: only the one that counts, since that costs more than to find it.
function ____exports.told(finding)
    if finding.isTold == true then
        return finding
    end
    finding.window = excerpt(finding.window, finding.field)
    finding.field = redactField(finding.field)
    finding.reason = (finding.reason .. " in ") .. finding.field
    finding.isTold = true
    return finding
end
local function findingOfMatch(match, score, field)
    local window = string.sub(
        match.text,
        math.max(1, match.start - LEAD),
        match.start + MAX_WINDOW
    )
    local finding = {score = score, field = field, window = window, reason = match.rule.reason}
    if match.rule.class ~= nil then
        finding.class = match.rule.class
    end
    return finding
end
local NAMES = {
    sqli = "SQL",
    nosqli = "query of a document database",
    xss = "script",
    cmdi = "command",
    traversal = "path",
    ssrf = "address of the inside",
    xxe = "XML entity",
    ssti = "template expression",
    ldap = "LDAP filter",
    crlf = "line break that starts a header",
    jndi = "JNDI look-up",
    deserialization = "serialised object",
    prototype = "change of a prototype",
    graphql = "GraphQL"
}
--- `from` and `to` bound the worst place in the buffer.
local function findingOfModel(name, from, to, length, score, field)
    local start = math.max(0, from - LEAD)
    local text = ffi.string(
        decoded + start,
        math.min(length, to + LEAD) - start
    )
    return {
        class = name,
        score = score,
        field = field,
        window = text,
        reason = "looks like " .. NAMES[name]
    }
end
--- A body as one text: only rules know what shows in its structure.
local function judgeStructure(length, at, field)
    local best
    local start = 0
    while start < length do
        local ____end = math.min(start + CHUNK, length)
        local match = matchRules(start, ____end, at)
        if match ~= nil and (best == nil or match.score > best.score) then
            best = match
        end
        start = ____end < length and ____end - OVERLAP or length
    end
    local ____temp_1
    if best == nil then
        ____temp_1 = nil
    else
        ____temp_1 = findingOfMatch(best, best.score, field)
    end
    return ____temp_1
end
--- The strongest of the rules of that class.
local function strongest(matches, name)
    local best
    if matches == nil then
        return nil
    end
    for ____, match in ipairs(matches) do
        if match.rule.class == name and (best == nil or match.score > best.score) then
            best = match
        end
    end
    return best
end
--- A rule that was made for paths or names alone knows best what it finds there.
local function atHome(matches)
    if matches == nil then
        return nil
    end
    for ____, match in ipairs(matches) do
        if match.rule.at == AT_PATH or match.rule.at == AT_NAME then
            return match
        end
    end
    return nil
end
--- Two rules or more that all speak of one class are believed.
local function agreed(matches)
    if matches == nil or #matches < 2 then
        return nil
    end
    local name = matches[1].rule.class
    for ____, match in ipairs(matches) do
        if match.rule.class ~= name then
            return nil
        end
    end
    return name
end
local function matchAlone(from, to, length, at, around)
    local start, ____end = wordsAround(from, to, length)
    return findAlone(start, ____end, at, around)
end
local function judgeText(length, at, field)
    local strength = scoreText(0, length)
    local from, to = bestWindow()
    local start, ____end = surroundings(from, to, length)
    local around = findMatches(start, ____end, at)
    local ____temp_2
    if length > LONG then
        ____temp_2 = matchAlone(
            from,
            to,
            length,
            at,
            around
        )
    else
        ____temp_2 = around
    end
    local matches = ____temp_2
    local total = weigh(
        strength,
        from,
        to,
        length,
        matches
    )
    local score = ____exports.scoreOf(total)
    if score == 0 then
        return nil
    end
    local ____opt_3 = atHome(matches)
    local name = ____opt_3 and ____opt_3.rule.class or agreed(matches) or classify(from, to, matches)
    local match = strongest(matches, name)
    local found = match == nil and findingOfModel(
        name,
        from,
        to,
        length,
        score,
        field
    ) or findingOfMatch(match, score, field)
    found.total = total
    return found
end
--- Judges one value, `bytes[from, to)` as it is on the wire. `at` says where it is (rule.ts), `field` how to name it; what is
-- found is redacted in the end (`told`).
function ____exports.judgeValue(bytes, from, to, encoding, at, field)
    local length = decodeValue(bytes, from, to, encoding)
    local ____temp_5
    if at == AT_STRUCTURE then
        ____temp_5 = judgeStructure(length, at, field)
    else
        ____temp_5 = judgeText(length, at, field)
    end
    local found = ____temp_5
    return found ~= nil and isScreening() and screened(____exports.told(found)) or found
end
function ____exports.stronger(a, b)
    if a == nil then
        return b
    end
    if b == nil then
        return a
    end
    return b.score > a.score and b or a
end
return ____exports
