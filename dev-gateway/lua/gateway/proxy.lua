-- What the upstream is asked, and where: variables for nginx's proxy module, and the balancer.
local balancer = require "ngx.balancer"
local ip = require "gateway.pdk.ip"
local response = require "gateway.pdk.response"
local router = require "gateway.router"
local uri = require "gateway.uri"

local ngx, var, tonumber = ngx, ngx.var, tonumber
local now, update_time, start_time = ngx.now, ngx.update_time, ngx.req.start_time
local byte, QUESTION_MARK = string.byte, string.byte("?")
local VIA = "1.1 dev-gateway"
local M = {}

local function forwarded_or(name, own)
  return var[name] or own
end

local function set_forwarded(entry, matched)
  local peer = var.realip_remote_addr
  local given = var.http_x_forwarded_for
  var.upstream_x_forwarded_for = given and given .. ", " .. peer or var.remote_addr
  local prefix = entry.prefix ~= "/" and entry.route.strip_path ~= false and matched > 0 and entry.prefix or ""
  local path = uri.without_query(var.request_uri)
  if ip.is_trusted(peer) then
    var.upstream_x_forwarded_path = forwarded_or("http_x_forwarded_path", path)
    var.upstream_x_forwarded_proto = forwarded_or("http_x_forwarded_proto", var.scheme)
    var.upstream_x_forwarded_host = forwarded_or("http_x_forwarded_host", var.host)
    var.upstream_x_forwarded_port = forwarded_or("http_x_forwarded_port", var.server_port)
    var.upstream_x_forwarded_prefix = forwarded_or("http_x_forwarded_prefix", prefix)
  else
    var.upstream_x_forwarded_path = path
    var.upstream_x_forwarded_proto = var.scheme
    var.upstream_x_forwarded_host = var.host
    var.upstream_x_forwarded_port = var.server_port
    var.upstream_x_forwarded_prefix = prefix
  end
end

--- Before the plugins, so that they may change what is sent.
function M.prepare(entry, path, matched)
  var.upstream_uri = router.upstream_path(entry, path, matched)
  set_forwarded(entry, matched)
  if entry.route.preserve_host then
    var.upstream_host = var.http_host or ""
  end
end

local STEP = 7919

--- In turn, by weight; a large step mixes the turns of different targets.
local function next_target(pool)
  if pool.weight == 0 then
    return nil
  end
  local place = pool.turn * STEP % pool.weight
  pool.turn = pool.turn + 1
  for _, target in ipairs(pool.targets) do
    if place < target.weight then
      return target
    end
    place = place - target.weight
  end
end

function M.send(ctx, service)
  if not service.address then
    return response.error(503, "name resolution failed")
  end
  local peer = service
  if service.pool then
    peer = next_target(service.pool)
    if not peer then
      return response.error(503, "failure to get a peer from the ring-balancer")
    end
  end
  local args = var.args
  if args then
    var.upstream_uri = var.upstream_uri .. "?" .. args
  elseif byte(var.request_uri, -1) == QUESTION_MARK then
    var.upstream_uri = var.upstream_uri .. "?"
  end
  if var.upstream_host == "" then
    var.upstream_host = peer.authority
  end
  ctx.gateway_peer = peer
  ctx.gateway_service = service
  ctx.gateway_proxied = true
end

function M.balance()
  local ctx = ngx.ctx
  local peer, service = ctx.gateway_peer, ctx.gateway_service
  if not ctx.gateway_tried then
    ctx.gateway_tried = true
    balancer.set_more_tries(service.retries or 5)
  end
  local timeouts = service.timeouts
  balancer.set_timeouts(timeouts[1], timeouts[2], timeouts[3])
  local ok, err = balancer.set_current_peer(peer.address, peer.port)
  if not ok then
    ngx.log(ngx.ERR, "cannot set the upstream's address: ", err)
    return ngx.exit(500)
  end
end

function M.add_response_headers(ctx)
  local header = ngx.header
  if ctx.gateway_proxied and not ctx.gateway_failed then
    local waited = tonumber(var.upstream_header_time) or 0
    header["X-Kong-Upstream-Latency"] = math.floor(waited * 1000)
    update_time()
    header["X-Kong-Proxy-Latency"] = math.max(0, math.floor((now() - start_time() - waited) * 1000))
    header["Via"] = VIA
  else
    header["X-Kong-Response-Latency"] = math.floor((now() - start_time()) * 1000)
    header["Server"] = "dev-gateway"
  end
  header["X-Kong-Request-Id"] = var.kong_request_id
end

return M
