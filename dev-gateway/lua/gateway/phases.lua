-- What nginx calls, phase by phase, for a proxied request.
local error_body = require "gateway.error-body"
local plugin_list = require "gateway.plugin-list"
local proxy = require "gateway.proxy"
local response = require "gateway.pdk.response"
local router = require "gateway.router"
local state = require "gateway.state"
local uri = require "gateway.uri"

local create, resume = coroutine.create, coroutine.resume
local ngx, var, req = ngx, ngx.var, ngx.req
local M = {}

local function run_all(ctx, steps, phase)
  for i = 1, #steps do
    local step = steps[i]
    ctx.plugin_id = step.config.__plugin_id
    step.handler[phase](step.handler, step.config)
  end
  ctx.plugin_id = nil
end

--- Global instances only, and before routing.
function M.rewrite()
  local ctx = ngx.ctx
  local current = state.current
  ctx.gateway_state = current
  ctx.gateway_phase = "rewrite"
  run_all(ctx, current.plugins.globals.rewrite, "rewrite")
end

--- Each plugin runs in a coroutine of its own: `kong.response.exit` yields out of it, an error becomes a 500.
local function run_one(ctx, plugin, config)
  local handler = plugin.handler
  ctx.plugin_id = config.__plugin_id
  ctx.gateway_running = plugin
  local ok, err = resume(create(handler.access), handler, config)
  ctx.gateway_running = nil
  ctx.plugin_id = nil
  if not ok then
    ngx.log(ngx.ERR, "[kong] ", err)
    ctx.gateway_failed = true
    local content_type, body = error_body.for_request(500)
    ctx.delayed_response = { status = 500, body = body, headers = { ["Content-Type"] = content_type } }
  end
end

local function run_static(ctx, plan)
  ctx.gateway_plan = plan
  local steps = plan.access
  for i = 1, #steps do
    local step = steps[i]
    run_one(ctx, step.plugin, step.config)
    if ctx.delayed_response then
      return
    end
  end
end

--- Where plugins are scoped to consumers, the configuration is looked up when a plugin's turn comes. After an exit the rest
--- is still collected: their header_filter and log run.
local function run_dynamic(ctx, plan)
  local collected = plugin_list.new_plan()
  ctx.gateway_plan = collected
  for i = 1, #plan.steps do
    local step = plan.steps[i]
    local config = plugin_list.config_now(step, ctx.route, ctx.service, ctx.authenticated_consumer)
    if config then
      plugin_list.collect(collected, step.plugin, config)
      if step.plugin.handler.access and not ctx.delayed_response then
        run_one(ctx, step.plugin, config)
      end
    end
  end
end

local function run_plugins(ctx, plan)
  ctx.delay_response = true
  if plan.dynamic then
    run_dynamic(ctx, plan)
  else
    run_static(ctx, plan)
  end
  ctx.delay_response = nil
end

function M.access()
  local ctx = ngx.ctx
  local current = ctx.gateway_state
  ctx.gateway_phase = "access"
  local path = uri.normalize(uri.without_query(var.request_uri))
  local entry, matched = router.match(current.router, path, req.get_method(), var)
  if not entry then
    return response.error(404, "no Route matched with those values")
  end
  ctx.route, ctx.service = entry.route, entry.service
  proxy.prepare(entry, path, matched)
  run_plugins(ctx, plugin_list.plan_for(current.plugins, entry.route, entry.service))
  if ctx.delayed_response then
    return response.flush(ctx)
  end
  if not entry.service then
    return response.error(503, "no Service found with those values")
  end
  return proxy.send(ctx, entry.service)
end

--- A plugin that ends the request with `ngx.exit` in access hides it from the plugins after it.
local function steps_until(steps, last)
  local reached = {}
  for _, step in ipairs(steps) do
    if step.plugin.rank <= last.rank then
      reached[#reached + 1] = step
    end
  end
  return reached
end

local function steps_of(ctx, phase)
  local plan = ctx.gateway_plan or (ctx.gateway_state or state.current).plugins.globals
  if ctx.gateway_running then
    return steps_until(plan[phase], ctx.gateway_running)
  end
  return plan[phase]
end

local function has_upstream_answer(ctx)
  local times = ctx.gateway_proxied and var.upstream_header_time
  return times and times:find("%d%s*$") ~= nil
end

--- Answers of nginx itself (a bad request line, an upstream that cannot be reached) get the gateway's body.
local function replace_own_answer(ctx)
  if ctx.gateway_has_body or not error_body.REPLACED[ngx.status] or has_upstream_answer(ctx) then
    return
  end
  ctx.gateway_failed = true
  local content_type, body = error_body.for_nginx(ngx.status)
  ngx.header["Content-Type"] = content_type
  ngx.header["Content-Length"] = #body
  ctx.gateway_body = body
end

function M.header_filter()
  local ctx = ngx.ctx
  if ngx.status >= 400 then
    replace_own_answer(ctx)
  end
  ctx.gateway_phase = "header_filter"
  run_all(ctx, steps_of(ctx, "header_filter"), "header_filter")
  proxy.add_response_headers(ctx)
end

function M.body_filter()
  local ctx = ngx.ctx
  local body = ctx.gateway_body
  if body then
    ngx.arg[1] = body ~= true and body or nil
    ngx.arg[2] = true
    ctx.gateway_body = true
  end
  local steps = steps_of(ctx, "body_filter")
  if #steps > 0 then
    ctx.gateway_phase = "body_filter"
    run_all(ctx, steps, "body_filter")
  end
end

function M.log()
  local ctx = ngx.ctx
  ctx.gateway_phase = "log"
  run_all(ctx, steps_of(ctx, "log"), "log")
end

return M
