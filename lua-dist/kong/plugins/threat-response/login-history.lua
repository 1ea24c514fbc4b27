local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
--- Who tried to log in from where, and how it ended: counts per address, per user and per route, each in a window of `login.window_s` that begins
-- with its first event. Only attempts for users that have never succeeded from that address count, so that regulars never look like an attack.
local REMEMBER_S = 604800
local function read(key)
    local value = counters:get(key)
    return value or 0
end
local function count(key, window)
    local value = counters:incr(key, 1, 0, window)
    return value or 0
end
--- Counts `member` once in a window: how many there are in the set now.
local function countOnce(set, member, window)
    local isNew = counters:add((set .. ":") .. member, true, window)
    return isNew and count(set, window) or read(set)
end
--- Whether the user has logged in from this address before: with Kong's word for it anywhere, else at this very path.
____exports.isKnownUser = function(source, login)
    if login.user == "" then
        return false
    end
    local pair = ("k" .. source.key) .. login.user
    local everywhere = counters:get(pair)
    if everywhere ~= nil then
        return true
    end
    local here = counters:get(pair .. login.realm)
    return here ~= nil
end
--- An unknown user's attempt begins. A Basic credential may not even be looked at where it is sent, so it counts only when it fails.
____exports.addAttempt = function(instance, source, login)
    local window = instance.config.login.window_s
    local users = "lu" .. source.key
    local tried = login.kind == "path" and countOnce(users, login.user, window) or read(users)
    local successes = read("ls" .. source.key)
    return {
        pending = math.max(0, tried - successes),
        failures = read("lf" .. source.key),
        successes = successes
    }
end
--- True once a window for each address: for what has to be told only once.
____exports.isFirstSight = function(instance, source)
    local isNew = counters:add("lr" .. source.key, true, instance.config.login.window_s)
    return isNew
end
--- An unknown user's attempt failed.
____exports.addFailure = function(instance, source, login, route)
    local window = instance.config.login.window_s
    count("lf" .. source.key, window)
    if login.kind == "basic" then
        countOnce("lu" .. source.key, login.user, window)
    end
    if login.user ~= "" then
        countOnce("la" .. login.user, source.key, window)
    end
    return {
        failures = count("rf" .. route, window),
        successes = read("rs" .. route),
        addresses = countOnce("ra" .. route, source.key, window),
        users = login.user == "" and count("ru" .. route, window) or countOnce("ru" .. route, login.user, window)
    }
end
--- An attempt succeeded. `isProved` when Kong itself has authenticated the user.
____exports.addSuccess = function(instance, source, login, route, isProved)
    local window = instance.config.login.window_s
    count("rs" .. route, window)
    if login.user == "" then
        return
    end
    local pair = ("k" .. source.key) .. login.user
    local isNew = counters:add(isProved and pair or pair .. login.realm, true, REMEMBER_S)
    if not isNew then
        return
    end
    local tried = counters:get((("lu" .. source.key) .. ":") .. login.user)
    if tried ~= nil then
        count("ls" .. source.key, window)
    end
end
--- Distinct addresses from which logins of this user failed.
____exports.countAddresses = function(user) return user == "" and 0 or read("la" .. user) end
--- Raises the alarm for a route for one window; it lasts as long as failures keep coming.
____exports.raiseAlarm = function(instance, route)
    counters:set("rA" .. route, true, instance.config.login.window_s)
end
____exports.isAlarmed = function(route)
    local alarm = counters:get("rA" .. route)
    return alarm ~= nil
end
return ____exports
