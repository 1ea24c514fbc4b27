local ____exports = {}
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local CONSUMER = ____decision_2Dkey_2Ets.CONSUMER
local CREDENTIAL = ____decision_2Dkey_2Ets.CREDENTIAL
local ____decision_2Dstore_2Ets = require("kong.plugins.threat-response.decision-store")
local findNamed = ____decision_2Dstore_2Ets.findNamed
local hasTag = ____decision_2Dstore_2Ets.hasTag
local ____credential_2Ets = require("kong.plugins.threat-response.features.credential")
local readPresented = ____credential_2Ets.readPresented
local ____identity_2Ets = require("kong.plugins.threat-response.features.identity")
local hashCredential = ____identity_2Ets.hashCredential
local keyOf = ____identity_2Ets.keyOf
local ____identities_2Ets = require("kong.plugins.threat-response.identities")
local findIdentity = ____identities_2Ets.findIdentity
--- Decisions about whose request it is, before authentication. Hashes are kept: two generations, bounded.
local KEPT = 2000
local young = {}
local old = {}
local size = 0
local keptFor
local function keep(presented, hash)
    if size >= KEPT then
        old = young
        young = {}
        size = 0
    end
    size = size + 1
    young[presented] = hash
    return hash
end
local function forgetOtherKey(key)
    if key == keptFor then
        return
    end
    keptFor = key
    young = {}
    old = {}
    size = 0
end
--- As `hashCredential`, and kept for the next time.
____exports.hashPresented = function(instance, presented)
    forgetOtherKey(keyOf(instance))
    return young[presented] or old[presented] or keep(
        presented,
        hashCredential(instance, presented)
    )
end
local function findByCredentials(instance, best)
    local chosen = best
    for ____, variable in ipairs(instance.credentialVariables) do
        local presented = readPresented(variable)
        if presented ~= nil then
            chosen = findNamed(
                chosen,
                CREDENTIAL,
                ____exports.hashPresented(instance, presented)
            )
        end
    end
    return chosen
end
--- The stronger of `best` and what is decided about the credentials that the request presents, or the consumer that they were let in as.
____exports.findByIdentity = function(instance, gateway, best)
    local ____hasTag_result_0
    if hasTag(CREDENTIAL, gateway) then
        ____hasTag_result_0 = findByCredentials(instance, best)
    else
        ____hasTag_result_0 = best
    end
    local chosen = ____hasTag_result_0
    if not hasTag(CONSUMER, gateway) then
        return chosen
    end
    local ____opt_1 = findIdentity(instance)
    local consumer = ____opt_1 and ____opt_1.consumer or ""
    local ____temp_3
    if consumer == "" then
        ____temp_3 = chosen
    else
        ____temp_3 = findNamed(chosen, CONSUMER, consumer)
    end
    return ____temp_3
end
return ____exports
