local ____exports = {}
local ____address_2Drecord_2Ets = require("kong.plugins.threat-response.logins.address-record")
local loadRecord = ____address_2Drecord_2Ets.loadRecord
local noteExplained = ____address_2Drecord_2Ets.noteExplained
local noteFailure = ____address_2Drecord_2Ets.noteFailure
local noteSuccess = ____address_2Drecord_2Ets.noteSuccess
local noteTry = ____address_2Drecord_2Ets.noteTry
local saveRecord = ____address_2Drecord_2Ets.saveRecord
local tagOf = ____address_2Drecord_2Ets.tagOf
--- Whoever has a /48 of IPv6 has 65,536 networks of 64 bits, an address of his own for each attempt. So strangers' logins count for the /48 as well:
-- when far more of its users fail than ever succeed, strangers from there have to wait. Carriers have such networks too, but their customers
-- succeed for the most part.
local LENGTH = 16
local PREFIX = 6
--- Over hours, failures have to outnumber successes by this.
local SLOW_FACTOR = 3
local ____string_0 = string
local sub = ____string_0.sub
local function networkOf(____bindingPattern0)
    local binary
    binary = ____bindingPattern0.binary
    return #binary == LENGTH and sub(binary, 1, PREFIX) or nil
end
local function load(instance, key)
    return loadRecord(key, instance.config.login.window_s, instance.config.login.slow_window_s)
end
local function save(instance, key)
    return saveRecord(
        key,
        2 * math.max(instance.config.login.window_s, instance.config.login.slow_window_s)
    )
end
--- A stranger's attempt begins; whether too many of his network have failed.
____exports.isBadNetwork = function(instance, source, login)
    local key = networkOf(source)
    if key == nil or login.kind ~= "path" then
        return false
    end
    local record = load(instance, key)
    noteTry(tagOf(login.user))
    save(instance, key)
    local ____instance_config_login_1 = instance.config.login
    local max_users_per_ip = ____instance_config_login_1.max_users_per_ip
    local pending = record.tried - record.successes
    if pending > max_users_per_ip and pending >= record.successes and record.failures > 0 then
        return true
    end
    return record.failed >= max_users_per_ip and record.failed >= SLOW_FACTOR * record.succeeded
end
--- How a stranger's attempt ended.
____exports.noteInNetwork = function(instance, source, login, result)
    local key = networkOf(source)
    if key == nil then
        return
    end
    load(instance, key)
    if result == "failed" then
        noteFailure(tagOf(login.user))
    elseif result == "explained" then
        noteExplained(tagOf(login.user))
    else
        noteSuccess(tagOf(login.user))
    end
    save(instance, key)
end
return ____exports
