-- kong.client
local ip = require "gateway.pdk.ip"

local var = ngx.var
local M = {}

--- The peer of the connection, whoever it says it forwards for.
function M.get_ip()
  return var.realip_remote_addr or var.remote_addr
end

--- The client as told by X-Forwarded-For from trusted proxies.
function M.get_forwarded_ip()
  return var.remote_addr
end

function M.get_port()
  return tonumber(var.realip_remote_port or var.remote_port)
end

function M.get_forwarded_port()
  return tonumber(var.remote_port)
end

function M.get_protocol()
  return ip.is_trusted(var.realip_remote_addr) and var.http_x_forwarded_proto or var.scheme
end

function M.get_consumer()
  return ngx.ctx.authenticated_consumer
end

function M.get_credential()
  return ngx.ctx.authenticated_credential
end

function M.authenticate(consumer, credential)
  local ctx = ngx.ctx
  ctx.authenticated_consumer = consumer
  ctx.authenticated_credential = credential
end

return M
