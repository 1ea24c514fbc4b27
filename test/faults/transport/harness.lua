-- The plugin's transport alone in a real nginx: what the tests in this folder ask of it over HTTP.
local P = "kong.plugins.threat-response."
local report = require(P .. "report")
local decisions = require(P .. "decisions")
local health = require(P .. "node-health")
local digest = require(P .. "digest")
local parse_address = require(P .. "address").parseAddress
local store = require(P .. "decision-store")

local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds; long nanoseconds; } tr_test_time; int clock_gettime(int clock, tr_test_time *time);")
local PROCESS_CPU_TIME = 2
local cpu_time = ffi.new("tr_test_time")

--- This worker's own work, whatever else the machine does.
local function cpu_ms()
  ffi.C.clock_gettime(PROCESS_CPU_TIME, cpu_time)
  return tonumber(cpu_time.seconds) * 1000 + tonumber(cpu_time.nanoseconds) / 1e6
end

local harness = {}
local config
local watch = { looked = 0, missing = 0 }

--- The defaults of the schema, with the changes of a test.
local function configure(changes)
  config = {
    gateway = "edge",
    allow = { cidrs = { "203.0.113.0/28" } },
    trusted_proxies = { "198.51.100.7" },
    agent = {
      key_id = "node-key",
      secret = "the ingest key of these tests",
      feed_secret = "the feed key of these tests",
      poll_interval_s = 0.2,
      flush_interval_s = 0.2,
      timeout_ms = 1000,
      max_queue = 1000,
      max_batch = 100,
      max_decisions = 50000,
      ssl_verify = true,
    },
  }
  for name, value in pairs(changes) do
    config.agent[name] = value
  end
  report.configureReporting({ config })
  decisions.configureDecisions({ config })
end

function harness.start(changes)
  configure(changes)
  report.startReporting()
  decisions.startDecisions()
end

--- The decision about an address, as `access` asks for it; no credentials are looked at.
local function find(address)
  local source = { binary = address, key = #address == 16 and address:sub(1, 8) or address }
  return (decisions.lookup({ config = config, credentialVariables = {} }, source))
end

local routes = {}

function routes.identity()
  local holder = ngx.shared.threat_response and ngx.shared.threat_response:get("Lfeed")
  return { pid = ngx.worker.pid(), holder = holder, native = digest.isNative }
end

--- Puts records into the queue of whichever worker answers.
function routes.enqueue(arguments)
  for i = tonumber(arguments.from), tonumber(arguments.to) do
    report.enqueue(config, {
      type = "decision_hits",
      id = string.format("%s-%d", arguments.name, i),
      window_start = ngx.time(),
      window_s = 10,
      hits = {},
      padding = ("x"):rep(tonumber(arguments.bytes or 0)),
    })
  end
  return { pid = ngx.worker.pid() }
end

function routes.lookup(arguments)
  local found = find(parse_address(arguments.ip)) or {}
  return {
    pid = ngx.worker.pid(),
    action = found.action,
    id = found.id,
    incident = found.incident,
    rps = found.rps,
    scope = found.scope,
    route = found.route,
  }
end

--- As many new entries in the dictionary; tells whether those of the first call are gone.
function routes.fill(arguments)
  local dictionary = ngx.shared.threat_response
  for i = 1, tonumber(arguments.count) do
    dictionary:set("q" .. arguments.round .. "." .. i, i)
  end
  return { pid = ngx.worker.pid(), overflows = dictionary:get("q1.1") == nil }
end

function routes.health()
  local position = store.feedPosition()
  local described = health.describeHealth(0, position.epoch, position.sequence)
  described.pid = ngx.worker.pid()
  return described
end

--- Looks an address up about every millisecond, counts when it has no decision, and keeps the longest work between two looks.
function routes.watch(arguments)
  local address = parse_address(arguments.ip)
  watch = { looked = 0, missing = 0, longest_ms = 0, over_5_ms = 0 }
  local mine = watch
  local last
  local function look()
    while watch == mine do
      mine.looked = mine.looked + 1
      if not find(address) then
        mine.missing = mine.missing + 1
      end
      local now = cpu_ms()
      mine.longest_ms = math.max(mine.longest_ms, last and now - last or 0)
      mine.over_5_ms = mine.over_5_ms + (last and now - last > 5 and 1 or 0)
      last = now
      ngx.sleep(0.001)
    end
  end
  ngx.timer.at(0, look)
  return { pid = ngx.worker.pid() }
end

function routes.watched()
  watch.pid = ngx.worker.pid()
  return watch
end

function harness.answer()
  local arguments = ngx.req.get_uri_args()
  local result = routes[ngx.var.uri:sub(2)](arguments)
  ngx.header.content_type = "application/json"
  ngx.say(require("cjson").encode(result))
end

return harness
