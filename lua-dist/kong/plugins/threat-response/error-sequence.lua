local ____exports = {}
--- One in a hundred thousand by chance.
local ENOUGH = 12
local MOST = 24
--- A restart, or a deploy, is over by then.
local LASTING_S = 10
local LEAST_BAD_SECONDS = 3
local CALM_S = 10
local LEARNED_FROM_S = 600
--- An outage that lasts for hours is what is usual, in the end.
local LEARNED_IN_ALARM_S = 7200
local LEAST_SHARE = 0.005
local MOST_USUAL_SHARE = 0.2
local LEAST_RATE = 0.05
local ____math_0 = math
local log = ____math_0.log
____exports.createSequence = function() return {
    score = 0,
    since = 0,
    badSeconds = 0,
    usual = 0,
    seconds = 0,
    isAlarmed = false,
    calm = 0
} end
local function learn(sequence, value)
    sequence.seconds = sequence.seconds + 1
    local memory = sequence.isAlarmed and LEARNED_IN_ALARM_S or LEARNED_FROM_S
    if sequence.isAlarmed or sequence.score < ENOUGH then
        sequence.usual = sequence.usual + (value - sequence.usual) / memory
    end
end
local function conclude(sequence, gain, isBad, now)
    if sequence.score == 0 then
        sequence.since = now
        sequence.badSeconds = 0
    end
    sequence.score = math.min(
        MOST,
        math.max(0, sequence.score + gain)
    )
    if isBad then
        sequence.badSeconds = sequence.badSeconds + 1
    end
    sequence.calm = isBad and 0 or sequence.calm + 1
    local isLasting = now - sequence.since >= LASTING_S and sequence.badSeconds >= LEAST_BAD_SECONDS
    if isBad and isLasting and sequence.score >= ENOUGH then
        sequence.isAlarmed = true
    elseif sequence.calm >= CALM_S then
        sequence.isAlarmed = false
    end
end
--- One second with so many errors among so many requests. `outage` is the least share of errors that is one. Seconds without requests say nothing.
____exports.observeShare = function(sequence, errors, requests, outage, now)
    local total = math.max(errors, requests)
    if total == 0 then
        sequence.calm = sequence.calm + (sequence.score == 0 and 1 or 0)
        return
    end
    local usual = math.min(
        MOST_USUAL_SHARE,
        math.max(LEAST_SHARE, sequence.usual)
    )
    local bad = math.min(
        0.95,
        math.max(outage, 4 * usual)
    )
    local gain = errors * log(bad / usual) + (total - errors) * log((1 - bad) / (1 - usual))
    conclude(sequence, gain, errors / total >= bad / 2, now)
    learn(sequence, errors / total)
end
--- The same where only errors are known: so many in one second. `outage` is the least number a second that is one.
____exports.observeRate = function(sequence, errors, outage, now)
    local usual = math.max(LEAST_RATE, sequence.usual)
    local bad = math.max(outage, 4 * usual)
    conclude(
        sequence,
        errors * log(bad / usual) - (bad - usual),
        errors > 0,
        now
    )
    learn(sequence, errors)
end
return ____exports
