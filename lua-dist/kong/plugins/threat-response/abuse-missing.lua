local ____exports = {}
local ffi = require("ffi")
local ____bits_2Ets = require("kong.plugins.threat-response.bits")
local countBits = ____bits_2Ets.countBits
local ____counters_2Ets = require("kong.plugins.threat-response.counters")
local counters = ____counters_2Ets.counters
local ____distinct_2Ets = require("kong.plugins.threat-response.distinct")
local hashText = ____distinct_2Ets.hashText
local ____evidence_2Ets = require("kong.plugins.threat-response.evidence")
local goodFor = ____evidence_2Ets.goodFor
--- Distinct missing paths of each client. A path that several well-known addresses miss is a broken link, not a probe, and counts for nobody;
-- one that the site itself has led to (by its Referer) counts a quarter.
local SLOTS = 4096
local BROKEN_FROM = 3
local FORGET_S = 3600
local REFERRED = 0.25
local ____string_0 = string
local find = ____string_0.find
local sub = ____string_0.sub
--- By path: whose bits are set are well-known addresses that missed it. A path pushes out another one of the same slot.
local tags = ffi.new("int32_t[4096]")
local missedBy = ffi.new("int32_t[4096]")
local since = 0
local function forget(now)
    if now - since < FORGET_S then
        return
    end
    since = now
    ffi.fill(tags, SLOTS * 4)
end
local function isBrokenLink(path, address)
    local slot = bit.band(path, SLOTS - 1)
    if tags[slot] ~= path then
        tags[slot] = path
        missedBy[slot] = 0
    end
    if goodFor(address) > 0 then
        missedBy[slot] = bit.bor(
            missedBy[slot],
            bit.lshift(
                1,
                bit.band(
                    hashText(address),
                    31
                )
            )
        )
    end
    return countBits(missedBy[slot]) >= BROKEN_FROM
end
--- Whether the referring page is of this very host.
local function isReferred(referer, host)
    if referer == nil or host == nil then
        return false
    end
    local ____, scheme = find(referer, "://", 1, true)
    return scheme ~= nil and sub(referer, scheme + 1, scheme + #host) == host
end
--- How many distinct missing paths the client, at this address, asked for in this window, as far as they count.
____exports.addMissing = function(client, address, path, window, now)
    forget(now)
    local hash = hashText(path)
    if isBrokenLink(hash, address) then
        return 0
    end
    local variables = ngx.var
    local weight = isReferred(variables.http_referer, variables.http_host) and REFERRED or 1
    local isNew = counters:add(
        (("p" .. tostring(hash)) .. ":") .. client,
        true,
        window
    )
    if not isNew then
        return 0
    end
    local sum = counters:incr("q" .. client, weight, 0, window)
    return sum or 0
end
return ____exports
