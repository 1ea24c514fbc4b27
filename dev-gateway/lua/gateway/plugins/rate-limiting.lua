local RateLimiting = { PRIORITY = 910, VERSION = "3.10.0" }

local counters = ngx.shared.kong_rate_limiting_counters

--- From the shortest to the longest, with the length in seconds and the name in headers.
local PERIODS = {
  { name = "second", seconds = 1, header = "Second" },
  { name = "minute", seconds = 60, header = "Minute" },
  { name = "hour", seconds = 3600, header = "Hour" },
  { name = "day", seconds = 86400, header = "Day" },
  { name = "month", seconds = 2592000, header = "Month", calendar = "%Y-%m-01" },
  { name = "year", seconds = 31536000, header = "Year", calendar = "%Y-01-01" },
}

local function identifier_of(config)
  local by = config.limit_by
  local found
  if by == "consumer" then
    found = (kong.client.get_consumer() or kong.client.get_credential() or {}).id
  elseif by == "credential" then
    found = (kong.client.get_credential() or {}).id
  elseif by == "service" then
    found = (kong.router.get_service() or {}).id
  elseif by == "header" then
    found = kong.request.get_header(config.header_name)
  elseif by == "path" then
    local path = kong.request.get_path()
    found = path == config.path and path or nil
  end
  return found or kong.client.get_forwarded_ip()
end

--- Windows are aligned to the clock (UTC), not to the first request.
local function window_start(period, now)
  if period.calendar then
    local year, month = os.date("!" .. period.calendar, now):match("^(%d+)-(%d+)")
    local noon = os.time({ year = tonumber(year), month = tonumber(month), day = 1, hour = 12 })
    return noon - noon % 86400
  end
  return now - now % period.seconds
end

local function counter_key(config, identifier, period, start)
  return table.concat({ config.route_id or "", config.service_id or "", identifier, start, period.name }, ":")
end

local function read_usage(config, identifier, now)
  local usage, exceeded = {}, nil
  for _, period in ipairs(PERIODS) do
    local limit = config[period.name]
    if limit then
      local start = window_start(period, now)
      local key = counter_key(config, identifier, period, start)
      local window = { period = period, limit = limit, key = key, ends = start + period.seconds }
      window.remaining = limit - (counters:get(key) or 0)
      usage[#usage + 1] = window
      exceeded = window.remaining <= 0 and window or exceeded
    end
  end
  return usage, exceeded
end

local function tell(usage, exceeded, now)
  local header, tightest = ngx.header, nil
  for _, window in ipairs(usage) do
    local counts = not exceeded or exceeded == window
    local left = math.max(0, window.remaining - (counts and 1 or 0))
    header["X-RateLimit-Limit-" .. window.period.header] = window.limit
    header["X-RateLimit-Remaining-" .. window.period.header] = left
    window.left = left
    if not tightest or left <= tightest.left then
      tightest = window
    end
  end
  local reset = math.max(1, tightest.ends - now)
  header["RateLimit-Limit"] = tightest.limit
  header["RateLimit-Remaining"] = tightest.left
  header["RateLimit-Reset"] = reset
  if exceeded then
    header["Retry-After"] = reset
  end
end

function RateLimiting:access(config)
  local now = ngx.time()
  local usage, exceeded = read_usage(config, identifier_of(config), now)
  if not config.hide_client_headers then
    tell(usage, exceeded, now)
  end
  if exceeded then
    return kong.response.error(config.error_code, config.error_message)
  end
  for _, window in ipairs(usage) do
    counters:incr(window.key, 1, 0, window.period.seconds)
  end
end

return RateLimiting
