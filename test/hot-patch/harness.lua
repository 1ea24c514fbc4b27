-- Runs compiled hot patches in the sandbox of the development gateway, with as much of the PDK as they use. The cases come as a Lua file; one
-- line is printed for each: what the patch answered with (or "-"), what it counted, and what it logged.
local cjson = require "cjson.safe"

local root, cases_file = arg[1], arg[2]
package.path = root .. "/dev-gateway/lua/?.lua;" .. package.path

local current, answered, warned
local counters, pushed

local dictionary = {
  incr = function(_, key, by, init)
    counters[key] = (counters[key] or init) + by
    return counters[key]
  end,
  rpush = function(_, list, value)
    pushed[#pushed + 1] = list .. "=" .. value
    return 1
  end,
}

ngx = {
  null = cjson.null,
  shared = { threat_response = dictionary },
  var = {},
  time = function() return current.now end,
}

kong = {
  ctx = { shared = {} },
  log = { warn = function(...) warned = table.concat({ ... }) end },
  client = {},
  router = {
    get_route = function() return current.route and { id = current.route } end,
    get_service = function() return current.service and { id = current.service } end,
  },
  response = {
    exit = function(status)
      answered = status
    end,
  },
  request = {
    get_method = function() return current.method end,
    get_path = function() return current.path end,
    get_raw_query = function() return current.query end,
    get_headers = function() return current.headers end,
    get_raw_body = function()
      if not current.body then return nil, "too long" end
      return current.body
    end,
    get_body = function()
      local decoded = cjson.decode(current.body)
      if type(decoded) ~= "table" then return nil, "invalid json body" end
      return decoded
    end,
  },
}

local sandbox = require "gateway.sandbox"

local function run(code, case)
  current, answered, warned = case, nil, nil
  counters, pushed = {}, {}
  kong.ctx.shared = {}
  ngx.shared.threat_response = case.no_dictionary == nil and dictionary or nil
  ngx.var.binary_remote_addr = case.address
  local patch = assert(sandbox.load(code))()
  patch()
  local _, count = next(counters)
  local mark = kong.ctx.shared.threat_response_patch
  print(table.concat({ answered or "-", count or 0, #pushed, mark or "-", warned or "" }, "\t"))
end

for _, case in ipairs(assert(loadfile(cases_file))()) do
  run(case.code, case)
end
