local RequestTermination = { PRIORITY = 2, VERSION = "3.10.0" }

local DEFAULT_MESSAGES = {
  [401] = "Unauthorized",
  [404] = "Not found",
  [405] = "Method not allowed",
  [500] = "An unexpected error occurred",
  [502] = "Bad Gateway",
  [503] = "Service unavailable",
}

local function is_triggered(config)
  return not config.trigger or ngx.req.get_headers()[config.trigger] or ngx.req.get_uri_args()[config.trigger]
end

function RequestTermination:access(config)
  if not is_triggered(config) then
    return
  end
  if config.body then
    return kong.response.exit(config.status_code, config.body, { ["Content-Type"] = config.content_type })
  end
  local message = config.message or DEFAULT_MESSAGES[config.status_code]
  return kong.response.exit(config.status_code, message and { message = message } or nil)
end

return RequestTermination
