local RequestSizeLimiting = { PRIORITY = 951, VERSION = "3.10.0" }

local UNITS = { bytes = 1, kilobytes = 1024, megabytes = 1048576 }

local function body_size()
  local body = kong.request.get_raw_body(0)
  return body and #body or 0
end

function RequestSizeLimiting:access(config)
  local stated = tonumber(ngx.var.http_content_length)
  if not stated and config.require_content_length and ngx.var.http_transfer_encoding ~= "chunked" then
    return kong.response.error(411, "A valid Content-Length header is required")
  end
  if (stated or body_size()) > config.allowed_payload_size * UNITS[config.size_unit] then
    local waits = (ngx.var.http_expect or ""):lower() == "100-continue"
    return kong.response.error(waits and 417 or 413, "Request size limit exceeded")
  end
end

return RequestSizeLimiting
