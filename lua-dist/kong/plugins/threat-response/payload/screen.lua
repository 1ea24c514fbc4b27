local ____exports = {}
local screen
____exports.setScreen = function(next)
    screen = next
end
____exports.isScreening = function() return screen ~= nil end
____exports.screened = function(finding)
    if screen ~= nil then
        screen(finding)
    end
    return finding
end
return ____exports
