local ____exports = {}
local ____address_2Ets = require("kong.plugins.threat-response.address")
local unmap = ____address_2Ets.unmap
local ____cidr_2Ets = require("kong.plugins.threat-response.cidr")
local matchCidr = ____cidr_2Ets.matchCidr
local LOOPBACK_V6 = string.rep("\0", 15) .. string.char(1)
local ____string_0 = string
local sub = ____string_0.sub
local byte = ____string_0.byte
local function isLocal(address)
    return address == "" or #address == 4 and byte(address, 1) == 127 or address == LOOPBACK_V6
end
____exports.readSource = function(instance)
    local variables = ngx.var
    local binary = unmap(variables.binary_remote_addr or "")
    local proxies = instance.trustedProxies
    return {
        ip = variables.remote_addr or "",
        binary = binary,
        key = #binary == 16 and sub(binary, 1, 8) or binary,
        isExempt = isLocal(binary) or proxies ~= nil and matchCidr(proxies, binary)
    }
end
return ____exports
