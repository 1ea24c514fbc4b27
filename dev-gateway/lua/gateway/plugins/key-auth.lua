local credentials = require "gateway.credentials"
local state = require "gateway.state"

local KeyAuth = { PRIORITY = 1250, VERSION = "3.10.0" }

local function present(config, name, body)
  local key = config.key_in_header and ngx.req.get_headers()[name] or nil
  if not key and config.key_in_query then
    key = ngx.req.get_uri_args()[name]
  end
  if not key and body then
    key = body[name]
  end
  return key
end

--- Returns the key and the name it was found under.
local function find_key(config)
  local body = config.key_in_body and (kong.request.get_body() or {}) or nil
  for _, name in ipairs(config.key_names) do
    local key = present(config, name, body)
    if key then
      return key, name
    end
  end
end

local function hide(name)
  kong.service.request.clear_header(name)
  kong.service.request.clear_query_arg(name)
end

function KeyAuth:access(config)
  if not config.run_on_preflight and ngx.req.get_method() == "OPTIONS" or credentials.already_done(config) then
    return
  end
  local challenge = { ["WWW-Authenticate"] = config.realm and 'Key realm="' .. config.realm .. '"' or "Key" }
  local key, name = find_key(config)
  if type(key) == "table" then
    return credentials.refuse(config, 401, "Duplicate API key found", challenge)
  end
  if key and config.hide_credentials then
    hide(name)
  end
  if not key or key == "" or key == true then
    return credentials.refuse(config, 401, "No API key found in request", challenge)
  end
  local credential = state.current.keys[key]
  if not credential then
    return credentials.refuse(config, 401, "Unauthorized", challenge)
  end
  credentials.authenticate(credentials.consumer_of(credential), credential, credential.id)
end

return KeyAuth
