local state = require "gateway.state"

local Acl = { PRIORITY = 950, VERSION = "3.10.0" }

local function any_in(groups, wanted)
  for _, group in ipairs(groups) do
    for _, name in ipairs(wanted) do
      if group == name then
        return true
      end
    end
  end
  return false
end

function Acl:access(config)
  local consumer = kong.client.get_consumer()
  if not consumer then
    return kong.response.error(401)
  end
  local groups = state.current.groups[consumer.id] or {}
  local denying = config.deny and #config.deny > 0
  local listed = any_in(groups, denying and config.deny or config.allow or {})
  if listed == (denying and true or false) then
    return kong.response.error(403, "You cannot consume this service")
  end
  if not config.hide_groups_header then
    kong.service.request.set_header("X-Consumer-Groups", table.concat(groups, ", "))
  end
end

return Acl
