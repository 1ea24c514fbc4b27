local ____exports = {}
local GENERATION = 10000
local young = {}
local old = {}
local size = 0
--- Two generations bound the memory: when the young one is full it becomes the old one, and what nobody asked for is gone.
local function keep(key, entry)
    if young[key] == nil then
        size = size + 1
        if size > GENERATION then
            old = young
            young = {}
            size = 1
        end
    end
    young[key] = entry
end
local function find(key)
    local entry = young[key] or old[key]
    if entry == nil or entry.expires == 0 or entry.expires > ngx.now() then
        return entry
    end
    return nil
end
local function expiry(ttl)
    return (ttl == nil or ttl == 0) and 0 or ngx.now() + ttl
end
local perWorker = {
    get = function(self, key)
        local ____opt_0 = find(key)
        return ____opt_0 and ____opt_0.value
    end,
    set = function(self, key, value, ttl)
        keep(
            key,
            {
                value = value,
                expires = expiry(ttl)
            }
        )
        return true
    end,
    add = function(self, key, value, ttl)
        if find(key) ~= nil then
            return false, "exists"
        end
        keep(
            key,
            {
                value = value,
                expires = expiry(ttl)
            }
        )
        return true
    end,
    incr = function(self, key, by, init, ttl)
        local entry = find(key)
        if entry == nil then
            if init == nil then
                return nil, "not found"
            end
            keep(
                key,
                {
                    value = init + by,
                    expires = expiry(ttl)
                }
            )
            return init + by
        end
        local value = entry.value + by
        entry.value = value
        keep(key, entry)
        return value
    end,
    delete = function(self, key)
        keep(key, {value = nil, expires = 1})
    end,
    ttl = function(self, key)
        local entry = find(key)
        if entry == nil then
            return nil, "not found"
        end
        return entry.expires == 0 and 0 or entry.expires - ngx.now()
    end
}
local dictionary = ngx.shared.threat_response
--- Whether counts and blocks are shared by all workers of this node.
____exports.isShared = dictionary ~= nil
____exports.counters = dictionary or perWorker
return ____exports
