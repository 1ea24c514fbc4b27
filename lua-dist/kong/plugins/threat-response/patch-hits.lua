local ____exports = {}
--- What hot patches of the agent have met; they run in `pre-function`, before this plugin, and count in its shared dictionary.
local LIST = "patches"
--- In one flush; the rest waits for the next.
local MAX_TAKEN = 100
--- This request was ended by a hot patch, which stood before this plugin's access phase.
____exports.wasPatched = function() return kong.ctx.shared.threat_response_patch ~= nil end
--- Hands over what was counted since the last time. A patch puts its id into the list when its counter leaves zero, and whoever takes
-- the id out has the counter to itself until it is zero again.
____exports.takePatchHits = function(take)
    local counters = ngx.shared.threat_response
    if counters == nil then
        return
    end
    for _ = 1, MAX_TAKEN do
        do
            local id = counters:lpop(LIST)
            if id == nil then
                return
            end
            local key = "patch:" .. id
            local stored = counters:get(key)
            if stored == nil then
                goto __continue5
            end
            local count = stored
            take("p-" .. id, count)
            local left = counters:incr(key, -count, 0)
            if left ~= nil and left > 0 then
                counters:rpush(LIST, id)
            end
        end
        ::__continue5::
    end
end
return ____exports
