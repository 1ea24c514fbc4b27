-- The listener on a unix socket through which the Node process talks to nginx.
local cjson = require "cjson.safe"
local registry = require "gateway.registry"

local dictionary = ngx.shared.dev_gateway
local M = {}

local function answer(status, value)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  ngx.print(cjson.encode(value))
  return ngx.exit(status)
end

local function read_body()
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  if body then
    return body
  end
  local file = assert(io.open(ngx.req.get_body_file(), "rb"))
  body = file:read("*a")
  file:close()
  return body
end

--- Every worker takes the new document at its next look at the version.
local function publish()
  local ok, err = dictionary:set("document", read_body())
  if not ok then
    return answer(507, { message = err })
  end
  return answer(200, { version = dictionary:incr("version", 1, 0) })
end

local function describe_workers()
  local pids, versions = {}, {}
  for id = 0, ngx.worker.count() - 1 do
    pids[id + 1] = dictionary:get("pid:" .. id)
    versions[id + 1] = dictionary:get("applied:" .. id)
  end
  local master = require("ngx.process").get_master_pid()
  return answer(200, { master = master, workers = pids, versions = versions, version = dictionary:get("version") or 0 })
end

local function describe_plugins()
  local plugins = {}
  for _, plugin in ipairs(registry.loaded) do
    plugins[plugin.name] = {
      priority = plugin.handler.PRIORITY,
      version = plugin.handler.VERSION,
      schema = plugin.schema and require("gateway.schema-data").from(plugin.schema) or nil,
    }
  end
  return answer(200, plugins)
end

local function check_plugin()
  local request = cjson.decode(read_body())
  local plugin = registry.by_name[request.name]
  if not plugin or not plugin.schema then
    return answer(200, {})
  end
  return answer(200, require("gateway.schema-check").problems(plugin.schema, request.config))
end

local HANDLERS = {
  ["/check"] = check_plugin,
  ["/configuration"] = publish,
  ["/workers"] = describe_workers,
  ["/plugins"] = describe_plugins,
}

function M.serve()
  local handler = HANDLERS[ngx.var.uri]
  if not handler then
    return answer(404, { message = "Not found" })
  end
  return handler()
end

return M
