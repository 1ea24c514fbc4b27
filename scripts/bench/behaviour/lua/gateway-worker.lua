-- One worker of a simulated gateway: its own instances of all the plugin's modules, with `ngx` and `kong` as far as the plugin touches them.
-- Payload inspection needs nginx's PCRE and is left out: nothing is ever found in a payload here.
local PLUGIN = "kong.plugins.threat-response."

local NOTHING = setmetatable({}, { __index = function() return function() end end })

local function base64_decode(text)
  if text:find("[^%w+/=]") then return nil end
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  local bits, count, bytes = 0, 0, {}
  for char in text:gmatch("[%w+/]") do
    bits, count = bits * 64 + alphabet:find(char, 1, true) - 1, count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(math.floor(bits / 2 ^ count))
      bits = bits % 2 ^ count
    end
  end
  return table.concat(bytes)
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- nginx variables: `http_<name>` are the request's headers.
local function variables_of(worker)
  return setmetatable({}, {
    __index = function(_, name)
      local request = worker.request
      if request == nil then return nil end
      local value = request.variables[name]
      if value ~= nil then return value end
      local sent = name:match("^sent_http_(.+)$")
      if sent then return request.answer[(sent:gsub("_", "-"))] end
      local header = name:match("^http_(.+)$")
      return header and request.headers[(header:gsub("_", "-"))]
    end,
  })
end

local function ngx_of(worker, clock, dict)
  local function every(interval, callback, ...)
    local arguments = { ... }
    local function fire()
      clock.schedule(clock.now + interval, fire)
      callback(false, unpack(arguments))
    end
    clock.schedule(clock.now + interval, fire)
    return 1
  end
  local function at(delay, callback, ...)
    local arguments = { ... }
    clock.schedule(clock.now + delay, function() callback(false, unpack(arguments)) end)
    return 1
  end
  return {
    shared = { threat_response = dict },
    var = variables_of(worker),
    status = 200,
    now = function() return clock.now end,
    time = function() return math.floor(clock.now) end,
    update_time = function() end,
    log = function(_, ...)
      local parts = { ... }
      for i = 1, select("#", ...) do parts[i] = tostring(parts[i]) end
      worker.logged[#worker.logged + 1] = table.concat(parts)
    end,
    sleep = function() error("nothing sleeps in here") end,
    worker = {
      id = function() return worker.id end,
      pid = function() return 100 + worker.id end,
      count = function() return worker.count end,
      exiting = function() return false end,
    },
    timer = { every = every, at = at },
    req = {
      get_headers = function()
        local copy = {}
        for name, value in pairs(worker.request.headers) do copy[name] = value end
        return copy
      end,
      get_body_file = function() end,
      start_time = function() return worker.request.variables.arrived_at end,
    },
    unescape_uri = unescape,
    decode_base64 = base64_decode,
    null = setmetatable({}, { __tostring = function() return "null" end }),
    ERR = 4, WARN = 5, NOTICE = 6, INFO = 7, DEBUG = 8,
  }
end

local function kong_of(worker)
  local function say() end
  return {
    configuration = {},
    ctx = { shared = {} },
    node = { get_id = function() return "simulated" end },
    router = {
      get_route = function() return worker.request.route end,
      get_service = function() return worker.request.route and worker.request.route.service end,
    },
    client = {
      get_consumer = function() return worker.request.consumer end,
      get_credential = function() return worker.request.consumer end,
    },
    request = { get_raw_body = function() return worker.request.body or "" end },
    response = {
      get_source = function() return worker.request.answered_by end,
      exit = function(status, _, headers)
        local request = worker.request
        request.status, request.answered_by, request.is_stopped = status, "exit", true
        request.retry_after = headers and headers["Retry-After"]
        worker.ngx.status = status
      end,
      set_header = say,
      clear_header = say,
      get_header = function(name) return worker.request.answer[name:lower()] end,
      get_status = function() return worker.ngx.status end,
    },
    service = { request = { set_header = say, clear_header = say } },
    log = {
      set_serialize_value = function(_, value) worker.request.verdict = type(value) == "table" and value.verdict or nil end,
      err = say, warn = say, notice = say, info = say, debug = say,
    },
  }
end

--- `folder` holds the built Lua; `records` is called with what would be reported.
return function(id, count, folder, clock, dict, records)
  local worker = { id = id, count = count, logged = {} }
  worker.ngx = ngx_of(worker, clock, dict)
  worker.kong = kong_of(worker)
  local loaded = {
    [PLUGIN .. "report"] = {
      enqueue = function(_, record) records(record) end,
      configureReporting = function() end,
      startReporting = function() end,
    },
    ["ngx.re"] = NOTHING,
  }
  local environment = setmetatable({ ngx = worker.ngx, kong = worker.kong }, { __index = _G })

  function environment.require(name)
    if loaded[name] ~= nil then return loaded[name] end
    if name:sub(1, #PLUGIN) ~= PLUGIN then return require(name) end
    local part = name:sub(#PLUGIN + 1)
    if part:find("^payload%.scan") or part:find("^detectors%.payload") then return NOTHING end
    local chunk = assert(loadfile(folder .. "/" .. name:gsub("%.", "/") .. ".lua"))
    loaded[name] = setfenv(chunk, environment)(name) or true
    return loaded[name]
  end

  function worker.module(name) return environment.require(PLUGIN .. name) end

  -- The same seed plays the same: nothing is drawn from the machine. Modules take what they need from this one when they load.
  worker.module("digest").randomHex = function(bytes)
    local digits = {}
    for i = 1, bytes * 2 do digits[i] = ("%x"):format(math.random(0, 15)) end
    return table.concat(digits)
  end

  return worker
end
