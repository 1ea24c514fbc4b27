local ____exports = {}
local ffi = require("ffi")
local ____automaton_2Ets = require("kong.plugins.threat-response.payload.automaton")
local buildAutomaton = ____automaton_2Ets.buildAutomaton
local ____byte_2Dclasses_2Ets = require("kong.plugins.threat-response.payload.byte-classes")
local CLASSES = ____byte_2Dclasses_2Ets.CLASSES
local PLAIN = ____byte_2Dclasses_2Ets.PLAIN
local ____decode_2Ets = require("kong.plugins.threat-response.payload.decode")
local decoded = ____decode_2Ets.decoded
local ____fold_2Ets = require("kong.plugins.threat-response.payload.fold")
local foldText = ____fold_2Ets.foldText
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local spendLook = ____inspection_2Ets.spendLook
local ____index_2Ets = require("kong.plugins.threat-response.payload.rules.index")
local LAYERED = ____index_2Ets.LAYERED
local RULES = ____index_2Ets.RULES
local ____triggers_2Ets = require("kong.plugins.threat-response.payload.triggers")
local TRIGGERS = ____triggers_2Ets.TRIGGERS
--- The literals of rule `i` at `i`; behind them the signs of layered encodings, which may hide any literal, and what makes the model look.
local function allLiterals()
    local literals = {}
    for ____, rule in ipairs(RULES) do
        literals[#literals + 1] = rule.literals
    end
    literals[#literals + 1] = LAYERED
    literals[#literals + 1] = TRIGGERS
    return literals
end
____exports.automaton = buildAutomaton(allLiterals())
--- `seen[rule]` is the last look in which a literal of that rule occurred.
local seen = {}
local candidates = {}
for i = 0, #RULES - 1 do
    seen[#seen + 1] = 0
    candidates[#candidates + 1] = i
end
local OWNERS = #RULES
local look = 0
--- Fills `candidates` with the rules whose literals occur in `decoded[from, to)`; returns how many.
local function collectCandidates(from, to)
    look = look + 1
    local next = ____exports.automaton.next
    local firstAccepting = ____exports.automaton.firstAccepting
    local ____exports_automaton_owners_0 = ____exports.automaton.owners
    local ownersFrom = ____exports_automaton_owners_0.from
    local list = ____exports_automaton_owners_0.list
    local count = 0
    local state = 0
    local i = from
    while i < to do
        state = next[state * CLASSES + PLAIN[decoded[i]]]
        i = i + 1
        if state >= firstAccepting then
            for k = ownersFrom[state - firstAccepting], ownersFrom[state - firstAccepting + 1] - 1 do
                local owner = list[k]
                if owner < OWNERS and seen[owner + 1] ~= look then
                    seen[owner + 1] = look
                    candidates[count + 1] = owner
                    count = count + 1
                end
            end
        end
    end
    return count
end
--- An expression costs so much, and for each byte this part of what a judged byte costs.
local EXPRESSION_COST = 16
local EXPRESSION_SHARE = 0.25
--- Lets a search begin behind the first byte, so that `^` never means the middle of a value.
local behindFirst = {pos = 2}
--- Those of the first `count` candidates whose expressions hold in `decoded[from, to)`.
local function confirm(count, from, to, at)
    local matches
    local plain
    local folded
    for i = 0, count - 1 do
        local number = candidates[i + 1]
        local rule = RULES[number + 1]
        if bit.band(rule.at, at) ~= 0 and spendLook(EXPRESSION_COST + (to - from) * EXPRESSION_SHARE) then
            if rule.folded then
                if folded == nil then
                    folded = foldText(from, to)
                end
            else
                if plain == nil then
                    plain = ffi.string(decoded + from, to - from)
                end
            end
            local ____rule_folded_1
            if rule.folded then
                ____rule_folded_1 = folded
            else
                ____rule_folded_1 = plain
            end
            local text = ____rule_folded_1
            behindFirst.pos = 2
            local start = ngx.re.find(text, rule.expression, "ijo", from > 0 and behindFirst or nil)
            if start ~= nil then
                if matches == nil then
                    matches = {}
                end
                matches[#matches + 1] = {
                    rule = rule,
                    number = number,
                    score = rule.score,
                    text = text,
                    start = start
                }
            end
        end
    end
    return matches
end
--- The strongest match, its score raised by the others of its class.
local function combine(matches)
    local best = matches[1]
    for ____, match in ipairs(matches) do
        if match.score > best.score then
            best = match
        end
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
--- All rules that hold at `at` in `decoded[from, to)`.
function ____exports.findMatches(from, to, at)
    local count = collectCandidates(from, to)
    local ____temp_2
    if count > 0 then
        ____temp_2 = confirm(count, from, to, at)
    else
        ____temp_2 = nil
    end
    return ____temp_2
end
--- What the rules that apply at `at` say by themselves of `decoded[from, to)`.
function ____exports.matchRules(from, to, at)
    local matches = ____exports.findMatches(from, to, at)
    local ____temp_3
    if matches == nil then
        ____temp_3 = nil
    else
        ____temp_3 = combine(matches)
    end
    return ____temp_3
end
return ____exports
