local ____exports = {}
--- Which clients are slowed down on which route because of what they fetched there, as this worker has found; bounded.
local MAX_LIMITED = 2000
local LASTS_S = 300
--- Who goes on regardless has to pause for so long.
local PAUSE_S = 60
local limited = {}
local size = 0
____exports.limitClient = function(who, now)
    if limited[who] == nil then
        if size >= MAX_LIMITED then
            limited = {}
            size = 0
        end
        size = size + 1
    end
    limited[who] = now + LASTS_S
end
--- Whether anybody is: the hot path asks this first.
____exports.isAnybodyLimited = function() return size > 0 end
____exports.isLimited = function(who, now)
    local ____until = limited[who]
    if ____until == nil then
        return false
    end
    if ____until > now then
        if ____until < now + PAUSE_S then
            limited[who] = now + PAUSE_S
        end
        return true
    end
    limited[who] = nil
    size = size - 1
    return false
end
return ____exports
