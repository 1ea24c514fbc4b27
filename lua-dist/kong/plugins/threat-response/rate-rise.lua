local ____exports = {}
local LOOK_BACK_S = 10
--- Of the limit: what was there ten seconds before already.
local SLOWLY = 1 / 3
--- Times the limit that a slow rise may reach while the service answers as ever, and for how long.
local ROOM = 3
local LASTS_S = 7200
local OVER = 0.5
____exports.createRise = function()
    local past = {}
    for _ = 1, LOOK_BACK_S do
        past[#past + 1] = 0
    end
    return {past = past, place = 0, since = -1}
end
--- Once a second, with the rate and its limit.
____exports.noteSecond = function(rise, rps, limit)
    local before = rise.past[rise.place + 1]
    rise.past[rise.place + 1] = rps
    rise.place = (rise.place + 1) % LOOK_BACK_S
    if rise.since >= 0 then
        rise.since = rise.since + 1
        if rps < OVER * limit then
            rise.since = -1
        end
    elseif rps > 0.8 * limit and before > SLOWLY * limit then
        rise.since = 0
    end
end
--- The limit of a rate that rose like this, on a service that is well; `known` is the limit by what is known of other hours and days.
____exports.roomFor = function(rise, limit, known) return (rise.since < 0 or rise.since > LASTS_S) and limit or math.max(limit, ROOM * known) end
return ____exports
