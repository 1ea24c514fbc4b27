local ip = require "gateway.pdk.ip"

local IpRestriction = { PRIORITY = 990, VERSION = "3.10.0" }
local compiled = setmetatable({}, { __mode = "k" })

local function ranges_of(list)
  if not list or #list == 0 then
    return nil
  end
  local ranges = compiled[list]
  if not ranges then
    ranges = ip.compile(list)
    compiled[list] = ranges
  end
  return ranges
end

function IpRestriction:access(config)
  local address = ngx.var.binary_remote_addr
  local deny, allow = ranges_of(config.deny), ranges_of(config.allow)
  if (deny and ip.contains(deny, address)) or (allow and not ip.contains(allow, address)) then
    local message = config.message or "IP address not allowed: " .. ngx.var.remote_addr
    return kong.response.error(config.status or 403, message)
  end
end

return IpRestriction
