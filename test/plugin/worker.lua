-- A worker without nginx for specs: the globals that modules read at load, and a clock that moves when told.
local worker = { now = 1700000000, records = {} }

local function base64_decode(text)
  local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  if text:find("[^%w+/=]") then return nil end
  local bits = text:gsub("=", ""):gsub(".", function(char)
    local value = alphabet:find(char, 1, true) - 1
    local digits = ""
    for place = 5, 0, -1 do digits = digits .. math.floor(value / 2 ^ place) % 2 end
    return digits
  end)
  return (bits:gsub("%d%d%d%d%d%d%d%d", function(byte) return string.char(tonumber(byte, 2)) end):gsub("[01]+$", ""))
end

--- Fresh globals; modules of the plugin have to be required after it.
function worker.start(variables)
  worker.now = 1700000000
  _G.ngx = {
    shared = {},
    var = variables or {},
    now = function() return worker.now end,
    time = function() return math.floor(worker.now) end,
    log = function(_, ...) worker.log = table.concat({ ... }, " ") end,
    worker = { id = function() return 0 end, pid = function() return 1 end, count = function() return 1 end },
    unescape_uri = function(text)
      return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
    end,
    decode_base64 = base64_decode,
    ERR = 4,
    WARN = 5,
    NOTICE = 6,
    INFO = 7,
  }
  _G.kong = { node = { get_id = function() return "node" end } }
  for name in pairs(package.loaded) do
    if name:find("kong.plugins.threat-response", 1, true) then package.loaded[name] = nil end
  end
end

--- Estimates are right within some percent: with a secret drawn by chance a test would fail once in many runs.
local function choose_secret()
  local counters = require("kong.plugins.threat-response.counters").counters
  counters:set("distinct_secret", "5d1c9e07a3f2486bb0e47d2189c6f35a")
end

function worker.module(name)
  if not package.loaded["kong.plugins.threat-response.counters"] then choose_secret() end
  return require("kong.plugins.threat-response." .. name)
end

--- Records that would go to the agent end up in `worker.records`.
function worker.collect_records()
  worker.records = {}
  package.loaded["kong.plugins.threat-response.report"] = {
    enqueue = function(_, record) table.insert(worker.records, record) end,
    configureReporting = function() end,
    startReporting = function() end,
  }
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local copied = {}
  for key, member in pairs(value) do copied[key] = copy(member) end
  return copied
end

--- An instance as `configure.ts` would compile it, with a few members changed: `{ ["login.window_s"] = 5 }`.
function worker.instance(changes)
  local config = {
    mode = "enforce",
    gateway = "default",
    allow = { cidrs = {}, methods = {}, paths = {}, user_agents = {} },
    deny = { cidrs = {}, methods = {}, paths = {}, user_agents = {} },
    trusted_proxies = {},
    thresholds = { flag = 40, block = 70 },
    payload = {
      enabled = true,
      max_body_bytes = 65536,
      max_inspected_bytes = 16384,
      uninspected = "flag",
      graphql_max_depth = 25,
      graphql_max_aliases = 100,
      graphql_introspection = true,
      sampling = 1,
      enforce_share = 1,
    },
    known = { enabled = true, agents = true, paths = true, exploits = true, enforce_share = 1 },
    login = {
      enabled = true,
      paths = { "/login" },
      learn_paths = true,
      user_fields = { "username", "email" },
      failure_statuses = { 401, 403 },
      failure_locations = { "?error" },
      learn_answers = true,
      window_s = 60,
      slow_window_s = 3600,
      max_users_per_ip = 10,
      max_ips_per_user = 10,
      max_failures_per_ip = 10,
      enforce_share = 1,
    },
    flood = {
      enabled = true,
      window_s = 10,
      max_per_ip = 100,
      route_factor = 5,
      min_route_rps = 50,
      enforce_share = 1,
    },
    identity = { headers = { "authorization", "apikey" }, query = { "apikey" }, cookies = { "session" } },
    client = {
      enabled = true,
      window_s = 600,
      learn_s = 3600,
      max_new_networks = 5,
      max_new_agents = 5,
      max_agents_per_ip = 20,
    },
    abuse = {
      enabled = true,
      max_missing = 10,
      missing_window_s = 10,
      max_ids = 30,
      max_pages = 90,
      pages_minutes = 4,
      crawler_rps = 5,
      quota_factor = 10,
      quota_min = 300,
      enforce_share = 1,
    },
    errors = { enabled = true },
    source = { min_evidence = 5, min_share = 0.5, window_s = 60, block_s = 300 },
    learning = { enabled = true, apply = false, stopped_share = 0.001, min_requests = 2000, max_threshold = 85 },
    agent = {
      poll_interval_s = 1,
      flush_interval_s = 1,
      timeout_ms = 1000,
      max_queue = 100,
      max_batch = 10,
      max_decisions = 10,
      request_sample = 60,
      ssl_verify = true,
    },
    hash_key = "a key of sixteen or more",
  }
  config = copy(config)
  for path, value in pairs(changes or {}) do
    local section, member = path:match("^([^.]+)%.(.+)$")
    if section then config[section][member] = value else config[path] = value end
  end
  return worker.module("configure").instanceOf(config)
end

return worker
