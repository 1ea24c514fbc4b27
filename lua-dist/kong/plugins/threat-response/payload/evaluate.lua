local ____exports = {}
local ffi = require("ffi")
local ____redact_2Ets = require("kong.plugins.threat-response.redact")
local isSecretName = ____redact_2Ets.isSecretName
local redactText = ____redact_2Ets.redactText
local ____automaton_2Ets = require("kong.plugins.threat-response.payload.automaton")
local buildAutomaton = ____automaton_2Ets.buildAutomaton
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local decodeValue = ____decode_2Ets.decodeValue
local ____fold_2Ets = require("kong.plugins.threat-response.payload.fold")
local foldText = ____fold_2Ets.foldText
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_BODY = ____rule_2Ets.AT_BODY
local ____index_2Ets = require("kong.plugins.threat-response.payload.rules.index")
local LAYERED = ____index_2Ets.LAYERED
local RULES = ____index_2Ets.RULES
local ____screen_2Ets = require("kong.plugins.threat-response.payload.screen")
local screened = ____screen_2Ets.screened
local MAX_WINDOW = 160
local MAX_FIELD = 80
--- Bytes shown before the hit.
local LEAD = 40
--- Values are judged in chunks, so that no expression ever runs over more than this.
local CHUNK = 2048
local OVERLAP = 256
--- From this size on a text of several lines counts as a document.
local DOCUMENT = 400
local LINE_FEED = 10
--- A flag: documents quote attacks and hold code, and are read by people.
local MAX_IN_DOCUMENT = 55
--- The literals of rule `i` at `i`, and behind them the signs of layered encodings, which may hide any literal.
local function allLiterals()
    local literals = {}
    for ____, rule in ipairs(RULES) do
        literals[#literals + 1] = rule.literals
    end
    literals[#literals + 1] = LAYERED
    return literals
end
____exports.automaton = buildAutomaton(allLiterals())
--- `seen[rule]` is the last look in which a literal of that rule occurred.
local seen = {}
local candidates = {}
for ____, rule in ipairs(RULES) do
    seen[#seen + 1] = 0
    candidates[#candidates + 1] = rule
end
local LAYERED_OWNER = #RULES
local look = 0
--- Fills `candidates` with the rules whose literals occur in `decoded[from, to)`; returns how many.
local function collectCandidates(from, to)
    look = look + 1
    local next = ____exports.automaton.next
    local firstAccepting = ____exports.automaton.firstAccepting
    local owners = ____exports.automaton.owners
    local count = 0
    local state = 0
    local i = from
    while i < to do
        state = next[state + PLAIN[decoded[i]]]
        i = i + 1
        if state >= firstAccepting then
            for ____, owner in ipairs(owners[state]) do
                if owner ~= LAYERED_OWNER and seen[owner + 1] ~= look then
                    seen[owner + 1] = look
                    candidates[count + 1] = RULES[owner + 1]
                    count = count + 1
                end
            end
        end
    end
    return count
end
local function scoreOf(rule, inDocument)
    return inDocument and (rule.inDocument or math.min(rule.score, MAX_IN_DOCUMENT)) or rule.score
end
--- Lets a search begin behind the first byte, so that `^` never means the middle of a value.
local behindFirst = {pos = 2}
--- Those of the first `count` candidates whose expressions hold in `decoded[from, to)`.
local function confirm(count, from, to, at, inDocument)
    local matches
    local plain
    local folded
    for i = 0, count - 1 do
        local rule = candidates[i + 1]
        if bit.band(rule.at, at) ~= 0 then
            if rule.folded then
                if folded == nil then
                    folded = foldText(from, to)
                end
            else
                if plain == nil then
                    plain = ffi.string(decoded + from, to - from)
                end
            end
            local ____rule_folded_0
            if rule.folded then
                ____rule_folded_0 = folded
            else
                ____rule_folded_0 = plain
            end
            local text = ____rule_folded_0
            behindFirst.pos = 2
            local start = ngx.re.find(text, rule.expression, "ijo", from > 0 and behindFirst or nil)
            if start ~= nil then
                if matches == nil then
                    matches = {}
                end
                matches[#matches + 1] = {
                    rule = rule,
                    score = scoreOf(rule, inDocument),
                    text = text,
                    start = start
                }
            end
        end
    end
    return matches
end
--- The strongest match, its score raised by the others of its class; not in a document, where many quotes are no attack either.
local function combine(matches, inDocument)
    local best = matches[1]
    for ____, match in ipairs(matches) do
        if match.score > best.score then
            best = match
        end
    end
    if inDocument then
        return best
    end
    local doubt = 100
    for ____, match in ipairs(matches) do
        if match.rule.class == best.rule.class then
            doubt = doubt * (100 - match.score) / 100
        end
    end
    best.score = 100 - math.ceil(doubt)
    return best
end
--- Of a value that is itself a secret, a password or a cookie for example, nothing is shown.
local function excerpt(text, start, field)
    local kind, name = string.match(field, "^(%w+):(.*)$")
    if kind == "cookie" or name ~= nil and isSecretName(name) then
        return "[redacted]"
    end
    return redactText(
        string.sub(
            text,
            math.max(1, start - LEAD),
            start + MAX_WINDOW
        ),
        MAX_WINDOW
    )
end
--- Names come from the client: they are redacted too, but the word before them is ours.
local function redactField(field)
    local kind, name = string.match(field, "^(%w+:)(.*)$")
    return kind == nil and field or kind .. redactText(name, MAX_FIELD)
end
local function findingOf(match, rawField)
    local field = redactField(rawField)
    local finding = {
        score = match.score,
        field = field,
        window = excerpt(match.text, match.start, rawField),
        reason = (match.rule.reason .. " in ") .. field
    }
    if match.rule.class ~= nil then
        finding.class = match.rule.class
    end
    return finding
end
--- A long text of several lines in a body: documentation, a message, code, all of which may quote an attack.
local function isDocument(at, length)
    if length < DOCUMENT or bit.band(at, AT_BODY) == 0 then
        return false
    end
    for i = 0, length - 1 do
        if decoded[i] == LINE_FEED then
            return true
        end
    end
    return false
end
--- Judges one value, `bytes[from, to)` as it is on the wire. `at` says where it is (rule.ts), `field` how to name it; only a
-- finding costs the name's redaction.
function ____exports.judgeValue(bytes, from, to, encoding, at, field)
    local length = decodeValue(bytes, from, to, encoding)
    local best
    local start = 0
    while start < length do
        local ____end = math.min(start + CHUNK, length)
        local count = collectCandidates(start, ____end)
        local inDocument = count > 0 and isDocument(at, length)
        local ____temp_1
        if count > 0 then
            ____temp_1 = confirm(
                count,
                start,
                ____end,
                at,
                inDocument
            )
        else
            ____temp_1 = nil
        end
        local matches = ____temp_1
        if matches ~= nil then
            local match = combine(matches, inDocument)
            if best == nil or match.score > best.score then
                best = match
            end
        end
        start = ____end < length and ____end - OVERLAP or length
    end
    local ____temp_2
    if best == nil then
        ____temp_2 = nil
    else
        ____temp_2 = screened(findingOf(best, field))
    end
    return ____temp_2
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
