-- A test plugin: does what the header X-Probe-Do asks for, and keeps what it saw of a request with an X-Probe-Id in the
-- shared dictionary, from where X-Probe-Read fetches it (answered in rewrite, so only with a global instance).
local cjson = require "cjson.safe"

local Probe = { PRIORITY = 2400, VERSION = "1.0.0" }
local store = ngx.shared.threat_response

local function note(phase)
  local shared = kong.ctx.shared
  shared.probe_phases = shared.probe_phases and shared.probe_phases .. "," .. phase or phase
end

local function wanted()
  return ngx.var.http_x_probe_do
end

--- Exits inside a pcall; what comes after must never happen.
local function exit_inside_pcall(phase)
  kong.ctx.plugin.mark = "exited in " .. phase
  pcall(function()
    kong.response.exit(403, { message = "probe" }, { ["X-Probe"] = phase })
  end)
  store:set("after:" .. (ngx.var.http_x_probe_id or ""), phase)
end

local function describe()
  local request, client = kong.request, kong.client
  return {
    method = request.get_method(),
    path = request.get_path(),
    raw_path = request.get_raw_path(),
    raw_query = request.get_raw_query(),
    host = request.get_host(),
    header = request.get_header("X-Probe-Repeated"),
    ip = client.get_ip(),
    forwarded_ip = client.get_forwarded_ip(),
    remote_addr = ngx.var.remote_addr,
    peer = ngx.var.realip_remote_addr,
    route = (kong.router.get_route() or {}).name,
    service = (kong.router.get_service() or {}).name,
    plugin_id = kong.plugin.get_id(),
    node_id = kong.node.get_id(),
    request_id = ngx.var.kong_request_id,
    trusted = kong.ip.is_trusted(ngx.var.realip_remote_addr),
  }
end

local function describe_body()
  local plain, plain_error = kong.request.get_raw_body()
  local limited, limited_error = kong.request.get_raw_body(20000)
  return { plain = plain and #plain, plain_error = plain_error, limited = limited and #limited, limited_error = limited_error }
end

local ACTIONS = {
  ["access-exit"] = function()
    exit_inside_pcall("access")
  end,
  ["access-error"] = function()
    error("probe")
  end,
  ["access-describe"] = function()
    kong.response.exit(200, describe())
  end,
  ["access-body"] = function()
    kong.response.exit(200, describe_body())
  end,
  ["access-empty-404"] = function()
    kong.response.exit(404)
  end,
  ["access-empty"] = function()
    kong.response.exit(403)
  end,
}

function Probe:init_worker()
  store:set("init_worker:" .. ngx.worker.id(), ngx.worker.pid())
end

function Probe:configure(configs)
  store:set("configure:" .. ngx.worker.id(), configs and #configs or "nil")
  store:incr("configured", 1, 0)
end

local function describe_workers()
  local workers = {}
  for id = 0, ngx.worker.count() - 1 do
    workers[id + 1] = { init_worker = store:get("init_worker:" .. id), configure = store:get("configure:" .. id) }
  end
  return { workers = workers, kept = store:get("kept") }
end

function Probe:rewrite()
  local read = ngx.var.http_x_probe_read
  if read == "workers" then
    return kong.response.exit(200, describe_workers())
  elseif read then
    return kong.response.exit(200, { log = cjson.decode(store:get("log:" .. read) or "null"), after = store:get("after:" .. read) })
  end
  note("rewrite")
  if wanted() == "rewrite-exit" then
    exit_inside_pcall("rewrite")
  elseif wanted() == "keep" then
    store:set("kept", "kept")
  end
end

function Probe:access(config)
  note("access")
  kong.ctx.plugin.label = config.label
  local action = ACTIONS[wanted() or ""]
  if action then
    action()
  end
end

function Probe:header_filter()
  note("header_filter")
end

function Probe:log(config)
  note("log")
  local consumer, credential = kong.client.get_consumer(), kong.client.get_credential()
  local record = {
    phases = kong.ctx.shared.probe_phases,
    source = kong.response.get_source(),
    status = kong.response.get_status(),
    path = kong.request.get_path(),
    route = (kong.router.get_route() or {}).name,
    consumer = consumer and consumer.username,
    credential = credential and credential.id,
    label = config.label,
    access_label = kong.ctx.plugin.label,
    mark = kong.ctx.plugin.mark,
  }
  store:set("log:" .. (ngx.var.http_x_probe_id or "none"), cjson.encode(record))
  if wanted() == "log-error" then
    error("probe")
  end
end

return Probe
