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
local ____fold_2Dshell_2Ets = require("kong.plugins.threat-response.payload.fold-shell")
local foldShell = ____fold_2Dshell_2Ets.foldShell
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
    local rows = ____exports.automaton.rows
    local goesOn = ____exports.automaton.goesOn
    local ____exports_automaton_owners_0 = ____exports.automaton.owners
    local ownersFrom = ____exports_automaton_owners_0.from
    local list = ____exports_automaton_owners_0.list
    local count = 0
    local state = 0
    for i = from, to - 1 do
        state = next[state * CLASSES + PLAIN[decoded[i]]]
        if state >= firstAccepting then
            for k = ownersFrom[state - firstAccepting], ownersFrom[state - firstAccepting + 1] - 1 do
                local owner = list[k]
                if owner < OWNERS and seen[owner + 1] ~= look then
                    seen[owner + 1] = look
                    candidates[count + 1] = owner
                    count = count + 1
                end
            end
            if state >= rows then
                state = goesOn[state - rows]
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
--- The readings of the text being confirmed, made when the first rule asks.
local plain
local folded
local shell
--- The text as the rule reads it; undefined where it makes no sense so.
local function readingFor(rule, from, to)
    if rule.shell == true then
        if shell == nil then
            shell = foldShell(from, to) or ""
        end
        local ____temp_1
        if shell == "" then
            ____temp_1 = nil
        else
            ____temp_1 = shell
        end
        return ____temp_1
    end
    if rule.folded == true then
        if folded == nil then
            folded = foldText(from, to)
        end
        return folded
    end
    if plain == nil then
        plain = ffi.string(decoded + from, to - from)
    end
    return plain
end
local function tryRule(number, from, to, isBound)
    local rule = RULES[number + 1]
    if not spendLook(EXPRESSION_COST + (to - from) * EXPRESSION_SHARE) then
        return nil
    end
    local text = readingFor(rule, from, to)
    if text == nil then
        return nil
    end
    behindFirst.pos = 2
    local ____ngx_re_find_4 = ngx.re.find
    local ____rule_expression_3 = rule.expression
    local ____isBound_2
    if isBound then
        ____isBound_2 = nil
    else
        ____isBound_2 = behindFirst
    end
    local start = ____ngx_re_find_4(text, ____rule_expression_3, "ijo", ____isBound_2)
    local ____temp_5
    if start == nil then
        ____temp_5 = nil
    else
        ____temp_5 = {
            rule = rule,
            number = number,
            score = rule.score,
            text = text,
            start = start
        }
    end
    return ____temp_5
end
--- Those of the first `count` candidates whose expressions hold in `decoded[from, to)`; `isBound` lets `^` mean its beginning.
local function confirm(count, from, to, at, isBound)
    local matches
    plain = nil
    folded = nil
    shell = nil
    for i = 0, count - 1 do
        local isMeant = bit.band(RULES[candidates[i + 1] + 1].at, at) ~= 0
        local ____isMeant_6
        if isMeant then
            ____isMeant_6 = tryRule(candidates[i + 1], from, to, isBound)
        else
            ____isMeant_6 = nil
        end
        local match = ____isMeant_6
        if match ~= nil then
            if matches == nil then
                matches = {}
            end
            matches[#matches + 1] = match
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
    local ____temp_7
    if count > 0 then
        ____temp_7 = confirm(
            count,
            from,
            to,
            at,
            from == 0
        )
    else
        ____temp_7 = nil
    end
    return ____temp_7
end
local function isAmong(matches, number)
    for ____, match in ipairs(matches) do
        if match.number == number then
            return true
        end
    end
    return false
end
--- Adds to `matches` the rules that hold where `decoded[from, to)` is taken for a whole value: an attack between paragraphs was one.
function ____exports.findAlone(from, to, at, matches)
    local count = collectCandidates(from, to)
    local ____temp_8
    if count > 0 then
        ____temp_8 = confirm(
            count,
            from,
            to,
            at,
            true
        )
    else
        ____temp_8 = nil
    end
    local alone = ____temp_8
    if alone == nil then
        return matches
    end
    local all = matches or ({})
    for ____, match in ipairs(alone) do
        match.isAlone = true
        if not isAmong(all, match.number) then
            all[#all + 1] = match
        end
    end
    return all
end
--- What the rules that apply at `at` say by themselves of `decoded[from, to)`.
function ____exports.matchRules(from, to, at)
    local matches = ____exports.findMatches(from, to, at)
    local ____temp_9
    if matches == nil then
        ____temp_9 = nil
    else
        ____temp_9 = combine(matches)
    end
    return ____temp_9
end
return ____exports
