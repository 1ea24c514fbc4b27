-- kong.ctx: `shared` by all plugins of a request, `plugin` for one plugin instance. Both last from rewrite to log.
local setmetatable = setmetatable

local function shared()
  local ctx = ngx.ctx
  local values = ctx.gateway_shared
  if not values then
    values = {}
    ctx.gateway_shared = values
  end
  return values
end

local function of_plugin()
  local ctx = ngx.ctx
  local id = ctx.plugin_id
  if not id then
    return nil
  end
  local all = ctx.gateway_plugin_values
  if not all then
    all = {}
    ctx.gateway_plugin_values = all
  end
  local values = all[id]
  if not values then
    values = {}
    all[id] = values
  end
  return values
end

return setmetatable({}, {
  __index = function(_, name)
    if name == "shared" then
      return shared()
    end
    return name == "plugin" and of_plugin() or nil
  end,
})
