-- Takes requests (one JSON object per line) apart as the built plugin does and writes each value it would judge, decoded:
-- "V <length> <at>\n<bytes>\n" once for each distinct value, then for each request "R <value numbers from 0>\n".
local cjson = require("cjson.safe")
local ffi = require("ffi")
local decode = require("kong.plugins.threat-response.payload.decode")
local sift = require("kong.plugins.threat-response.payload.sift")

-- Two processes walk the names of one table in two orders (LuaJIT salts its hashes), and the order of headers becomes the order of values.
local walk = pairs
-- luacheck: globals pairs
function pairs(t)
  local names, values = {}, {}
  for name, value in walk(t) do
    names[#names + 1] = name
    values[name] = value
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  local at = 0
  return function()
    at = at + 1
    return names[at], values[names[at]]
  end
end

local DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- What the plugin uses of nginx when it takes a request apart.
ngx = {
  decode_base64 = function(text)
    local digits = text:gsub("=+$", "")
    if #text % 4 ~= 0 or #digits % 4 == 1 or digits:find("[^%w+/]") then return nil end
    local bytes, bits, count = {}, 0, 0
    for digit in digits:gmatch(".") do
      bits, count = (bits * 64 + DIGITS:find(digit, 1, true) - 1) % 65536, count + 6
      if count >= 8 then
        count = count - 8
        bytes[#bytes + 1] = string.char(math.floor(bits / 2 ^ count) % 256)
      end
    end
    return table.concat(bytes)
  end,
}

local MAX_BODY = 65536
local LONGEST = 20000

local numbers = {}
local count = 0
local found

local function capture(bytes, from, to, encoding, at)
  local length = math.min(decode.decodeValue(bytes, from, to, encoding), LONGEST)
  local value = ffi.string(decode.decoded, length)
  local key = at .. ":" .. value
  local number = numbers[key]
  if number == nil then
    number = count
    count = count + 1
    numbers[key] = number
    io.stdout:write("V ", length, " ", at, "\n", value, "\n")
  end
  found[#found + 1] = number
end

-- The scanner is loaded with a judge that only listens, and with nothing skipped beforehand.
sift.holdsLiteral = function() return true end
package.loaded["kong.plugins.threat-response.node-health"] = { countUninspected = function() end }
local first_look = require("kong.plugins.threat-response.payload.first-look")
first_look.mayHoldLiteral = function() return true end
first_look.confirm = function() return 1 end
ffi.fill(first_look.marks, 32768, 255)
require("kong.plugins.threat-response.payload.clean-values").isKnownClean = function() return false end
require("kong.plugins.threat-response.payload.ordinary").isOrdinary = function() return false end
package.loaded["kong.plugins.threat-response.payload.evaluate"] =
  { automaton = {}, judgeValue = capture, stronger = function(a) return a end, told = function(a) return a end }
local scanRequest = require("kong.plugins.threat-response.payload.scan-request").scanRequest
local LIMITS =
  { max_inspected_bytes = 1000000, graphql_max_depth = 1000, graphql_max_aliases = 10000, graphql_introspection = true }

local function to_latin1(text)
  return (text:gsub("([\194\195])([\128-\191])", function(lead, trail)
    return string.char((lead:byte() - 194) * 64 + trail:byte())
  end))
end

local function text_of(value, is_latin1)
  if type(value) ~= "string" then return nil end
  return is_latin1 and to_latin1(value) or value
end

for line in io.stdin:lines() do
  local request = cjson.decode(line)
  local is_latin1 = request.enc == "latin1"
  local headers = {}
  for name, value in pairs(request.headers) do headers[name:lower()] = text_of(value, is_latin1) end
  found = {}
  local body = text_of(request.body, is_latin1)
  scanRequest({
    path = text_of(request.path, is_latin1),
    query = text_of(request.query, is_latin1),
    body = body and body:sub(1, MAX_BODY),
    contentType = headers["content-type"],
    cookie = headers.cookie,
    userAgent = headers["user-agent"],
    referer = headers.referer,
    headers = headers,
  }, LIMITS)
  io.stdout:write("R ", table.concat(found, " "), "\n")
end
