local ____exports = {}
local ffi = require("ffi")
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local isSecretName = ____redact_2Ets.isSecretName
local redactText = ____redact_2Ets.redactText
local ____confirm_2Ets = require("kong.plugins.threat-response.payload.confirm")
local automaton = ____confirm_2Ets.automaton
local matchRules = ____confirm_2Ets.matchRules
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local decodeValue = ____decode_2Ets.decodeValue
local ____trained_2Ets = require("kong.plugins.threat-response.payload.model.trained")
local TRAINED = ____trained_2Ets.TRAINED
local ____model_2Dscore_2Ets = require("kong.plugins.threat-response.payload.model-score")
local bestWindow = ____model_2Dscore_2Ets.bestWindow
local classify = ____model_2Dscore_2Ets.classify
local scoreText = ____model_2Dscore_2Ets.scoreText
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_STRUCTURE = ____rule_2Ets.AT_STRUCTURE
local ____screen_2Ets = require("kong.plugins.threat-response.payload.screen")
local isScreening = ____screen_2Ets.isScreening
local screened = ____screen_2Ets.screened
____exports.automaton = automaton
local MAX_WINDOW = 160
local MAX_FIELD = 80
--- Bytes shown before the hit.
local LEAD = 40
--- No expression ever runs over more than this.
local CHUNK = 2048
local OVERLAP = 256
--- Up to this size a value is shown to the expressions whole, beyond it only what surrounds the worst place.
local WHOLE = 512
local SURROUNDINGS = 96
--- The least score of what is to be blocked.
local BLOCK = 70
--- What an expression has to be worth to be believed where the model sees little.
local STRONG = 76
local DOUBTED = 55
--- The most that the model alone says where it is not certain: less than a flag.
local UNCONFIRMED = 39
--- In so few bytes nothing is quoted or told about: an expression is believed.
local SHORT = 128
--- Classes that the model learned; of others it says nothing.
local learned = {}
for ____, name in ipairs(TRAINED.classes) do
    learned[name] = true
end
--- The model's score as 0 to 100, rising with it: from BLOCK on where it is certain.
local function scoreOfModel(strength)
    local ____TRAINED_0 = TRAINED
    local grey = ____TRAINED_0.grey
    local certain = ____TRAINED_0.certain
    if strength < grey then
        return 0
    end
    if strength < certain then
        return math.floor(UNCONFIRMED * (strength - grey) / (certain - grey))
    end
    return math.min(
        99,
        BLOCK + math.floor((strength - certain) / 8)
    )
end
--- What a rule's match is worth beside what the model says.
local function scoreOfMatch(match, strength, length)
    local ____TRAINED_1 = TRAINED
    local faint = ____TRAINED_1.faint
    local grey = ____TRAINED_1.grey
    local certain = ____TRAINED_1.certain
    if strength >= certain then
        return math.max(match.score, BLOCK)
    end
    if strength >= grey then
        return math.max(match.score, match.score >= DOUBTED and BLOCK or match.score)
    end
    if match.score >= STRONG and (strength >= faint or length <= SHORT) then
        return match.score
    end
    local isLearned = match.rule.class ~= nil and learned[match.rule.class]
    return isLearned and math.min(match.score, DOUBTED) or match.score
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
local function findingOfModel(from, to, length, score, field)
    local name = classify(from, to)
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
    local ____temp_2
    if best == nil then
        ____temp_2 = nil
    else
        ____temp_2 = findingOfMatch(best, best.score, field)
    end
    return ____temp_2
end
local function judgeText(length, at, field)
    local strength = scoreText(0, length)
    local from, to = bestWindow()
    local start = length <= WHOLE and 0 or math.max(0, from - SURROUNDINGS)
    local ____end = length <= WHOLE and length or math.min(length, start + CHUNK, to + SURROUNDINGS)
    local match = matchRules(start, ____end, at)
    local own = scoreOfModel(strength)
    if match ~= nil then
        local score = scoreOfMatch(match, strength, length)
        if score >= own or own >= BLOCK then
            return findingOfMatch(
                match,
                math.max(score, own),
                field
            )
        end
    end
    return own > 0 and findingOfModel(
        from,
        to,
        length,
        own,
        field
    ) or nil
end
--- Judges one value, `bytes[from, to)` as it is on the wire. `at` says where it is (rule.ts), `field` how to name it; what is
-- found is redacted in the end (`told`).
function ____exports.judgeValue(bytes, from, to, encoding, at, field)
    local length = decodeValue(bytes, from, to, encoding)
    local ____temp_3
    if at == AT_STRUCTURE then
        ____temp_3 = judgeStructure(length, at, field)
    else
        ____temp_3 = judgeText(length, at, field)
    end
    local found = ____temp_3
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
