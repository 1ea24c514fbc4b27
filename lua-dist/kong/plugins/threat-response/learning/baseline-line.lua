local ____exports = {}
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local FRESH_BASELINE_S = ____learning_2Ets.FRESH_BASELINE_S
local HOURS_OF_DAY = ____learning_2Ets.HOURS_OF_DAY
local MAX_BASELINE_DAYS = ____learning_2Ets.MAX_BASELINE_DAYS
local MAX_BASELINE_RPS = ____learning_2Ets.MAX_BASELINE_RPS
local MAX_BASELINE_S = ____learning_2Ets.MAX_BASELINE_S
local ____string_0 = string
local gmatch = ____string_0.gmatch
local match = ____string_0.match
--- Nil for what is no number between 0 and `most`: `tonumber` also reads "nan" and "1e99".
local function readNumber(text, most)
    if (match(text, "^%d+%.?%d*$")) == nil then
        return nil
    end
    local number = tonumber(text)
    return number <= most and number or nil
end
local function readHours(text, rates, days)
    for rate, seen in gmatch(text .. ",", "([^,:]*):([^,:]*),") do
        local rps = readNumber(rate, MAX_BASELINE_RPS)
        local count = readNumber(seen, MAX_BASELINE_DAYS)
        if rps == nil or count == nil then
            return false
        end
        rates[#rates + 1] = rps
        days[#days + 1] = count
    end
    return #rates == HOURS_OF_DAY
end
--- Nil where the line is no baseline, or says what cannot be.
____exports.readBaselineLine = function(line)
    local age, name, secondsText, usualText, peakText, hours = match(line, "^baseline (%d+) ([!-~]+) ([^ ]+) ([^ ]+) ([^ ]+) ([^ ]+)$")
    if age == nil then
        return nil
    end
    local seconds = readNumber(secondsText, MAX_BASELINE_S)
    local usual = readNumber(usualText, MAX_BASELINE_RPS)
    local peak = readNumber(peakText, MAX_BASELINE_RPS)
    local rates = {}
    local days = {}
    if seconds == nil or usual == nil or peak == nil then
        return nil
    end
    if not readHours(hours, rates, days) then
        return nil
    end
    local learned = {
        name = name == "-" and "" or name,
        seconds = seconds,
        usual = usual,
        peak = peak,
        rates = rates,
        days = days
    }
    return {
        learned = learned,
        isFresh = tonumber(age) <= FRESH_BASELINE_S
    }
end
return ____exports
