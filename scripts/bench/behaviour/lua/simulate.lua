-- The built plugin under simulated time: luajit simulate.lua <folder of the built Lua>. Lines of JSON on standard input, one answer for each:
-- first the setup {workers, global, config, routes}, then steps {to, requests}, answered by {answers, records}.
local folder = arg[1]
local here = arg[0]:match("^(.*)/[^/]+$")
package.path = here .. "/?.lua;" .. package.path

local cjson = require("cjson.safe")
local clock = require("clock")
local dict = require("shared-dict")(clock)
local make_service = require("service")
local make_worker = require("gateway-worker")

local workers, routes, services, configs = {}, {}, {}, {}
local is_global = true
local answers, records = {}, {}
local parse_address

local function merge(into, changes)
  for name, value in pairs(changes) do
    if type(value) == "table" and type(into[name]) == "table" and #value == 0 and next(value) ~= nil then
      merge(into[name], value)
    else
      into[name] = value
    end
  end
  return into
end

local function defaults_of(record)
  local values = {}
  for _, field in ipairs(record.fields) do
    local name, definition = next(field)
    if definition.type == "record" then values[name] = defaults_of(definition) else values[name] = definition.default end
  end
  return values
end

local function shipped_config(worker)
  for _, field in ipairs(worker.module("schema").fields) do
    if field.config then return defaults_of(field.config) end
  end
  error("the schema has no config")
end

local function add_route(route)
  local service = { id = route.service or "service-of-" .. route.id, name = route.service }
  services[service.id] = services[service.id] or make_service(clock, route.capacity)
  routes[route.id] = { id = route.id, name = route.name or route.id, service = service, queue = services[service.id] }
end

local function configure(changes)
  for _, worker in ipairs(workers) do
    local config = merge(shipped_config(worker), { mode = "enforce", hash_key = "simulated hash key" })
    config = merge(config, changes or {})
    config.__plugin_id = "simulated"
    configs[worker] = config
    worker.module("handler"):configure({ config })
  end
end

local function setup(message)
  clock.now = message.now or clock.now
  math.randomseed(message.seed or 1)
  is_global = message.global ~= false
  for _, route in ipairs(message.routes or {}) do add_route(route) end
  for id = 0, message.workers - 1 do
    local worker = make_worker(id, message.workers, folder, clock, dict, function(record)
      records[#records + 1] = { at = clock.now, worker = id, record = record }
    end)
    workers[#workers + 1] = worker
  end
  parse_address = workers[1].module("address").parseAddress
  configure(message.config)
  for _, worker in ipairs(workers) do
    -- Workers start one after the other, so their timers never fire at the same moment.
    clock.advance(clock.now + 0.137)
    worker.module("handler"):init_worker()
  end
  return { now = clock.now }
end

local function enter(worker, request)
  worker.request = request
  worker.kong.ctx.plugin = request.plugin
  worker.ngx.ctx = request.context
  worker.ngx.status = request.status
end

local function finish(request)
  local worker = request.worker
  enter(worker, request)
  worker.module("handler"):log(configs[worker])
  answers[#answers + 1] = {
    id = request.id,
    status = request.status,
    stopped = request.is_stopped or false,
    verdict = request.verdict,
    at = request.variables.arrived_at,
    seconds = clock.now - request.variables.arrived_at,
  }
end

-- Whoever ends a request behind the plugin: another plugin (`by` is "exit"), the gateway itself ("error"), or the service.
local function pass_on(request, planned)
  local base = planned.latency or 0.02
  request.answer = planned.answer or {}
  if planned.by == "exit" or planned.by == "error" then
    request.status, request.answered_by = planned.status, planned.by
    return clock.schedule(clock.now + base, finish, request)
  end
  local at, is_answered = request.route.queue:take(base)
  request.status = is_answered and (planned.status or 200) or 504
  request.answered_by = is_answered and "service" or "error"
  clock.schedule(at, finish, request)
end

local function lower_names(headers)
  local lowered = {}
  for name, value in pairs(headers or {}) do lowered[name:lower()] = value end
  return lowered
end

local function request_of(planned)
  local target = planned.target
  local path = target:match("^[^?]*")
  local headers = lower_names(planned.headers)
  headers["user-agent"] = headers["user-agent"] or planned.agent
  if planned.body then headers["content-length"] = tostring(#planned.body) end
  return {
    id = planned.id,
    worker = workers[(planned.worker or math.random(0, #workers - 1)) % #workers + 1],
    route = planned.route and assert(routes[planned.route], "no such route") or nil,
    consumer = planned.consumer and { id = planned.consumer, username = planned.consumer } or nil,
    headers = headers,
    answer = {},
    body = planned.body,
    status = 200,
    answered_by = "service",
    plugin = {},
    context = {},
    variables = {
      remote_addr = planned.ip,
      binary_remote_addr = parse_address(planned.ip),
      request_method = planned.method or "GET",
      request_uri = target,
      uri = path,
      args = target:match("%?(.*)$"),
      server_protocol = "HTTP/1.1",
      scheme = "https",
      arrived_at = clock.now,
    },
  }
end

local function arrive(planned)
  local request = request_of(planned)
  local worker = request.worker
  local handler, config = worker.module("handler"), configs[worker]
  local consumer = request.consumer
  -- Authentication comes after the plugin.
  request.consumer = nil
  enter(worker, request)
  if is_global then handler:rewrite(config) end
  if request.is_stopped then return clock.schedule(clock.now, finish, request) end
  if request.route == nil then
    request.status, request.answered_by = 404, "exit"
    return clock.schedule(clock.now, finish, request)
  end
  handler:access(config)
  if request.is_stopped then return clock.schedule(clock.now, finish, request) end
  request.consumer = consumer
  pass_on(request, planned)
end

local function step(message)
  answers, records = {}, {}
  if message.configure then configure(message.config) end
  for _, planned in ipairs(message.requests or {}) do clock.schedule(planned.at, arrive, planned) end
  clock.advance(message.to)
  local failures = 0
  for _, worker in ipairs(workers) do failures = failures + worker.module("health").failOpenCount() end
  return {
    -- An empty table could be an object: nothing is said instead.
    answers = #answers > 0 and answers or nil,
    records = #records > 0 and records or nil,
    failures = failures,
    operations = dict.operations,
    logged = failures > 0 and workers[1].logged[1] or nil,
  }
end

-- What the simulation holds as a whole; the difference of two readings is what went on between them.
local function gauge()
  collectgarbage("collect")
  collectgarbage("collect")
  return { kilobytes = collectgarbage("count"), keys = dict:count_keys() }
end

local is_set_up = false
for line in io.stdin:lines() do
  local message = assert(cjson.decode(line))
  local reply
  if not is_set_up then
    reply, is_set_up = setup(message), true
  elseif message.gauge then
    reply = gauge()
  else
    reply = step(message)
  end
  io.stdout:write(assert(cjson.encode(reply)), "\n")
  io.stdout:flush()
end
