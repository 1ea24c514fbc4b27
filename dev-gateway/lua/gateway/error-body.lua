-- Bodies of answers the gateway makes itself, in the type that the client asked for.
local lower, format = string.lower, string.format

local M = {}

local JSON = "application/json; charset=utf-8"
local HTML = "text/html; charset=utf-8"
local XML = "application/xml; charset=utf-8"
local PLAIN = "text/plain; charset=utf-8"

local TEMPLATES = {
  [JSON] = '{\n  "message":"%s",\n  "request_id":"%s"\n}',
  [HTML] = "<!doctype html>\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    <title>Error</title>\n  </head>\n"
    .. "  <body>\n    <h1>Error</h1>\n    <p>%s.</p>\n    <p>request_id: %s</p>\n  </body>\n</html>\n",
  [XML] = '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>%s</message>\n  <requestid>%s</requestid>\n</error>',
  [PLAIN] = "%s\nrequest_id: %s\n",
}

local TYPES = {
  ["application/json"] = JSON,
  ["application/*"] = JSON,
  ["text/html"] = HTML,
  ["text/*"] = PLAIN,
  ["application/xml"] = XML,
  ["text/xml"] = XML,
  ["text/plain"] = PLAIN,
}

--- What nginx itself answers, by status.
local DEFAULT_MESSAGES = {
  [400] = "Bad request",
  [401] = "Unauthorized",
  [403] = "Forbidden",
  [404] = "Not found",
  [405] = "Method not allowed",
  [408] = "Request timeout",
  [411] = "Length required",
  [412] = "Precondition failed",
  [413] = "Payload too large",
  [414] = "URI too long",
  [417] = "Expectation failed",
  [500] = "An unexpected error occurred",
  [502] = "An invalid response was received from the upstream server",
  [503] = "The upstream server is currently unavailable",
  [504] = "The upstream server is timing out",
}

--- Statuses for which nginx's own page is replaced; for others it stays.
M.REPLACED = {}
for _, status in ipairs({ 400, 404, 405, 408, 411, 412, 413, 414, 417, 494, 500, 502, 503, 504 }) do
  M.REPLACED[status] = true
end

--- The type with the highest quality that there is a template for; JSON else.
function M.negotiate(accept)
  local best, best_quality = JSON, 0
  if not accept or accept == "*/*" then
    return best
  end
  for part in accept:gmatch("[^,]+") do
    local media = lower(part:match("^%s*([^;%s]+)") or "")
    local quality = tonumber(part:match(";%s*q=([%d.]+)")) or 1
    if quality > best_quality then
      best, best_quality = TYPES[media] or best, quality
    end
  end
  return best
end

function M.default_message(status)
  return DEFAULT_MESSAGES[status] or format("The upstream server responded with %d", status)
end

function M.render(content_type, message, request_id)
  local template = TEMPLATES[content_type] or TEMPLATES[JSON]
  return format(template, message, request_id)
end

--- Type and body for a status, in the form the request's Accept header asks for.
function M.for_request(status, message)
  local content_type = M.negotiate(ngx.var.http_accept)
  return content_type, M.render(content_type, message or M.default_message(status), ngx.var.kong_request_id or "")
end

--- The same for what nginx itself answers: plain text unless the client says something about types.
function M.for_nginx(status)
  local wanted = ngx.var.http_accept or ngx.var.http_content_type
  local content_type = wanted and M.negotiate(wanted) or PLAIN
  return content_type, M.render(content_type, M.default_message(status), ngx.var.kong_request_id or "")
end

return M
