local ____exports = {}
local MEMORY_S = 300
local WARM_UP_S = 20
local SLOWER = 2
--- Seconds that make no difference to anybody.
local LITTLE_S = 0.05
local FAILING = 0.2
local LEAST = 5
____exports.createHealth = function() return {
    answers = 0,
    failures = 0,
    seconds = 0,
    arrivals = 0,
    usual = 0,
    learned = 0,
    isHurt = true
} end
--- An answer was given to a request that the plugin let pass.
____exports.addAnswer = function(health, seconds, isFailure)
    health.answers = health.answers + 1
    health.seconds = health.seconds + seconds
    if isFailure then
        health.failures = health.failures + 1
    end
end
local function isBad(health)
    local ____health_0 = health
    local answers = ____health_0.answers
    local failures = ____health_0.failures
    local seconds = ____health_0.seconds
    local arrivals = ____health_0.arrivals
    local usual = ____health_0.usual
    local learned = ____health_0.learned
    if learned < WARM_UP_S then
        return true
    end
    if answers == 0 then
        return arrivals >= LEAST or health.isHurt
    end
    return failures >= LEAST and failures > FAILING * answers or seconds / answers > SLOWER * usual + LITTLE_S
end
--- Once a second. What is unusual is not learned, unless everything was quiet about it.
____exports.judgeHealth = function(health, isCalm)
    health.isHurt = isBad(health)
    if health.answers > 0 and isCalm then
        health.learned = health.learned + 1
        local mean = health.seconds / health.answers
        health.usual = health.usual + (mean - health.usual) / math.min(MEMORY_S, health.learned)
    end
    health.answers = 0
    health.failures = 0
    health.seconds = 0
    health.arrivals = 0
end
return ____exports
