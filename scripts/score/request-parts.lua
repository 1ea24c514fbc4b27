-- What the detectors look at, of a request in the corpora's format.
local defaults = require("score.defaults")

local function lower_names(headers)
  local lowered = {}
  for name, value in pairs(headers) do lowered[name:lower()] = value end
  return lowered
end

local function text(value)
  if type(value) == "table" then return table.concat(value, "; ") end
  return value
end

return function(request)
  local headers = lower_names(request.headers)
  return {
    method = request.method or "GET",
    path = request.path,
    query = request.query,
    body = request.body and request.body:sub(1, defaults.payload.max_body_bytes),
    contentType = text(headers["content-type"]),
    cookie = text(headers.cookie),
    userAgent = text(headers["user-agent"]),
    referer = text(headers.referer),
    headers = headers,
  }
end
