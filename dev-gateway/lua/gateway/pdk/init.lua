-- The global `kong`: the documented subset of the PDK that the plugin and the bundled plugins use.
local M = {}

function M.new(configuration)
  return {
    version = configuration.version,
    version_num = 3010000,
    configuration = configuration,
    request = require "gateway.pdk.request",
    response = require "gateway.pdk.response",
    client = require "gateway.pdk.client",
    service = require "gateway.pdk.service",
    ctx = require "gateway.pdk.ctx",
    log = require "gateway.pdk.log",
    ip = { is_trusted = require("gateway.pdk.ip").is_trusted },
    router = {
      get_route = function()
        return ngx.ctx.route
      end,
      get_service = function()
        return ngx.ctx.service
      end,
    },
    plugin = {
      get_id = function()
        return ngx.ctx.plugin_id
      end,
    },
    node = {
      get_id = function()
        return configuration.node_id
      end,
      get_hostname = function()
        return configuration.hostname
      end,
    },
    table = { new = require "table.new", clear = require "table.clear" },
  }
end

return M
