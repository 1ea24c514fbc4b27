local ____exports = {}
local ffi = require("ffi")
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local HOURS_OF_DAY = ____learning_2Ets.HOURS_OF_DAY
local MIN_BASELINE_S = ____learning_2Ets.MIN_BASELINE_S
local SIZE = 64
local BYTES = SIZE * 8
--- Places in the array.
local VERSION = 0
--- Over the last ten minutes.
local LEVEL = 1
--- Over the last six hours; a plain mean before.
local LONG = 2
local SECONDS = 3
--- Over the last ten seconds.
local RECENT = 4
--- The highest that went well; forgotten over days.
local PEAK = 5
local HOUR = 6
local HOUR_SUM = 7
local HOUR_SECONDS = 8
local MEANS = 16
local DAYS = 40
local FORMAT = 1
local WARM_UP_S = 10
local LEVEL_MEMORY_S = 600
local LONG_MEMORY_S = 21600
local RECENT_MEMORY_S = 10
local PEAK_MEMORY_S = 259200
local HOUR_S = 3600
--- An hour of which less was seen, or that was mostly a flood, teaches nothing.
local LEAST_OF_HOUR_S = 600
local GROWTH_PER_DAY = 1.5
local SHRINK_PER_DAY = 0.5
local DAY_WEIGHT = 0.4
--- How far today may lead away from what is known before it counts as unusual.
local LEAD = 2
--- Requests a second that are too few to bound anything.
local LITTLE = 1
--- What is known grows by three tenths an hour at most, once it was learned from ten minutes.
local SETTLED_S = 600
local GROWTH_PER_SECOND = math.log(1.3) / HOUR_S
--- What went well in a peak counts up to this many times what is usual.
local MOST_PEAK = 4
--- Room above what was usual and above what went well, in a flood.
local HEADROOM = 1.3
____exports.createBaseline = function()
    local baseline = ffi.new("double[64]")
    baseline[VERSION] = FORMAT
    return baseline
end
____exports.packBaseline = function(baseline) return ffi.string(baseline, BYTES) end
--- Nothing where the text is of another version.
____exports.unpackBaseline = function(packed)
    local baseline = ____exports.createBaseline()
    if packed == nil or #packed ~= BYTES then
        return baseline
    end
    ffi.copy(baseline, packed, BYTES)
    return baseline[VERSION] == FORMAT and baseline or ____exports.createBaseline()
end
--- What other days had at this time: between the middles of two hours in proportion; nil where no day was seen.
____exports.seasonAt = function(baseline, now)
    local middle = now / HOUR_S - 0.5
    local hour = math.floor(middle) % 24
    local next = (hour + 1) % 24
    local isKnown = baseline[DAYS + hour] > 0
    local isNextKnown = baseline[DAYS + next] > 0
    if not isKnown then
        return isNextKnown and middle % 1 >= 0.5 and baseline[MEANS + next] or nil
    end
    if not isNextKnown then
        return middle % 1 < 0.5 and baseline[MEANS + hour] or nil
    end
    local share = middle % 1
    return baseline[MEANS + hour] * (1 - share) + baseline[MEANS + next] * share
end
--- What is known of other hours and days.
____exports.knownRate = function(baseline, now) return math.max(
    ____exports.seasonAt(baseline, now) or baseline[LONG],
    LITTLE
) end
--- What is usual now; nil while too little is known.
____exports.usualRate = function(baseline, now)
    if baseline[SECONDS] < WARM_UP_S then
        return nil
    end
    local known = ____exports.knownRate(baseline, now)
    return math.min(
        math.max(baseline[LEVEL], known),
        LEAD * known
    )
end
--- The rate from which it is a flood; nil while too little is known.
____exports.limitFor = function(baseline, now, factor, least)
    local usual = ____exports.usualRate(baseline, now)
    local ____temp_0
    if usual == nil then
        ____temp_0 = nil
    else
        ____temp_0 = math.max(least, usual * factor)
    end
    return ____temp_0
end
--- What may pass during a flood: what is usual and what has gone well before, with some room.
____exports.capacityFor = function(baseline, now, limit) return math.min(
    limit,
    HEADROOM * math.max(
        ____exports.usualRate(baseline, now) or 0,
        math.min(
            baseline[PEAK],
            MOST_PEAK * ____exports.knownRate(baseline, now)
        )
    )
) end
local function round(value)
    return math.floor(value * 1000 + 0.5) / 1000
end
--- For others; nil while too little is known.
____exports.describeBaseline = function(baseline, name)
    if baseline[SECONDS] < MIN_BASELINE_S then
        return nil
    end
    local rates = {}
    local days = {}
    for hour = 0, HOURS_OF_DAY - 1 do
        rates[#rates + 1] = round(baseline[MEANS + hour])
        days[#days + 1] = baseline[DAYS + hour]
    end
    local seconds = baseline[SECONDS]
    return {
        name = name,
        seconds = seconds,
        usual = round(baseline[LONG]),
        peak = round(baseline[PEAK]),
        rates = rates,
        days = days
    }
end
--- What others have learned, as a baseline. One that is not fresh says nothing about how much there is right now.
____exports.composeBaseline = function(learned, isFresh)
    local baseline = ____exports.createBaseline()
    for hour = 0, HOURS_OF_DAY - 1 do
        baseline[MEANS + hour] = learned.rates[hour + 1]
        baseline[DAYS + hour] = learned.days[hour + 1]
    end
    if not isFresh then
        return baseline
    end
    baseline[SECONDS] = learned.seconds
    baseline[LONG] = learned.usual
    baseline[PEAK] = learned.peak
    return baseline
end
--- Whether there is anything that others could tell it.
____exports.isComplete = function(baseline)
    for hour = 0, HOURS_OF_DAY - 1 do
        if baseline[DAYS + hour] == 0 then
            return false
        end
    end
    return baseline[SECONDS] >= SETTLED_S
end
--- Takes over what is not known here yet: hours that were not seen, and what is usual while it was learned from little.
____exports.adoptBaseline = function(baseline, others)
    for hour = 0, HOURS_OF_DAY - 1 do
        if baseline[DAYS + hour] == 0 then
            baseline[MEANS + hour] = others[MEANS + hour]
            baseline[DAYS + hour] = others[DAYS + hour]
        end
    end
    if baseline[SECONDS] >= SETTLED_S or others[SECONDS] < SETTLED_S then
        return
    end
    baseline[SECONDS] = others[SECONDS]
    baseline[LONG] = others[LONG]
    baseline[PEAK] = math.max(baseline[PEAK], others[PEAK])
end
local function closeHour(baseline)
    local hour = baseline[HOUR]
    local mean = baseline[HOUR_SUM] / math.max(1, baseline[HOUR_SECONDS])
    if baseline[HOUR_SECONDS] >= LEAST_OF_HOUR_S then
        local known = baseline[MEANS + hour]
        local learned = known + (mean - known) * DAY_WEIGHT
        local most = math.max(LITTLE, known) * GROWTH_PER_DAY
        local bounded = math.min(
            math.max(learned, known * SHRINK_PER_DAY),
            most
        )
        baseline[MEANS + hour] = baseline[DAYS + hour] == 0 and mean or bounded
        baseline[DAYS + hour] = baseline[DAYS + hour] + 1
    end
    baseline[HOUR_SUM] = 0
    baseline[HOUR_SECONDS] = 0
end
local function approach(baseline, place, value, memory)
    baseline[place] = baseline[place] + (value - baseline[place]) / math.min(memory, baseline[SECONDS])
end
local function learnPeak(baseline)
    local recent = baseline[RECENT]
    local peak = baseline[PEAK]
    local isHigher = recent > peak and baseline[SECONDS] > RECENT_MEMORY_S
    baseline[PEAK] = isHigher and peak + (recent - peak) / RECENT_MEMORY_S or peak * (1 - 1 / PEAK_MEMORY_S)
end
--- One more second with so many requests beyond suspicion. A flood teaches nothing, however long it lasts.
____exports.learnSecond = function(baseline, rps, now, isFlooded)
    local hour = math.floor(now / HOUR_S) % 24
    if hour ~= baseline[HOUR] then
        closeHour(baseline)
        baseline[HOUR] = hour
    end
    if isFlooded then
        return
    end
    baseline[SECONDS] = baseline[SECONDS] + 1
    local season = ____exports.seasonAt(baseline, now)
    local bounded = season == nil and rps or math.min(
        rps,
        4 * LEAD * math.max(season, LITTLE)
    )
    approach(baseline, LEVEL, bounded, LEVEL_MEMORY_S)
    local long = baseline[LONG]
    approach(baseline, LONG, bounded, LONG_MEMORY_S)
    if baseline[SECONDS] > SETTLED_S then
        baseline[LONG] = math.min(
            baseline[LONG],
            long + math.max(long, LITTLE) * GROWTH_PER_SECOND
        )
    end
    approach(baseline, RECENT, rps, RECENT_MEMORY_S)
    learnPeak(baseline)
    baseline[HOUR_SUM] = baseline[HOUR_SUM] + bounded
    baseline[HOUR_SECONDS] = baseline[HOUR_SECONDS] + 1
end
return ____exports
