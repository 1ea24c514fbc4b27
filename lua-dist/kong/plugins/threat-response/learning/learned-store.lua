local ____exports = {}
local ____learning_2Ets = require("kong.plugins.threat-response.contract.learning")
local UNUSED_S = ____learning_2Ets.UNUSED_S
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- While nothing has been learned, nothing has to be looked up.
local SIGN = "lk"
local READ_AGE_S = 0.1
local MAX_FIELD = 100
--- Use renews what would otherwise be forgotten; not each time, but when it has grown so old.
local RENEW_BELOW_S = UNUSED_S / 2
local exists = false
local readAt = 0
____exports.hasLearned = function()
    local now = ngx.now()
    if now - readAt > READ_AGE_S then
        readAt = now
        local sign = counters:get(SIGN)
        exists = sign ~= nil
    end
    return exists
end
____exports.signatureKey = function(route, field, signature) return (((("ls" .. route) .. " ") .. field) .. " ") .. signature end
____exports.thresholdKey = function(route) return "lt" .. route end
--- Fields are named by clients: in keys and lines they are one word.
____exports.fieldWord = function(field)
    local word = string.gsub(
        string.sub(field, 1, MAX_FIELD),
        "[^!-~]",
        "_"
    )
    return word
end
____exports.keepLearned = function(key, learned)
    counters:set(
        key,
        (learned.by .. " ") .. tostring(learned.score),
        UNUSED_S
    )
    counters:set(SIGN, true, UNUSED_S)
    exists = true
end
____exports.forgetLearned = function(key) return counters:delete(key) end
____exports.findLearned = function(key)
    local text = counters:get(key)
    if text == nil then
        return nil
    end
    local by, score = string.match(text, "^(%l+) (%d+)$")
    if by == nil then
        return nil
    end
    return {
        by = by,
        score = tonumber(score)
    }
end
--- It was of use.
____exports.renewLearned = function(key, learned)
    local left = counters:ttl(key)
    if (left or 0) < RENEW_BELOW_S then
        ____exports.keepLearned(key, learned)
    end
end
return ____exports
