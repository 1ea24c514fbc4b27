-- Reads requests (one JSON object per line) from standard input inside an nginx worker, judges each with the built plugin
-- and writes one JSON object per line, in order. Malformed lines are named on standard error; the rest is still judged.
local cjson = require("cjson.safe")
local judge = require("score.judge")

local function to_latin1(text)
  return (text:gsub("([\194\195])([\128-\191])", function(lead, trail)
    return string.char((lead:byte() - 194) * 64 + trail:byte())
  end))
end

local function as_bytes(request)
  if request.enc ~= "latin1" then return end
  for _, name in ipairs({ "method", "path", "query", "body" }) do
    if type(request[name]) == "string" then request[name] = to_latin1(request[name]) end
  end
  for name, value in pairs(request.headers) do
    if type(value) == "string" then request.headers[name] = to_latin1(value) end
  end
end

local function check(request)
  if type(request) ~= "table" then return "not a JSON object" end
  if type(request.path) ~= "string" then return "no path" end
  if request.headers == nil or request.headers == cjson.null then request.headers = {} end
  if type(request.headers) ~= "table" then return "headers are not an object" end
  for _, name in ipairs({ "method", "query", "body", "label", "category" }) do
    if request[name] == cjson.null then request[name] = nil end
    if request[name] ~= nil and type(request[name]) ~= "string" then return name .. " is not a string" end
  end
end

-- Bytes beyond ASCII cannot occur in what the plugin says; the id is the caller's.
local function encode(request, result)
  return table.concat({
    '{"id":', cjson.encode(request.id == nil and cjson.null or request.id),
    ',"score":', result.score,
    ',"verdict":', cjson.encode(result.verdict),
    ',"category":', cjson.encode(result.category or cjson.null),
    ',"class":', cjson.encode(result.class or cjson.null),
    ',"reasons":', #result.reasons == 0 and "[]" or cjson.encode(result.reasons),
    "}\n",
  })
end

local function run()
  local status = 0
  local number = 0
  for line in io.stdin:lines() do
    number = number + 1
    if line:find("%S") then
      local request, err = cjson.decode(line)
      if request ~= nil then err = check(request) end
      if err then
        status = 1
        io.stderr:write("line ", number, ": ", err, "\n")
      else
        as_bytes(request)
        io.stdout:write(encode(request, judge(request)))
      end
    end
  end
  io.stdout:flush()
  return status
end

return function()
  local ok, status = pcall(run)
  if not ok then io.stderr:write("scoring failed: ", tostring(status), "\n") end
  os.exit(ok and status or 2)
end
