-- kong.service: the request to the upstream and its response.
local req, pairs = ngx.req, pairs

local request = {}
local response = {}

function request.set_header(name, value)
  req.set_header(name, value)
end

function request.set_headers(headers)
  for name, value in pairs(headers) do
    req.set_header(name, value)
  end
end

function request.add_header(name, value)
  local present = req.get_headers(0)[name]
  if present == nil then
    return req.set_header(name, value)
  end
  local all = type(present) == "table" and present or { present }
  all[#all + 1] = value
  req.set_header(name, all)
end

function request.clear_header(name)
  req.clear_header(name)
end

function request.set_method(method)
  req.set_method(ngx["HTTP_" .. method])
end

function request.set_raw_query(query)
  req.set_uri_args(query)
end

function request.set_query(arguments)
  req.set_uri_args(arguments)
end

function request.set_raw_body(body)
  req.read_body()
  req.set_body_data(body)
end

function request.clear_query_arg(name)
  local arguments = req.get_uri_args(0)
  arguments[name] = nil
  req.set_uri_args(arguments)
end

--- The upstream's status, or nil when no upstream answered.
function response.get_status()
  local ctx = ngx.ctx
  return ctx.gateway_proxied and not ctx.gateway_failed and ngx.status or nil
end

function response.get_header(name)
  return ngx.header[name]
end

function response.get_headers(max)
  return ngx.resp.get_headers(max)
end

return { request = request, response = response }
