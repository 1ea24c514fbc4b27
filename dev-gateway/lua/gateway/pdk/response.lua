-- kong.response
local cjson = require "cjson.safe"
local error_body = require "gateway.error-body"

local type, pairs, error, lower, yield = type, pairs, error, string.lower, coroutine.yield
local M = {}

local function check_phase(ctx)
  local phase = ctx.gateway_phase
  if phase ~= "access" and phase ~= "rewrite" then
    error("function cannot be called in " .. (phase or "this") .. " phase (only in: rewrite, access)", 3)
  end
end

local function send_headers(headers)
  local has_type, has_length = false, false
  for name, value in pairs(headers or {}) do
    local key = lower(name)
    has_type = has_type or key == "content-type"
    has_length = has_length or key == "content-length"
    if key ~= "transfer-encoding" then
      ngx.header[name] = value
    end
  end
  return has_type, has_length
end

--- Writes the answer and ends the request; without a body nginx writes its own page for errors. `ngx.exit` yields to nginx, so that no pcall of the caller can swallow it.
local function send(status, body, headers)
  ngx.status = status
  local has_type, has_length = send_headers(headers)
  if type(body) == "table" then
    body = cjson.encode(body)
    if not has_type then
      ngx.header["Content-Type"] = "application/json; charset=utf-8"
    end
  end
  if not has_length then
    ngx.header["Content-Length"] = body and #body or 0
  end
  if body then
    ngx.ctx.gateway_has_body = true
    ngx.print(body)
  end
  return ngx.exit(status)
end

function M.flush(ctx)
  local answer = ctx.delayed_response
  return send(answer.status, answer.body, answer.headers)
end

--- In `access` each plugin runs in a coroutine: yielding leaves the plugin for good, whatever pcall it is in.
local function finish(ctx, status, body, headers)
  ctx.gateway_exited = true
  if ctx.delay_response and not ctx.delayed_response then
    ctx.delayed_response = { status = status, body = body, headers = headers }
    yield()
    return
  end
  return send(status, body, headers)
end

function M.exit(status, body, headers)
  local ctx = ngx.ctx
  check_phase(ctx)
  if type(status) ~= "number" or status < 100 or status > 599 then
    error("code must be a number between 100 and 599", 2)
  end
  if body ~= nil and type(body) ~= "string" and type(body) ~= "table" then
    error("body must be a nil, string or table", 2)
  end
  return finish(ctx, status, body, headers)
end

function M.error(status, message, headers)
  local ctx = ngx.ctx
  check_phase(ctx)
  if type(status) ~= "number" or status < 400 or status > 599 then
    error("code must be a number between 400 and 599", 2)
  end
  local content_type, body = error_body.for_request(status, message)
  headers = headers or {}
  headers["Content-Type"] = headers["Content-Type"] or content_type
  return finish(ctx, status, body, headers)
end

--- "exit": a plugin or the router answered; "error": Lua or nginx failed; "service": the upstream answered.
function M.get_source()
  local ctx = ngx.ctx
  if ctx.gateway_failed then
    return "error"
  end
  if ctx.gateway_exited then
    return "exit"
  end
  return ctx.gateway_proxied and "service" or "error"
end

function M.get_status()
  return ngx.status
end

function M.get_header(name)
  local value = ngx.header[name]
  return type(value) == "table" and value[1] or value
end

function M.get_headers(max)
  return ngx.resp.get_headers(max)
end

function M.set_status(status)
  ngx.status = status
end

function M.set_header(name, value)
  ngx.header[name] = value
end

function M.set_headers(headers)
  for name, value in pairs(headers) do
    ngx.header[name] = value
  end
end

function M.add_header(name, value)
  local present = ngx.header[name]
  if present == nil then
    ngx.header[name] = value
  elseif type(present) == "table" then
    present[#present + 1] = value
    ngx.header[name] = present
  else
    ngx.header[name] = { present, value }
  end
end

function M.clear_header(name)
  ngx.header[name] = nil
end

return M
