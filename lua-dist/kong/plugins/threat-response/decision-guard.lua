local ____exports = {}
local ffi = require("ffi")
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local matchNumber = ____cidr_2Ets.matchNumber
local ____decision_2Dfeed_2Ets = require("kong.plugins.threat-response.contract.decision-feed")
local WIDEST_IPV4 = ____decision_2Dfeed_2Ets.WIDEST_IPV4
local WIDEST_IPV6 = ____decision_2Dfeed_2Ets.WIDEST_IPV6
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local agree = ____decision_2Dkey_2Ets.agree
local CREDENTIAL = ____decision_2Dkey_2Ets.CREDENTIAL
local IPV6 = ____decision_2Dkey_2Ets.IPV6
local setRange = ____decision_2Dkey_2Ets.setRange
local TAG = ____decision_2Dkey_2Ets.TAG
local toUnsigned = ____decision_2Dkey_2Ets.toUnsigned
--- Numbers of one key.
local KEY_SIZE = 5
function ____exports.compileGuard(spared)
    local count = #spared.ranges
    local keys = ffi.new("int32_t[?]", count * KEY_SIZE)
    local place = 0
    for ____, range in ipairs(spared.ranges) do
        setRange(keys + place * KEY_SIZE, range)
        place = place + 1
    end
    return {spared = spared, keys = keys, count = count}
end
local function overlapsAny(guard, key)
    local isIpv6 = key[TAG] >= IPV6
    for place = 0, guard.count - 1 do
        local other = place * KEY_SIZE
        local tag = guard.keys[other + TAG]
        if tag >= IPV6 == isIpv6 and agree(
            guard.keys + other,
            key,
            math.min(tag, key[TAG]) % IPV6
        ) then
            return true
        end
    end
    return false
end
--- What is wrong with a decision about this address or range; whoever is behind a name is judged when a request is his.
function ____exports.objectTo(guard, key)
    local tag = key[TAG]
    if tag >= CREDENTIAL then
        return nil
    end
    if tag < (tag < IPV6 and WIDEST_IPV4 or IPV6 + WIDEST_IPV6) then
        return "wider than decisions may be"
    end
    local ____temp_0
    if tag == 32 then
        ____temp_0 = matchNumber(
            guard.spared,
            toUnsigned(key[0])
        )
    else
        ____temp_0 = overlapsAny(guard, key)
    end
    local isSpared = ____temp_0
    return isSpared and "covers loopback, a trusted proxy or an allow-list entry" or nil
end
return ____exports
