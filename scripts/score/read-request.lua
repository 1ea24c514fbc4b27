-- One request of the corpora's format from its line of JSON: the request, or nil and what is wrong with the line.
local cjson = require("cjson.safe")

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

return function(line)
  local request, err = cjson.decode(line)
  if request ~= nil then err = check(request) end
  if err then return nil, err end
  as_bytes(request)
  return request
end
