local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____digest_2Ets = require("kong.plugins.threat-response.digest")
local hmacHex = ____digest_2Ets.hmacHex
local randomHex = ____digest_2Ets.randomHex
local ____user_2Dfield_2Ets = require("kong.plugins.threat-response.features.user-field")
local canonicalUser = ____user_2Dfield_2Ets.canonicalUser
--- User names are known by keyed hashes only. A hash costs more than a look-up, so the last ones are kept.
local KEPT = 2000
local ____string_0 = string
local sub = ____string_0.sub
local young = {}
local old = {}
local count = 0
local ownKey
--- Without a configured key, or one that Kong can resolve, the hashes mean something on this node only, for as long as nginx runs.
local function nodeKey()
    if ownKey == nil then
        counters:add(
            "hash_key",
            randomHex(32)
        )
        local shared = counters:get("hash_key")
        ownKey = shared
    end
    return ownKey
end
--- The key of an instance's hashes.
____exports.keyOf = function(____bindingPattern0)
    local keyConfig
    keyConfig = ____bindingPattern0.keyConfig
    local ____keyConfig_1 = keyConfig
    local hash_key = ____keyConfig_1.hash_key
    return (hash_key == nil or hash_key == "") and nodeKey() or hash_key
end
--- The key of all hashes that are kept.
local keptKey = ""
local function forget(key)
    young = {}
    old = {}
    count = 0
    keptKey = key
end
local function remember(user, hash)
    if count == KEPT then
        old = young
        young = {}
        count = 0
    end
    count = count + 1
    young[user] = hash
    return hash
end
--- 16 hex digits of one or several users, as `user-field.ts` spells them.
____exports.hashUsers = function(instance, users)
    local key = ____exports.keyOf(instance)
    local user = #users == 1 and users[1] or table.concat(users, "\n")
    if key ~= keptKey then
        forget(key)
    end
    local known = young[user] or old[user]
    return known or remember(
        user,
        sub(
            hmacHex(key, "user\n" .. user),
            1,
            16
        )
    )
end
--- 16 hex digits; the same for spellings that differ in case or surrounding space only.
____exports.hashUser = function(instance, name) return ____exports.hashUsers(
    instance,
    {canonicalUser(name)}
) end
--- 16 hex digits of a credential exactly as presented. Not kept here: who makes credentials up would only fill the table.
____exports.hashCredential = function(instance, presented) return sub(
    hmacHex(
        ____exports.keyOf(instance),
        "credential\n" .. presented
    ),
    1,
    16
) end
return ____exports
