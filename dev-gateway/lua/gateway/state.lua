-- The configuration of one worker, compiled from the document that the Admin API publishes in the shared dictionary.
local cjson = require "cjson.safe"
local plugin_list = require "gateway.plugin-list"
local registry = require "gateway.registry"
local router = require "gateway.router"

local ipairs = ipairs
local dictionary = ngx.shared.dev_gateway
local M = { current = nil, version = -1 }

local function by_id(rows)
  local index = {}
  for _, row in ipairs(rows) do
    index[row.id] = row
  end
  return index
end

--- Only loopback is proxied to; a stand-in has no business elsewhere.
local function resolve(host)
  if host == "localhost" then
    return "127.0.0.1"
  end
  if host == "::1" or host:match("^127%.%d+%.%d+%.%d+$") then
    return host
  end
  return nil
end

--- By upstream's name: the targets that take requests, and their weights together.
local function pools_of(document)
  local names, pools = {}, {}
  for _, upstream in ipairs(document.upstreams or {}) do
    names[upstream.id] = upstream.name
    pools[upstream.name] = { targets = {}, weight = 0, turn = 0 }
  end
  for _, target in ipairs(document.targets or {}) do
    local pool = pools[names[target.upstream.id]]
    local host, port = target.target:match("^(.*):(%d+)$")
    if target.weight > 0 then
      pool.weight = pool.weight + target.weight
      table.insert(pool.targets, { address = resolve(host), port = tonumber(port), authority = target.target, weight = target.weight })
    end
  end
  return pools
end

local function complete_service(service, pools)
  service.pool = pools[service.host]
  service.address = service.pool and service.host or resolve(service.host)
  local default_port = service.protocol == "https" and 443 or 80
  service.authority = service.port == default_port and service.host or service.host .. ":" .. service.port
  service.timeouts = {
    (service.connect_timeout or 60000) / 1000,
    (service.write_timeout or 60000) / 1000,
    (service.read_timeout or 60000) / 1000,
  }
end

local function index_by(rows, field)
  local index = {}
  for _, row in ipairs(rows) do
    index[row[field]] = row
  end
  return index
end

local function groups_by_consumer(acls)
  local groups = {}
  for _, acl in ipairs(acls) do
    groups[acl.consumer.id] = groups[acl.consumer.id] or {}
    table.insert(groups[acl.consumer.id], acl.group)
  end
  return groups
end

--- Builds everything that a request needs from the entities of a document.
local function compile(document)
  local services = by_id(document.services)
  local pools = pools_of(document)
  for _, service in ipairs(document.services) do
    complete_service(service, pools)
  end
  return {
    router = router.build(document.routes, services),
    plugins = plugin_list.build(registry.loaded, document.plugins),
    consumers = by_id(document.consumers),
    consumers_by_name = index_by(document.consumers, "username"),
    keys = index_by(document.keyauth_credentials, "key"),
    passwords = index_by(document.basicauth_credentials, "username"),
    groups = groups_by_consumer(document.acls),
  }
end

local EMPTY = {
  services = {},
  routes = {},
  plugins = {},
  consumers = {},
  keyauth_credentials = {},
  basicauth_credentials = {},
  acls = {},
}

--- Tells the Node process how far this worker is.
local function tell_version()
  dictionary:set("applied:" .. ngx.worker.id(), M.version)
end

function M.load_first()
  M.version = dictionary:get("version") or 0
  local text = dictionary:get("document")
  M.current = compile(text and cjson.decode(text) or EMPTY)
  tell_version()
end

--- Loads a newer document if there is one; `configure` of the plugins runs with it.
function M.refresh()
  local version = dictionary:get("version") or 0
  if version == M.version then
    return
  end
  local document, err = cjson.decode(dictionary:get("document"))
  M.version = version
  if not document then
    ngx.log(ngx.ERR, "configuration ", version, " cannot be read: ", err)
    return
  end
  local compiled = compile(document)
  plugin_list.configure(compiled.plugins)
  M.current = compiled
  tell_version()
end

return M
