-- Which plugins run for a request, with which of their configurations.
-- One configuration per plugin name and request: the narrowest scope wins and masks every wider one.
local ipairs = ipairs

local M = {}
local PHASES = { "access", "header_filter", "body_filter", "log" }

local function scope_key(route_id, service_id, consumer_id)
  return (route_id or "") .. ":" .. (service_id or "") .. ":" .. (consumer_id or "")
end

local function id_of(reference)
  return reference and reference.id
end

--- What a handler receives: its `config` with the scope and the plugin's id, as Kong adds them.
local function as_config(plugin)
  local config = plugin.config or {}
  config.route_id = id_of(plugin.route)
  config.service_id = id_of(plugin.service)
  config.consumer_id = id_of(plugin.consumer)
  config.plugin_instance_name = plugin.instance_name
  config.__plugin_id = plugin.id
  return config
end

local function is_http(plugin)
  for _, protocol in ipairs(plugin.protocols or { "http" }) do
    if protocol == "http" or protocol == "https" then
      return true
    end
  end
  return false
end

--- Returns the configurations by plugin name and scope, and per name the list that `configure` gets.
local function by_scope(rows)
  local scopes, configurations = {}, {}
  for _, plugin in ipairs(rows) do
    if plugin.enabled ~= false and is_http(plugin) then
      local name, config = plugin.name, as_config(plugin)
      scopes[name] = scopes[name] or { with_consumer = false, configs = {} }
      scopes[name].configs[scope_key(config.route_id, config.service_id, config.consumer_id)] = config
      scopes[name].with_consumer = scopes[name].with_consumer or config.consumer_id ~= nil
      configurations[name] = configurations[name] or {}
      table.insert(configurations[name], config)
    end
  end
  return scopes, configurations
end

local function narrowest(configs, route, service, consumer)
  if consumer then
    local config = (route and service and configs[scope_key(route, service, consumer)])
      or (route and configs[scope_key(route, nil, consumer)])
      or (service and configs[scope_key(nil, service, consumer)])
    if config then
      return config
    end
  end
  return (route and service and configs[scope_key(route, service)])
    or (consumer and configs[scope_key(nil, nil, consumer)])
    or (route and configs[scope_key(route)])
    or (service and configs[scope_key(nil, service)])
    or configs[scope_key()]
end

local function new_plan()
  local plan = { steps = {}, dynamic = false }
  for _, phase in ipairs(PHASES) do
    plan[phase] = {}
  end
  return plan
end

local function add(plan, plugin, config)
  for _, phase in ipairs(PHASES) do
    if plugin.handler[phase] then
      table.insert(plan[phase], { plugin = plugin, handler = plugin.handler, config = config })
    end
  end
end

--- The plan of a route and service. Where no plugin is scoped to a consumer it holds the final lists; else `steps` says what
--- to look up once the consumer is known.
local function make_plan(self, route_id, service_id)
  local plan = new_plan()
  for _, plugin in ipairs(self.loaded) do
    local scope = self.scopes[plugin.name]
    if scope then
      plan.dynamic = plan.dynamic or scope.with_consumer
      table.insert(plan.steps, { plugin = plugin, configs = scope.configs, with_consumer = scope.with_consumer })
      local config = narrowest(scope.configs, route_id, service_id)
      if config then
        add(plan, plugin, config)
      end
    end
  end
  return plan
end

function M.build(loaded, rows)
  local scopes, configurations = by_scope(rows)
  local self = { loaded = loaded, scopes = scopes, configurations = configurations, plans = {}, globals = {} }
  for _, phase in ipairs({ "rewrite", "header_filter", "body_filter", "log" }) do
    self.globals[phase] = {}
    for _, plugin in ipairs(loaded) do
      local scope = scopes[plugin.name]
      local config = scope and scope.configs[scope_key()]
      if config and plugin.handler[phase] then
        table.insert(self.globals[phase], { plugin = plugin, handler = plugin.handler, config = config })
      end
    end
  end
  return self
end

function M.plan_for(self, route, service)
  local key = service and route.id .. service.id or route.id
  local plan = self.plans[key]
  if not plan then
    plan = make_plan(self, route.id, service and service.id)
    self.plans[key] = plan
  end
  return plan
end

--- For a plan with consumer scopes: the configuration of one step now, with the consumer known so far.
function M.config_now(step, route, service, consumer)
  return narrowest(step.configs, route and route.id, service and service.id, consumer and consumer.id)
end

--- An empty set of lists, to which `collect` adds what ran for this request.
M.new_plan = new_plan
M.collect = add

--- Calls `configure` of every plugin that has one; without an instance it gets nil.
function M.configure(self)
  for _, plugin in ipairs(self.loaded) do
    if plugin.handler.configure then
      local ok, err = pcall(plugin.handler.configure, plugin.handler, self.configurations[plugin.name])
      if not ok then
        ngx.log(ngx.ERR, "configure of plugin '", plugin.name, "' failed: ", err)
      end
    end
  end
end

return M
