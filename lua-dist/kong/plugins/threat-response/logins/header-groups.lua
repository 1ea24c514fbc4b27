local ____exports = {}
local ffi = require("ffi")
local ____stable_2Dhash_2Ets = require("kong.plugins.threat-response.stable-hash")
local hashText = ____stable_2Dhash_2Ets.hashText
local GROUPS = 256
local KEPT_A_SECOND = 0.98
local MIN_FAILURES = 20
local BAD_SHARE = 0.85
--- Once bad, a group stays so until it is nearly forgotten: then a few pass, and show whether it still is.
local FORGOTTEN = 4
local GOOD_SHARE = 0.6
____exports.createGroups = function() return {
    failures = ffi.new("float[256]"),
    successes = ffi.new("float[256]"),
    isBad = ffi.new("uint8_t[256]")
} end
--- The group of a request; the same for the same client software with the same settings.
____exports.groupOf = function(facts)
    local variables = ngx.var
    local settings = ((variables.http_accept_language or "") .. "|") .. (variables.http_accept or "")
    local abilities = ((variables.http_accept_encoding or "") .. "|") .. (variables.http_sec_ch_ua or "")
    local word = hashText(((((facts.userAgent or "") .. "|") .. settings) .. "|") .. abilities)
    return bit.band(word, GROUPS - 1)
end
local function judge(groups, group)
    local failures = groups.failures[group]
    local share = failures / (failures + groups.successes[group])
    if failures >= MIN_FAILURES and share >= BAD_SHARE then
        groups.isBad[group] = 1
    elseif failures < FORGOTTEN or share < GOOD_SHARE then
        groups.isBad[group] = 0
    end
end
____exports.addToGroup = function(groups, group, isFailure)
    local counts = isFailure and groups.failures or groups.successes
    counts[group] = counts[group] + 1
    judge(groups, group)
end
____exports.isBadGroup = function(groups, group) return groups.isBad[group] == 1 end
--- Once a second.
____exports.fadeGroups = function(groups)
    for group = 0, GROUPS - 1 do
        do
            if groups.failures[group] == 0 and groups.successes[group] == 0 then
                goto __continue10
            end
            groups.failures[group] = groups.failures[group] * KEPT_A_SECOND
            groups.successes[group] = groups.successes[group] * KEPT_A_SECOND
            if groups.isBad[group] == 1 then
                judge(groups, group)
            end
        end
        ::__continue10::
    end
end
return ____exports
