local ____exports = {}
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
--- A shared dictionary that is full forgets what was idle for longest. One that is too small so forgets who attacks before the windows end that count it,
-- and nothing would say so. An entry that nobody touches tells: how long it stays is how long everything idle stays.
local KEY = "Zroom"
--- As long as most windows are.
local ENOUGH_S = 60
local RECOMMENDED = "64m"
local dictionary = ngx.shared.threat_response
local placedAt = 0
local function place(dict, now)
    local isPlaced = dict:set(KEY, true, 2 * ENOUGH_S)
    placedAt = isPlaced and now or 0
end
local function warn(dict, idle_s)
    local size = tostring(math.floor(dict:capacity() / 1024)) .. " KiB"
    local effect = ("what is idle for " .. tostring(math.ceil(idle_s))) .. " s is forgotten, who attacks slowly too"
    local remedy = ("Enlarge it, as KONG_NGINX_HTTP_LUA_SHARED_DICT='threat_response " .. RECOMMENDED) .. "'"
    logOccasionally(ngx.WARN, "room", (((("lua_shared_dict threat_response (" .. size) .. ") is too small: ") .. effect) .. ". ") .. remedy)
end
--- Once a second or so, in one worker: `ttl` looks at the entry without touching it.
____exports.checkRoom = function(now)
    if dictionary == nil or ngx.worker.id() ~= 0 then
        return
    end
    if placedAt == 0 then
        place(dictionary, now)
        return
    end
    local idle_s = now - placedAt
    local left = dictionary:ttl(KEY)
    if left == nil and idle_s < ENOUGH_S then
        warn(dictionary, idle_s)
    end
    if left == nil or idle_s >= ENOUGH_S then
        place(dictionary, now)
    end
end
return ____exports
