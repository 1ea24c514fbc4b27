-- What the plugin says about one request by itself: payload and known bad things, and the verdict at shipped thresholds.
local detect = require("kong.plugins.threat-response.detectors.payload-injection").detectPayload
local detect_known = require("kong.plugins.threat-response.detectors.known-bad").detectKnown
local rule = require("kong.plugins.threat-response.verdict").ruleFinding
local defaults = require("score.defaults")
local parts_of = require("score.request-parts")

local THRESHOLDS = defaults.thresholds

local function stronger(a, b)
  if not a or not b then return a or b end
  return b.score > a.score and b or a
end

return function(request)
  local parts = parts_of(request)
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
