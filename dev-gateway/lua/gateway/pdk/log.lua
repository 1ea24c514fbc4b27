-- kong.log
local ipairs, setmetatable, tostring, type = ipairs, setmetatable, tostring, type

local M = {}

local LEVELS = {
  debug = ngx.DEBUG,
  info = ngx.INFO,
  notice = ngx.NOTICE,
  warn = ngx.WARN,
  err = ngx.ERR,
  crit = ngx.CRIT,
  alert = ngx.ALERT,
  emerg = ngx.EMERG,
}

for name, level in pairs(LEVELS) do
  M[name] = function(...)
    ngx.log(level, "[kong] ", ...)
  end
end

function M.inspect(...)
  for _, value in ipairs({ ... }) do
    ngx.log(ngx.NOTICE, "[kong] ", tostring(value))
  end
end

--- Kept for `serialize`; a dotted name sets a nested field. `mode` is "set", "add" (only when absent) or "replace".
function M.set_serialize_value(key, value, options)
  local ctx = ngx.ctx
  ctx.gateway_log_values = ctx.gateway_log_values or {}
  table.insert(ctx.gateway_log_values, { key = key, value = value, mode = options and options.mode or "set" })
end

local function set_path(target, key, value, mode)
  local names = {}
  for name in key:gmatch("[^.]+") do
    names[#names + 1] = name
  end
  for i = 1, #names - 1 do
    if type(target[names[i]]) ~= "table" then
      target[names[i]] = {}
    end
    target = target[names[i]]
  end
  local present = target[names[#names]] ~= nil
  if mode == "set" or (mode == "add" and not present) or (mode == "replace" and present) then
    target[names[#names]] = value
  end
end

--- Kong takes a table only once in one value, and no functions.
local function is_plain(value, visited)
  local kind = type(value)
  if kind ~= "table" then
    return kind == "nil" or kind == "number" or kind == "string" or kind == "boolean" or value == ngx.null
  end
  if visited[value] then
    return false
  end
  visited[value] = true
  for _, member in pairs(value) do
    if not is_plain(member, visited) then
      return false
    end
  end
  return true
end

local function without_secrets(headers)
  for _, name in ipairs({ "authorization", "proxy-authorization" }) do
    if headers[name] then
      headers[name] = "REDACTED"
    end
  end
  return headers
end

function M.serialize()
  local ctx, var = ngx.ctx, ngx.var
  local record = {
    client_ip = var.remote_addr,
    started_at = ngx.req.start_time() * 1000,
    request = { id = var.kong_request_id, method = ngx.req.get_method(), uri = var.request_uri, headers = without_secrets(ngx.req.get_headers()) },
    response = { status = ngx.status, headers = ngx.resp.get_headers() },
    source = ctx.gateway_proxied and not ctx.gateway_exited and not ctx.gateway_failed and "upstream" or "kong",
    route = ctx.route,
    service = ctx.service,
    consumer = ctx.authenticated_consumer,
  }
  for _, entry in ipairs(ctx.gateway_log_values or {}) do
    if not is_plain(entry.value, {}) then
      error("value must be nil, a number, string, boolean or a table of these that names no table twice", 2)
    end
    set_path(record, entry.key, entry.value, entry.mode)
  end
  return record
end

return setmetatable(M, {
  __call = function(_, ...)
    M.notice(...)
  end,
})
