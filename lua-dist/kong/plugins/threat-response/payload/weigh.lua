local ____exports = {}
local ____trained_2Ets = require("kong.plugins.threat-response.payload.model.trained")
local TRAINED = ____trained_2Ets.TRAINED
local ____model_2Dscore_2Ets = require("kong.plugins.threat-response.payload.model-score")
local scoreText = ____model_2Dscore_2Ets.scoreText
--- What the model finds in almost every text that has signs in it.
local DULL = 60
--- From these lengths on a value is a sentence or a snippet, and a text.
local MEDIUM = 128
____exports.LONG = 512
local APART = 96
--- What the second worst places of a text take away, a little away from the worst: what is left of the same attack is no other place. Where an attack
-- was put between paragraphs, before or behind them, they are ordinary; where a text is about code, there is more of it on both sides. Undoes `bestWindow`.
local function deduction(from, to, length)
    local before = scoreText(
        0,
        math.max(0, from - APART)
    )
    local behind = scoreText(
        math.min(length, to + APART),
        length
    )
    local share = length > ____exports.LONG and TRAINED.longSide or TRAINED.mediumSide
    local shareOfBoth = length > ____exports.LONG and TRAINED.longBoth or 0
    return math.floor((share * math.max(before, behind) + shareOfBoth * math.min(before, behind)) / 100)
end
--- A rule says more of a value than of a place in a text.
local function worthOf(length, isAlone)
    if isAlone then
        return TRAINED.worthAlone
    end
    return length > ____exports.LONG and TRAINED.worthInText or TRAINED.worth
end
--- `strength` is what the model says, of the worst place from `from` to `to` in a value of `length` bytes.
function ____exports.weigh(strength, from, to, length, matches)
    local total = math.max(0, strength - DULL)
    if matches ~= nil then
        for ____, ____value in ipairs(matches) do
            local number = ____value.number
            local isAlone = ____value.isAlone
            total = total + worthOf(length, isAlone == true)[number + 1]
        end
    end
    if length <= MEDIUM then
        return total
    end
    total = total + (length > ____exports.LONG and TRAINED.long or TRAINED.medium)
    if total < TRAINED.grey then
        return total
    end
    return total - deduction(from, to, length)
end
return ____exports
