local credentials = require "gateway.credentials"
local state = require "gateway.state"

local BasicAuth = { PRIORITY = 1100, VERSION = "3.10.0" }

local function hex(binary)
  return (binary:gsub(".", function(letter)
    return string.format("%02x", letter:byte())
  end))
end

local function parse(header)
  local encoded = header and header:match("^%s*[Bb]asic%s*(.+)")
  local decoded = encoded and ngx.decode_base64(encoded)
  if not decoded then
    return nil
  end
  return decoded:match("^([^:]+):(.*)$")
end

local function find_credential(header)
  local username, password = parse(header)
  local credential = username and state.current.passwords[username]
  if credential and credential.password == hex(ngx.sha1_bin(password .. credential.consumer.id)) then
    return credential
  end
end

function BasicAuth:access(config)
  if credentials.already_done(config) then
    return
  end
  local challenge = { ["WWW-Authenticate"] = 'Basic realm="' .. config.realm .. '"' }
  local credential = find_credential(ngx.var.http_proxy_authorization) or find_credential(ngx.var.http_authorization)
  if config.hide_credentials then
    kong.service.request.clear_header("Authorization")
    kong.service.request.clear_header("Proxy-Authorization")
  end
  if not credential then
    return credentials.refuse(config, 401, "Unauthorized", challenge)
  end
  credentials.authenticate(credentials.consumer_of(credential), credential, credential.username)
end

return BasicAuth
