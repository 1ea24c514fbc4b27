-- What the authentication plugins share: who a credential belongs to, and what the upstream is told about it.
local state = require "gateway.state"
local service_request = require("gateway.pdk.service").request

local set_header, clear_header = service_request.set_header, service_request.clear_header
local M = {}

local function tell(name, value)
  if value ~= nil then
    set_header(name, value)
  else
    clear_header(name)
  end
end

--- `credential` is nil for the anonymous consumer.
function M.authenticate(consumer, credential, identifier)
  kong.client.authenticate(consumer, credential)
  tell("X-Consumer-ID", consumer.id)
  tell("X-Consumer-Custom-ID", consumer.custom_id)
  tell("X-Consumer-Username", consumer.username)
  tell("X-Credential-Identifier", identifier)
  tell("X-Anonymous-Consumer", not credential and "true" or nil)
end

function M.consumer_of(credential)
  return state.current.consumers[credential.consumer.id]
end

--- An authentication plugin's answer to a request it refuses: the anonymous consumer if there is one, else the error.
function M.refuse(config, status, message, headers)
  if not config.anonymous then
    return kong.response.error(status, message, headers)
  end
  local current = state.current
  local consumer = current.consumers[config.anonymous] or current.consumers_by_name[config.anonymous]
  if not consumer then
    return kong.response.error(500, "anonymous consumer " .. config.anonymous .. " is configured but doesn't exist")
  end
  M.authenticate(consumer)
end

--- With an anonymous consumer several authentication plugins are alternatives: one success is enough.
function M.already_done(config)
  return config.anonymous and kong.client.get_credential() ~= nil
end

return M
