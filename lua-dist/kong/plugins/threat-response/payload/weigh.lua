local ____exports = {}
local ____trained_2Ets = require("kong.plugins.threat-response.payload.model.trained")
local TRAINED = ____trained_2Ets.TRAINED
local ____model_2Dscore_2Ets = require("kong.plugins.threat-response.payload.model-score")
local scoreText = ____model_2Dscore_2Ets.scoreText
--- What the model finds in almost every text that has signs in it.
local DULL = 60
--- From these lengths on a value is a sentence or a snippet, and a text.
local MEDIUM = 128
local LONG = 512
local APART = 96
--- The second worst place of a text, a little away from the worst: what is left of the same attack is no other place. Where an attack was put between paragraphs, they are ordinary; where a text is about code, there is more
-- of it. Undoes `bestWindow`.
local function scoreBeside(from, to, length)
    return math.max(
        scoreText(
            0,
            math.max(0, from - APART)
        ),
        scoreText(
            math.min(length, to + APART),
            length
        )
    )
end
--- `strength` is what the model says, of the worst place from `from` to `to` in a value of `length` bytes.
function ____exports.weigh(strength, from, to, length, matches)
    local total = math.max(0, strength - DULL)
    if matches ~= nil then
        for ____, ____value in ipairs(matches) do
            local number = ____value.number
            total = total + TRAINED.worth[number + 1]
        end
    end
    if length <= MEDIUM then
        return total
    end
    total = total + (length > LONG and TRAINED.long or TRAINED.medium)
    if total < TRAINED.grey then
        return total
    end
    local share = length > LONG and TRAINED.longSide or TRAINED.mediumSide
    return total - math.floor(share * scoreBeside(from, to, length) / 100)
end
return ____exports
