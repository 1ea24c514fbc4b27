-- What judging each of many requests costs, in an nginx worker (scripts/score/scorer.ts), with the expressions and all. Reads requests as
-- the scorer does, judges all of them in turn several times over, and writes for each the nanoseconds of two median times, in order: as it comes for the
-- first time, with nothing in it that was judged before, and as it comes again.
-- What the collector of garbage takes is in the passes, but in hardly any median.
local ffi = require("ffi")

-- In the gateway header lines that were found plain are left out when they are read (features/header-lines.ts); here by the same rule.
local SLOTS = 1024
local plain, plain_count = {}, 0
local header_lines = require("kong.plugins.threat-response.features.header-lines")
header_lines.markPlain = function(name, value)
  if plain_count >= SLOTS then plain, plain_count = {}, 0 end
  local line = name .. ":" .. value
  if not plain[line] then plain[line], plain_count = true, plain_count + 1 end
end

local function without_plain(headers)
  local left = {}
  for name, value in pairs(headers) do
    if name == "authorization" or not plain[name .. ":" .. value] then left[name] = value end
  end
  return left
end

local detect = require("kong.plugins.threat-response.detectors.payload-injection").detectPayload
local forget = require("kong.plugins.threat-response.payload.ordinary").forgetOrdinary
local detect_known = require("kong.plugins.threat-response.detectors.known-bad").detectKnown
local defaults = require("score.defaults")
local parts_of = require("score.request-parts")
local read_request = require("score.read-request")

ffi.cdef("struct scorer_time { long sec; long nsec; }; int clock_gettime(int, struct scorer_time *);")
-- What this thread has spent on a CPU: what else the machine does is not counted.
local OF_THREAD = 3
local WARM_UP, PASSES = 3, 5
local clock = ffi.new("struct scorer_time")

local function now()
  ffi.C.clock_gettime(OF_THREAD, clock)
  return tonumber(clock.sec % 1000000) * 1e9 + tonumber(clock.nsec)
end

local function read_all()
  local all = {}
  for line in io.stdin:lines() do
    local request = assert(read_request(line))
    all[#all + 1] = parts_of(request)
  end
  return all
end

local function prepare(request)
  return {
    method = request.method, path = request.path, query = request.query, body = request.body,
    contentType = request.contentType, cookie = request.cookie, userAgent = request.userAgent,
    referer = request.referer, headers = without_plain(request.headers),
  }
end

local function judge(parts)
  detect_known(parts, "192.0.2.1", defaults.known)
  detect(parts, "192.0.2.1", defaults.payload)
end

local function time(request)
  local parts = prepare(request)
  local started = now()
  judge(parts)
  return now() - started
end

local function median(times)
  table.sort(times)
  return times[math.ceil(PASSES / 2)]
end

local function run()
  local requests = read_all()
  local first, again = {}, {}
  for i = 1, #requests do first[i], again[i] = {}, {} end
  for _ = 1, WARM_UP do
    for i = 1, #requests do judge(prepare(requests[i])) end
  end
  for pass = 1, PASSES do
    for i = 1, #requests do again[i][pass] = time(requests[i]) end
    for i = 1, #requests do
      forget()
      first[i][pass] = time(requests[i])
    end
    for i = 1, #requests do judge(prepare(requests[i])) end
  end
  for i = 1, #requests do io.stdout:write(string.format("%d %d\n", median(first[i]), median(again[i]))) end
  io.stdout:flush()
end

return function()
  local ok, err = pcall(run)
  if not ok then io.stderr:write("timing the scorer failed: ", tostring(err), "\n") end
  os.exit(ok and 0 or 2)
end
