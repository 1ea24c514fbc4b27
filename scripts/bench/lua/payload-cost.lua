-- What looking at payloads costs, without a gateway around it: nanoseconds for each request, and for each byte that the model reads.
--   luajit scripts/bench/lua/payload-cost.lua   (LUA_PATH="lua-dist/?.lua;;")
local ffi = require("ffi")
ngx = {
  shared = {},
  worker = { id = function() return 0 end },
  now = os.clock,
  log = function() end,
  decode_base64 = function() end,
  -- Expressions have no PCRE here: what is measured is how often and on what the rest is spent.
  re = { find = function() end },
}
package.loaded["kong.plugins.threat-response.node-health"] = { countUninspected = function() end }
local scan = require("kong.plugins.threat-response.payload.scan-request").scanRequest
local decode = require("kong.plugins.threat-response.payload.decode")
local model = require("kong.plugins.threat-response.payload.model-score")

local AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"

local function order(bytes)
  local items, length, n = {}, 12, 0
  while length < bytes do
    items[#items + 1] = ('{"sku":"TR-%d","quantity":%d,"note":"It\'s a gift, please leave it with the neighbours"}'):format(1000 + n, n % 5 + 1)
    length = length + #items[#items] + 1
    n = n + 1
  end
  return '{"items":[' .. table.concat(items, ",") .. "]}"
end

local REQUESTS = {
  { "small GET", { path = "/search", query = "q=green%20lamp&page=2", userAgent = AGENT, cookie = "session=5ad3f0c1b2; theme=dark" } },
  { "POST of 1 KB JSON", { path = "/orders", contentType = "application/json", userAgent = AGENT, body = order(1000) } },
  { "POST of 8 KB JSON", { path = "/orders", contentType = "application/json", userAgent = AGENT, body = order(8000) } },
  { "SQL injection in a query", { path = "/items", query = "id=1%27%20union%20select%20login,pass%20from%20users--%20", userAgent = AGENT } },
  { "64 KB of quotes in a query", { path = "/", query = "q=" .. ("('"):rep(32768) } },
  { "64 KB of quotes in JSON", { path = "/", contentType = "application/json", body = '{"q":"' .. ("('"):rep(32768) .. '"}' } },
  { "1,000 short attacks in a form", { path = "/", contentType = "application/x-www-form-urlencoded", body = ("a='or&"):rep(1000) } },
  { "escapes in escapes", { path = "/", query = "q=" .. ("%25252527"):rep(4000) } },
  { "64 KB of one word", { path = "/", contentType = "text/plain", body = "'=" .. ("a"):rep(65000) } },
  { "64 KB of comments", { path = "/", contentType = "text/plain", body = ("'/**/"):rep(13000) } },
}

local TEXTS = {
  { "prose, 8 KB", ("The quick brown fox, it's said, jumps over a lazy dog (twice). "):rep(130) },
  { "code, 8 KB", ("if (a[i] != b.c('x')) { return f(\"y\", 42); }\n"):rep(180) },
  { "signs, 8 KB", ("('"):rep(4096) },
  { "base64, 8 KB", ("SGVsbG8sIHdvcmxkISBIb3cgYXJl"):rep(290) },
}

local function time(run, least)
  for _ = 1, 200 do run() end
  local rounds, best = 5, math.huge
  for _ = 1, rounds do
    local count, started = 0, os.clock()
    repeat
      for _ = 1, 20 do run() end
      count = count + 20
    until os.clock() - started > least
    best = math.min(best, (os.clock() - started) / count)
  end
  return best * 1e9
end

for _, case in ipairs(REQUESTS) do
  local parts = case[2]
  print(("%-34s %9.0f ns"):format(case[1], time(function() scan(parts) end, 0.05)))
end
for _, case in ipairs(TEXTS) do
  local bytes = ffi.cast("const uint8_t *", case[2])
  local length = decode.decodeValue(bytes, 0, #case[2], "none")
  local ns = time(function() model.scoreText(0, length) end, 0.05)
  local whole = time(function() decode.decodeValue(bytes, 0, #case[2], "none") end, 0.05)
  print(("%-34s %9.1f ns a byte for the model, %.1f for decoding"):format(case[1], ns / length, whole / length))
end
