-- All that the plugin finds in requests, one line each, in order: what is wanted of a build that is only to be faster. All requests are judged twice,
-- so that what is remembered of the first time is met in the second.
local detect = require("kong.plugins.threat-response.detectors.payload-injection").detectPayload
local detect_known = require("kong.plugins.threat-response.detectors.known-bad").detectKnown
local uninspected = require("kong.plugins.threat-response.payload.inspection").uninspectedReason
local defaults = require("score.defaults")
local parts_of = require("score.request-parts")
local read_request = require("score.read-request")

local function describe(finding)
  if finding == nil then return "-" end
  local members = {}
  for name, value in pairs(finding) do members[#members + 1] = name .. "=" .. tostring(value) end
  table.sort(members)
  return (table.concat(members, "|"):gsub("[\r\n]", " "))
end

local function judge(parts)
  local payload = describe(detect(parts, "192.0.2.1", defaults.payload))
  local reason = tostring(uninspected())
  return payload .. "\t" .. reason .. "\t" .. describe(detect_known(parts, "192.0.2.1", defaults.known)) .. "\n"
end

local function run()
  local all = {}
  for line in io.stdin:lines() do all[#all + 1] = parts_of(assert(read_request(line))) end
  for _ = 1, 2 do
    for i = 1, #all do io.stdout:write(judge(all[i])) end
  end
  io.stdout:flush()
end

return function()
  local ok, err = pcall(run)
  if not ok then io.stderr:write("judging failed: ", tostring(err), "\n") end
  os.exit(ok and 0 or 2)
end
