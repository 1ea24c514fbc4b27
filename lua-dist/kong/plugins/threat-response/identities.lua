local ____exports = {}
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____credential_2Ets = require("kong.plugins.threat-response.features.credential")
local readPresented = ____credential_2Ets.readPresented
local ____identity_2Ets = require("kong.plugins.threat-response.features.identity")
local hashCredential = ____identity_2Ets.hashCredential
local KEPT = 5000
local KEEP_S = 7200
local KEEP_OWNER_S = 2592000
local TELL_EVERY_S = 1200
local ____string_0 = string
local find = ____string_0.find
local match = ____string_0.match
--- By the credential as presented: two generations, bounded.
local young = {}
local old = {}
local size = 0
local function keep(presented, identity)
    if size >= KEPT then
        old = young
        young = {}
        size = 0
    end
    size = size + 1
    young[presented] = identity
end
local function forget(presented, identity)
    young[presented] = nil
    old[presented] = nil
    counters:delete("c" .. identity.hash)
end
local function isFresh(identity, now)
    return identity ~= nil and now - identity.toldAt < KEEP_S
end
local function readShared(instance, presented, now)
    local hash = hashCredential(instance, presented)
    local text = counters:get("c" .. hash)
    if text == nil then
        return nil
    end
    local consumer, username, customId, since = match(text, "^([^\n]*)\n([^\n]*)\n([^\n]*)\n(%d+)$")
    if consumer == nil then
        return nil
    end
    local identity = {
        hash = hash,
        owner = consumer == "" and hash or consumer,
        consumer = consumer,
        username = username,
        customId = customId,
        since = tonumber(since) or now,
        toldAt = now - TELL_EVERY_S
    }
    keep(presented, identity)
    return identity
end
--- Whose request this is, by a credential that Kong has let in before; nil for everybody else.
____exports.findIdentity = function(instance)
    local now = ngx.now()
    for ____, variable in ipairs(instance.credentialVariables) do
        do
            local presented = readPresented(variable)
            if presented == nil then
                goto __continue10
            end
            local known = young[presented] or old[presented]
            local identity = isFresh(known, now) and known or readShared(instance, presented, now)
            if identity ~= nil then
                return identity
            end
        end
        ::__continue10::
    end
    return nil
end
--- Whose credential it is as far as this worker remembers; also outside of a request.
____exports.recallIdentity = function(presented)
    local known = young[presented] or old[presented]
    return isFresh(
        known,
        ngx.now()
    ) and known or nil
end
--- Of several things a request presents, the one that Kong has looked at: its own key where it names one, else the first.
local function findPresented(instance, credential)
    local ____credential_1 = credential
    local key = ____credential_1.key
    local first
    for ____, variable in ipairs(instance.credentialVariables) do
        local presented = readPresented(variable)
        if presented ~= nil then
            if first == nil then
                first = presented
            end
            if key ~= nil and #key > 3 then
                local at = find(presented, key, 1, true)
                if at ~= nil then
                    return presented
                end
            end
        end
    end
    return first
end
--- When this owner was first seen; all workers agree.
local function firstSeen(owner, now)
    local name = "co" .. owner
    counters:add(
        name,
        math.floor(now),
        KEEP_OWNER_S
    )
    local since = counters:get(name)
    return since or math.floor(now)
end
local function tell(identity, now)
    identity.toldAt = now
    local ____identity_2 = identity
    local consumer = ____identity_2.consumer
    local username = ____identity_2.username
    local customId = ____identity_2.customId
    local since = ____identity_2.since
    counters:set(
        "c" .. identity.hash,
        (((((consumer .. "\n") .. username) .. "\n") .. customId) .. "\n") .. tostring(since),
        KEEP_S
    )
end
local function oneLine(text)
    local line = match(text or "", "^[^\n]*")
    return line
end
local function learn(instance, presented, consumer, now)
    local hash = hashCredential(instance, presented)
    local id = consumer and consumer.id or ""
    local owner = id == "" and hash or id
    local identity = {
        hash = hash,
        owner = owner,
        consumer = id,
        username = oneLine(consumer and consumer.username),
        customId = oneLine(consumer and consumer.custom_id),
        since = firstSeen(owner, now),
        toldAt = now
    }
    tell(identity, now)
    keep(presented, identity)
    return identity
end
--- After the answer: Kong authenticated this request, and from now on its credential is known. Nil without authentication.
____exports.learnIdentity = function(instance)
    local credential = kong.client.get_credential()
    if credential == nil then
        return nil
    end
    local presented = findPresented(instance, credential)
    if presented == nil then
        return nil
    end
    local now = ngx.now()
    local consumer = kong.client.get_consumer()
    local known = young[presented] or old[presented]
    local isSame = isFresh(known, now) and known.consumer == (consumer and consumer.id or "")
    if not isSame then
        return learn(instance, presented, consumer, now)
    end
    if now - known.toldAt >= TELL_EVERY_S then
        tell(known, now)
    end
    return known
end
--- After a 401 of Kong's own: what was presented is no longer worth anything.
____exports.forgetIdentity = function(instance)
    for ____, variable in ipairs(instance.credentialVariables) do
        do
            local presented = readPresented(variable)
            if presented == nil then
                goto __continue32
            end
            local known = young[presented] or old[presented] or readShared(
                instance,
                presented,
                ngx.now()
            )
            if known ~= nil then
                forget(presented, known)
            end
        end
        ::__continue32::
    end
end
return ____exports
