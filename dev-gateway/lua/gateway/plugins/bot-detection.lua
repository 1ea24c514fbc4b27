local BotDetection = { PRIORITY = 2500, VERSION = "3.10.0" }

--- The stand-in knows the general shape of a crawler's name only, not Kong's list.
local BOTS = [[\b\w*(?:bot|spider|crawler|scraper)\b[/ ]\d]]

local function matches_any(agent, expressions)
  for _, expression in ipairs(expressions or {}) do
    if ngx.re.find(agent, expression, "jo") then
      return true
    end
  end
  return false
end

function BotDetection:access(config)
  local agent = ngx.req.get_headers()["user-agent"]
  if type(agent) == "table" then
    return kong.response.error(400, "Only one User-Agent header allowed")
  end
  if not agent or matches_any(agent, config.allow) then
    return
  end
  if matches_any(agent, config.deny) or ngx.re.find(agent, BOTS, "ijo") then
    return kong.response.error(403)
  end
end

return BotDetection
