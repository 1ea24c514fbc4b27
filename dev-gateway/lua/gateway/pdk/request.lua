-- kong.request
local cjson = require "cjson.safe"
local uri = require "gateway.uri"
local ip = require "gateway.pdk.ip"

local var, req, type, tonumber, lower, gsub = ngx.var, ngx.req, type, tonumber, string.lower, string.gsub
local M = {}

local variable_names = {}

local function header_variable(name)
  local variable = variable_names[name]
  if not variable then
    variable = "http_" .. gsub(lower(name), "-", "_")
    variable_names[name] = variable
  end
  return variable
end

local function forwarded(name)
  return ip.is_trusted(var.realip_remote_addr) and var[name] or nil
end

function M.get_scheme()
  return var.scheme
end

function M.get_host()
  return var.host
end

function M.get_port()
  return tonumber(var.server_port)
end

function M.get_forwarded_scheme()
  return lower(forwarded("http_x_forwarded_proto") or var.scheme)
end

function M.get_forwarded_host()
  return lower(forwarded("http_x_forwarded_host") or var.host)
end

function M.get_forwarded_port()
  return tonumber(forwarded("http_x_forwarded_port") or var.server_port)
end

function M.get_forwarded_path()
  return forwarded("http_x_forwarded_path") or M.get_path()
end

function M.get_forwarded_prefix()
  return forwarded("http_x_forwarded_prefix") or nil
end

function M.get_http_version()
  return req.http_version()
end

function M.get_method()
  return req.get_method()
end

function M.get_raw_path()
  return uri.without_query(var.request_uri or "")
end

function M.get_path()
  return uri.normalize(M.get_raw_path())
end

function M.get_path_with_query()
  return var.request_uri or ""
end

function M.get_raw_query()
  return var.args or ""
end

function M.get_query(max)
  return req.get_uri_args(max)
end

function M.get_query_arg(name)
  local value = req.get_uri_args()[name]
  return type(value) == "table" and value[1] or value
end

--- nginx joins repeated headers in its variables for some names only; Kong gives the first.
function M.get_header(name)
  if type(name) ~= "string" then
    error("header name must be a string", 2)
  end
  return var[header_variable(name)]
end

function M.get_headers(max)
  return req.get_headers(max)
end

function M.get_start_time()
  return req.start_time() * 1000
end

local function read_file(path, max)
  local file, err = io.open(path, "rb")
  if not file then
    return nil, "failed to open cached request body '" .. path .. "': " .. err
  end
  local size = file:seek("end") or 0
  if max > 0 and size > max then
    file:close()
    return nil, ("request body file too big: %d > %d"):format(size, max)
  end
  file:seek("set")
  local body = file:read("*a")
  file:close()
  return body
end

--- What fits the buffer; what nginx wrote to a file only when `max_file_size` allows it (0: any size).
function M.get_raw_body(max_file_size)
  local phase = ngx.ctx.gateway_phase
  if phase ~= "access" and phase ~= "rewrite" then
    error("function cannot be called in " .. (phase or "this") .. " phase (only in: rewrite, access)", 2)
  end
  req.read_body()
  local body = req.get_body_data()
  if body then
    return body
  end
  local path = req.get_body_file()
  if not path then
    return ""
  end
  if not max_file_size or max_file_size < 0 then
    return nil, "request body did not fit into client body buffer, consider raising 'client_body_buffer_size'"
  end
  return read_file(path, max_file_size)
end

function M.get_body(content_type, max_args, max_file_size)
  content_type = content_type or var.http_content_type
  if not content_type then
    return nil, "missing content type"
  end
  local media = lower(content_type:match("^[^;]*"))
  if media == "application/x-www-form-urlencoded" then
    req.read_body()
    local arguments, err = req.get_post_args(max_args or 100)
    return arguments or nil, err, media
  end
  if media == "application/json" then
    local body, err = M.get_raw_body(max_file_size)
    local decoded = body and cjson.decode(body)
    if type(decoded) ~= "table" then
      return nil, err or "invalid json body", media
    end
    return decoded, nil, media
  end
  return nil, "unsupported content type '" .. content_type .. "'", media
end

return M
