-- Reads requests (one JSON object per line) from standard input inside an nginx worker, judges each with the built plugin
-- and writes one JSON object per line, in order. Malformed lines are named on standard error; the rest is still judged.
local cjson = require("cjson.safe")
local judge = require("score.judge")
local read_request = require("score.read-request")

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
      local request, err = read_request(line)
      if request == nil then
        status = 1
        io.stderr:write("line ", number, ": ", err, "\n")
      else
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
