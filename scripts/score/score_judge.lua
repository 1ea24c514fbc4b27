-- What the plugin says about one request at shipped thresholds.
local scan = require("kong.plugins.threat-response.payload.scan-request").scanRequest

local FLAG, BLOCK = 40, 70

local function lower_names(headers)
  local lowered = {}
  for name, value in pairs(headers) do lowered[name:lower()] = value end
  return lowered
end

return function(request)
  local headers = lower_names(request.headers)
  local finding = scan({
    path = request.path,
    query = request.query,
    body = request.body,
    contentType = headers["content-type"],
    cookie = headers.cookie,
    userAgent = headers["user-agent"],
    referer = headers.referer,
    headers = headers,
  })
  if not finding then return { score = 0, verdict = "allow", reasons = {} } end
  return {
    score = finding.score,
    verdict = finding.score >= BLOCK and "block" or finding.score >= FLAG and "flag" or "allow",
    category = finding.class and "payload_injection" or "abuse",
    class = finding.class,
    reasons = { finding.reason },
    window = finding.window,
  }
end
