-- What the plugin says about one request by itself: payload and known bad things, and the verdict at shipped thresholds.
local detect = require("kong.plugins.threat-response.detectors.payload-injection").detectPayload
local detect_known = require("kong.plugins.threat-response.detectors.known-bad").detectKnown
local rule = require("kong.plugins.threat-response.verdict").ruleFinding
local defaults = require("score.defaults")

local THRESHOLDS = defaults.thresholds

local function lower_names(headers)
  local lowered = {}
  for name, value in pairs(headers) do lowered[name:lower()] = value end
  return lowered
end

local function text(value)
  if type(value) == "table" then return table.concat(value, "; ") end
  return value
end

local function stronger(a, b)
  if not a or not b then return a or b end
  return b.score > a.score and b or a
end

return function(request)
  local headers = lower_names(request.headers)
  local parts = {
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
  local known = detect_known(parts, "192.0.2.1", defaults.known)
  local finding = stronger(detect(parts, "192.0.2.1"), known)
  local ruling = finding and rule(finding, THRESHOLDS, 1)
  return {
    score = finding and finding.score or 0,
    verdict = ruling and ruling.verdict or "allow",
    category = ruling and finding.category,
    class = ruling and finding.class,
    reasons = ruling and { ruling.reason } or {},
  }
end
