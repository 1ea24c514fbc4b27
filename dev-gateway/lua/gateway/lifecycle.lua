-- Start of the master and of each worker.
local ffi = require "ffi"
local pdk = require "gateway.pdk"
local ip = require "gateway.pdk.ip"

ffi.cdef [[int kill(int pid, int signal);]]

local SIGQUIT = 3
local POLL_S = 0.05
local OWNER_POLL_S = 1
local M = {}

--- `settings` is what the Node process wrote beside nginx.conf.
function M.init(settings)
  rawset(_G, "kong", pdk.new(settings))
  ip.set_trusted(settings.trusted_ips)
  require("gateway.registry").load(settings.custom_plugins)
  M.settings = settings
end

local function run_init_worker(plugins)
  for _, plugin in ipairs(plugins) do
    if plugin.handler.init_worker then
      local ok, err = pcall(plugin.handler.init_worker, plugin.handler)
      if not ok then
        ngx.log(ngx.ERR, "init_worker of plugin '", plugin.name, "' failed: ", err)
      end
    end
  end
end

local function every(seconds, work)
  local busy = false
  ngx.timer.every(seconds, function(premature)
    if premature or busy then
      return
    end
    busy = true
    local ok, err = pcall(work)
    busy = false
    if not ok then
      ngx.log(ngx.ERR, err)
    end
  end)
end

--- nginx must not outlive the process that started it, however that ended.
local function quit_without_owner()
  if ffi.C.kill(M.settings.owner_pid, 0) ~= 0 then
    ffi.C.kill(require("ngx.process").get_master_pid(), SIGQUIT)
  end
end

function M.init_worker()
  local state = require "gateway.state"
  local registry = require "gateway.registry"
  state.load_first()
  ngx.shared.dev_gateway:set("pid:" .. ngx.worker.id(), ngx.worker.pid())
  run_init_worker(registry.loaded)
  require("gateway.plugin-list").configure(state.current.plugins)
  every(POLL_S, state.refresh)
  if ngx.worker.id() == 0 then
    every(OWNER_POLL_S, quit_without_owner)
  end
end

return M
