local ____exports = {}
local ____math_0 = math
local exp = ____math_0.exp
local log = ____math_0.log
local ALARM = 12
local LASTING_S = 45
local OVERWHELMING = 0.5
local OVERWHELMING_S = 5
local MIN_FAILURES = 20
local MIN_ADDRESSES = 5
local MIN_REPEATERS = 20
local REPEATER_SHARE = 0.003
local UNLEARNED = 1000
local UNLEARNED_SHARE = 0.3
local LEAST_SHARE = 0.005
local MOST_SHARE = 0.4
--- Less than this above the usual share may be a Monday.
local LEAST_EXCESS = 0.06
local PRIOR_SHARE = 0.02
local PRIOR_LOGINS = 200
local MEMORY_LOGINS = 20000
local MEMORY_S = 600
local FIRST_LOOK_S = 1800
local LONG_MEMORY_S = 86400
local LONG_MEMORY_IN_ALARM_S = 14400
local CALM_S = 60
local CALM_PRESSURE = 1
local LACKING_S = 90
--- Strangers are worth stopping only while a good part of all attempts is bad.
local LACKING_SHARE = 0.2
local LONGEST_STEP_S = 10
____exports.createGuardState = function() return {
    score = 0,
    hot = 0,
    failures = 0,
    addresses = 0,
    usual = PRIOR_SHARE,
    anchor = PRIOR_SHARE,
    seen = 0,
    age = 0,
    pressure = 0,
    attempts = 0,
    repeaters = 0,
    logins = 0,
    level = 0,
    since = 0,
    calm = 0,
    lacking = 0
} end
--- The share of failures to reckon with: what is usual lately, unless it has crept up.
local function usualShare(state)
    return math.min(
        MOST_SHARE,
        math.max(
            LEAST_SHARE,
            math.min(state.usual, 2 * state.anchor + 0.01)
        )
    )
end
local function attackShare(usual)
    return math.max(3 * usual, usual + LEAST_EXCESS)
end
local function accumulate(state, counts, usual, elapsed)
    local attack = attackShare(usual)
    local ____counts_1 = counts
    local logins = ____counts_1.logins
    local failures = ____counts_1.failures
    local rise = failures * log(attack / usual) + (logins - failures) * log((1 - attack) / (1 - usual))
    state.score = math.min(
        2 * ALARM,
        math.max(0, state.score + rise)
    )
    state.failures = state.score == 0 and 0 or state.failures + failures
    state.addresses = state.score == 0 and 0 or state.addresses + counts.addresses
    state.hot = state.score >= ALARM and state.hot + elapsed or math.max(0, state.hot - 2 * elapsed)
    local isBad = state.score >= ALARM and state.pressure >= LACKING_SHARE * state.attempts
    state.lacking = state.level > 0 and isBad and state.lacking + elapsed or 0
end
local function decay(state, counts, elapsed)
    local short = exp(-elapsed / 20)
    state.pressure = state.pressure * short + math.max(0, counts.failures) + counts.stopped
    state.attempts = state.attempts * short + counts.logins + counts.stopped
    local long = exp(-elapsed / 120)
    state.repeaters = state.repeaters * long + counts.repeaters
    state.logins = state.logins * long + counts.logins
end
local function longMemory(state, isCalm)
    if not isCalm then
        return LONG_MEMORY_IN_ALARM_S
    end
    return state.age < FIRST_LOOK_S and state.age or LONG_MEMORY_S
end
--- A plain mean at first, then one that forgets slowly; attacks are not learned, or only over hours.
local function learn(state, counts, elapsed)
    state.age = state.age + elapsed
    if counts.logins == 0 then
        return
    end
    local isCalm = state.level == 0 and (state.score < ALARM / 2 or state.seen < UNLEARNED)
    local share = counts.failures / counts.logins
    local byCount = counts.logins / (counts.logins + math.min(MEMORY_LOGINS, state.seen + PRIOR_LOGINS))
    local byTime = elapsed / (isCalm and MEMORY_S or LONG_MEMORY_IN_ALARM_S)
    local isYoung = isCalm and state.age < MEMORY_S
    state.usual = state.usual + (share - state.usual) * (isYoung and byCount or math.min(byCount, byTime))
    state.anchor = state.anchor + (state.usual - state.anchor) * math.min(
        1,
        elapsed / longMemory(state, isCalm)
    )
    if isCalm then
        state.seen = state.seen + counts.logins
    end
end
local function failsTooOften(state)
    local share = state.pressure / math.max(1, state.attempts)
    if state.failures < MIN_FAILURES or state.addresses < MIN_ADDRESSES then
        return false
    end
    if state.seen < UNLEARNED and share < UNLEARNED_SHARE then
        return false
    end
    return state.hot >= (share >= OVERWHELMING and OVERWHELMING_S or LASTING_S)
end
local function hasRepeaters(state)
    return state.repeaters >= MIN_REPEATERS and state.repeaters >= REPEATER_SHARE * state.logins
end
local function rest(state)
    state.level = 0
    state.score = 0
    state.hot = 0
    state.repeaters = 0
    state.calm = 0
end
local function watchOver(state, usual, elapsed)
    local limit = (usual + attackShare(usual)) / 2
    local isCalm = state.pressure < CALM_PRESSURE or state.pressure < limit * state.attempts
    state.calm = isCalm and state.calm + elapsed or 0
    if state.lacking >= LACKING_S then
        state.level = 2
    end
    if state.calm >= CALM_S then
        rest(state)
    end
end
--- `elapsed` seconds later. Changes and returns the state.
____exports.stepGuard = function(state, counts, now, elapsed)
    local seconds = math.min(LONGEST_STEP_S, elapsed)
    local usual = usualShare(state)
    accumulate(state, counts, usual, seconds)
    decay(state, counts, seconds)
    learn(state, counts, seconds)
    if state.level > 0 then
        watchOver(state, usual, seconds)
    elseif failsTooOften(state) or hasRepeaters(state) then
        state.level = 1
        state.since = now
        state.calm = 0
    end
    return state
end
return ____exports
