local ____exports = {}
local ____occasional_2Dlog_2Ets = require("kong.plugins.threat-response.occasional-log")
local logOccasionally = ____occasional_2Dlog_2Ets.logOccasionally
local ____string_0 = string
local byte = ____string_0.byte
local REQUESTS = 1000
local left = REQUESTS
local function isPrivate(address)
    local first, second = byte(address, 1, 2)
    if first == nil or second == nil then
        return false
    end
    if #address == 16 then
        return first == 252 or first == 253
    end
    if first == 172 then
        return second >= 16 and second <= 31
    end
    if first == 100 then
        return second >= 64 and second <= 127
    end
    return first == 10 or first == 192 and second == 168
end
--- Whether the address may be one, as long as that is looked at.
____exports.lookForProxy = function(source)
    if left == 0 or source.isExempt or not isPrivate(source.binary) then
        return false
    end
    left = left - 1
    if ngx.var.http_x_forwarded_for ~= nil and ngx.var.realip_remote_addr == source.ip then
        left = 0
        logOccasionally(ngx.WARN, "proxy", (source.ip .. " sends X-Forwarded-For and is none of Kong's trusted_ips: all clients behind it count, and would be blocked, as one. ") .. "Is it your load balancer? Then set KONG_TRUSTED_IPS and KONG_REAL_IP_HEADER=X-Forwarded-For. If clients need not be told apart, put it into config.trusted_proxies")
    end
    return true
end
return ____exports
