local ____exports = {}
local ____address_2Drecord_2Ets = require("kong.plugins.threat-response.logins.address-record")
local ASKED = ____address_2Drecord_2Ets.ASKED
local ageOf = ____address_2Drecord_2Ets.ageOf
local countSettled = ____address_2Drecord_2Ets.countSettled
local dropRecord = ____address_2Drecord_2Ets.dropRecord
local EXPLAINED = ____address_2Drecord_2Ets.EXPLAINED
local FAILED = ____address_2Drecord_2Ets.FAILED
local findSlot = ____address_2Drecord_2Ets.findSlot
local loadRecord = ____address_2Drecord_2Ets.loadRecord
local noteExplained = ____address_2Drecord_2Ets.noteExplained
local noteFailure = ____address_2Drecord_2Ets.noteFailure
local noteSuccess = ____address_2Drecord_2Ets.noteSuccess
local noteTry = ____address_2Drecord_2Ets.noteTry
local saveRecord = ____address_2Drecord_2Ets.saveRecord
local setState = ____address_2Drecord_2Ets.setState
local tagOf = ____address_2Drecord_2Ets.tagOf
local takeSlot = ____address_2Drecord_2Ets.takeSlot
local ____known_2Ets = require("kong.plugins.threat-response.logins.known")
local addKnown = ____known_2Ets.addKnown
local isKnown = ____known_2Ets.isKnown
local ____spread_2Ets = require("kong.plugins.threat-response.spread")
local addMember = ____spread_2Ets.addMember
local countMembers = ____spread_2Ets.countMembers
--- Who tried to log in from where, and how it ended. Only attempts for users that have never succeeded from that address count, so that
-- regulars never look like an attack.
local TAKEOVER_S = 3600
--- A retry that comes sooner than that is a program's, and one that comes later than that is a new try.
local RETRY_FROM_S = 2
local RETRY_UNTIL_S = 900
--- Whoever mistyped has tried again by then.
local SETTLED_S = 20
--- What an address is given credit for that had successes before its first failure: they were not counted then.
local TRUSTED_SUCCESSES = 5
local function pairOf(source, login)
    return source.key .. login.user
end
--- Somebody's success at one path says nothing about another one: not every path asks for a password.
local function trustOf(source, login)
    return (source.key .. " ") .. login.proof
end
--- Whether the user has logged in from this address before: with Kong's word for it anywhere, else at this very path.
____exports.isKnownUser = function(source, login)
    if login.user == "" then
        return false
    end
    local pair = pairOf(source, login)
    return isKnown(pair .. login.proof) or isKnown(pair)
end
local function load(instance, source)
    local ____instance_config_login_0 = instance.config.login
    local window_s = ____instance_config_login_0.window_s
    local slow_window_s = ____instance_config_login_0.slow_window_s
    return loadRecord(source.key, window_s, slow_window_s)
end
local function save(instance, source)
    local ____instance_config_login_1 = instance.config.login
    local window_s = ____instance_config_login_1.window_s
    local slow_window_s = ____instance_config_login_1.slow_window_s
    saveRecord(
        source.key,
        2 * math.max(window_s, slow_window_s)
    )
end
local function isReturning(slot, record)
    if slot < 0 then
        return false
    end
    if record.state[slot] == FAILED or record.state[slot] == EXPLAINED then
        return true
    end
    local age = ageOf(slot)
    return record.state[slot] == ASKED and age >= RETRY_FROM_S and age <= RETRY_UNTIL_S
end
--- An unknown user's attempt begins. A Basic credential may not even be looked at where it is sent, so it counts only when it fails.
____exports.addAttempt = function(instance, source, login)
    local record = load(instance, source)
    local user = tagOf(login.user)
    local slot = findSlot(user)
    local own = slot >= 0 and record.state[slot] == FAILED and 1 or 0
    local standing = {
        pending = 0,
        failures = record.failures,
        successes = record.successes,
        failed = math.max(0, record.failed - own),
        settled = countSettled(user, SETTLED_S),
        succeeded = record.succeeded,
        isReturning = isReturning(slot, record),
        isTrusted = isKnown(trustOf(source, login))
    }
    if login.kind == "path" and slot < 0 then
        noteTry(user)
        save(instance, source)
    end
    standing.pending = math.max(0, record.tried - record.successes)
    return standing
end
--- True once a window for each address: for what has to be told only once.
____exports.isFirstSight = function(instance, source)
    local record = load(instance, source)
    if record.told == 1 then
        return false
    end
    record.told = 1
    save(instance, source)
    return true
end
--- A stranger is asked to come again: that he does will be remembered.
____exports.askAgain = function(instance, source, login)
    local record = load(instance, source)
    local user = tagOf(login.user)
    local slot = findSlot(user)
    if slot < 0 then
        takeSlot(user, ASKED)
    elseif record.state[slot] ~= ASKED or ageOf(slot) > RETRY_UNTIL_S then
        setState(slot, ASKED)
    end
    save(instance, source)
end
--- An unknown user's attempt failed. Where regulars fail just so (`isExplained`), it is not held against the address.
____exports.addFailure = function(instance, source, login, isExplained)
    local record = load(instance, source)
    local before = record.failed
    local ____isExplained_2
    if isExplained then
        ____isExplained_2 = noteExplained(tagOf(login.user))
    else
        ____isExplained_2 = noteFailure(tagOf(login.user))
    end
    local isNew = ____isExplained_2
    record.realm = tagOf(login.realm)
    if isNew and before == 0 and record.succeeded == 0 and isKnown(trustOf(source, login)) then
        record.succeeded = TRUSTED_SUCCESSES
    end
    local hasSuccess = record.succeeded > 0
    save(instance, source)
    if login.user ~= "" and isNew and not isExplained then
        addMember("a", instance.config.login.window_s, login.user, source.key)
        addMember("t", TAKEOVER_S, login.user, source.key)
    end
    return {isNew = isNew, isFirst = isNew and before == 0, isSecond = isNew and before == 1 and not hasSuccess}
end
--- An unknown user's attempt succeeded: whether failures of the user here are explained by that. `isProved` by Kong itself.
____exports.addSuccess = function(instance, source, login, isProved)
    local pair = pairOf(source, login)
    if login.user ~= "" then
        addKnown(isProved and pair or pair .. login.proof)
    end
    if login.kind == "basic" and not isProved then
        return false
    end
    addKnown(trustOf(source, login))
    local record = load(instance, source)
    if record.failed > 0 and record.realm ~= tagOf(login.realm) then
        return false
    end
    local wasFailed = noteSuccess(tagOf(login.user))
    if record.failed == 0 then
        dropRecord(source.key)
    else
        save(instance, source)
    end
    return wasFailed
end
--- Distinct addresses from which logins of this user failed in the window.
____exports.countAddresses = function(instance, user) return user == "" and 0 or countMembers("a", instance.config.login.window_s, user) end
--- The same over the last one to two hours.
____exports.countLongAddresses = function(user) return user == "" and 0 or countMembers("t", TAKEOVER_S, user) end
--- How an address stands without an attempt being counted.
____exports.readStanding = function(instance, source, login)
    local record = load(instance, source)
    local slot = findSlot(tagOf(login.user))
    local own = slot >= 0 and record.state[slot] == FAILED and 1 or 0
    return {
        failed = math.max(0, record.failed - own),
        succeeded = record.succeeded
    }
end
return ____exports
