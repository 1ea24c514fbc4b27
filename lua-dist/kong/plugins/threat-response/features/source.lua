local ____exports = {}
local ____address_2Ets = require("kong.plugins.threat-response.address")
local unmap = ____address_2Ets.unmap
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local matchCidr = ____cidr_2Ets.matchCidr
local ____unnamed_2Dproxy_2Ets = require("kong.plugins.threat-response.features.unnamed-proxy")
local lookForProxy = ____unnamed_2Dproxy_2Ets.lookForProxy
local LOOPBACK_V6 = string.rep("\0", 15) .. string.char(1)
local ____string_0 = string
local sub = ____string_0.sub
local byte = ____string_0.byte
local function isLocal(address)
    return address == "" or #address == 4 and byte(address, 1) == 127 or address == LOOPBACK_V6
end
local function describe(proxies, address)
    local binary = unmap(address)
    return {
        ip = ngx.var.remote_addr or "",
        binary = binary,
        key = #binary == 16 and sub(binary, 1, 8) or binary,
        isExempt = isLocal(binary) or proxies ~= nil and matchCidr(proxies, binary)
    }
end
--- The last sources, each at a place of its address: most clients come again. Read only.
local PLACES = 256
local known = {}
local addresses = {}
local knownProxies
local function placeOf(address)
    local a, b = byte(address, #address > 4 and 7 or 3, #address > 4 and 8 or 4)
    return a == nil and 0 or (a * 31 + (b or 0)) % PLACES
end
____exports.readSource = function(instance)
    local address = ngx.var.binary_remote_addr or ""
    local proxies = instance.trustedProxies
    if proxies ~= knownProxies then
        known = {}
        knownProxies = proxies
    end
    local place = placeOf(address)
    local last = known[place]
    if last ~= nil and addresses[place] == address then
        return last
    end
    local source = describe(proxies, address)
    if lookForProxy(source) then
        return source
    end
    known[place] = source
    addresses[place] = address
    return source
end
return ____exports
