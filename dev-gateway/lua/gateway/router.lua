-- The traditional router: hosts, paths, methods, headers. The more kinds of conditions a route states, the earlier it is
-- tried; then plain hosts before wildcards, more headers, regular expressions before prefixes, longer prefixes, older routes.
local uri = require "gateway.uri"

local find, sub, lower, byte = string.find, string.sub, string.lower, string.byte
local re_find = ngx.re.find
local get_headers = ngx.req.get_headers
local ipairs, pairs, type = ipairs, pairs, type

local SLASH = byte("/")
local M = {}

local function as_set(list)
  if not list or #list == 0 then
    return nil
  end
  local set = {}
  for _, value in ipairs(list) do
    set[value] = true
  end
  return set
end

local function compile_hosts(hosts)
  if not hosts or #hosts == 0 then
    return nil
  end
  local compiled = { plain = {}, wildcards = {} }
  for _, host in ipairs(hosts) do
    host = lower(host)
    if find(host, "*", 1, true) then
      local leading = sub(host, 1, 1) == "*"
      compiled.wildcards[#compiled.wildcards + 1] = { leading = leading, text = leading and sub(host, 2) or sub(host, 1, -2) }
    else
      compiled.plain[host] = true
    end
  end
  return compiled
end

local function compile_headers(headers)
  local compiled = {}
  for name, values in pairs(headers or {}) do
    local wanted = { name = lower(name):gsub("-", "_"), values = {} }
    for _, value in ipairs(values) do
      if sub(value, 1, 2) == "~*" then
        wanted.pattern = sub(value, 3)
      else
        wanted.values[lower(value)] = true
      end
    end
    compiled[#compiled + 1] = wanted
  end
  return #compiled > 0 and compiled or nil
end

local function count_kinds(entry, path)
  return (entry.methods and 1 or 0) + (entry.hosts and 1 or 0) + (entry.headers and 1 or 0) + (path and 1 or 0)
end

local function new_entry(route, service, path)
  local entry = {
    route = route,
    service = service,
    methods = as_set(route.methods),
    hosts = compile_hosts(route.hosts),
    headers = compile_headers(route.headers),
  }
  if path and sub(path, 1, 1) == "~" then
    entry.regex = "^" .. sub(path, 2)
  elseif path then
    entry.prefix = path
    entry.prefix_length = #path
  end
  entry.kinds = count_kinds(entry, path)
  entry.plain_hosts = entry.hosts and #entry.hosts.wildcards == 0 and 1 or 0
  entry.header_count = entry.headers and #entry.headers or 0
  entry.regex_rank = entry.regex and 1 or 0
  entry.regex_priority = entry.regex and (route.regex_priority or 0) or 0
  entry.path_length = path and #path or 0
  entry.age = -(route.created_at or 0)
  return entry
end

local ORDER = { "kinds", "plain_hosts", "header_count", "regex_rank", "regex_priority", "path_length", "age" }

local function goes_first(a, b)
  for _, field in ipairs(ORDER) do
    if a[field] ~= b[field] then
      return a[field] > b[field]
    end
  end
  return a.route.id < b.route.id
end

--- Routes of a disabled service are left out; a route without a service stays and answers 503.
function M.build(routes, services)
  local entries = {}
  for _, route in ipairs(routes) do
    local service = route.service and services[route.service.id]
    if not service or service.enabled ~= false then
      if route.paths and #route.paths > 0 then
        for _, path in ipairs(route.paths) do
          entries[#entries + 1] = new_entry(route, service, path)
        end
      else
        entries[#entries + 1] = new_entry(route, service, nil)
      end
    end
  end
  table.sort(entries, goes_first)
  return entries
end

local function host_matches(hosts, host, port)
  if hosts.plain[host] or hosts.plain[host .. ":" .. port] then
    return true
  end
  for _, wildcard in ipairs(hosts.wildcards) do
    local text, length = wildcard.text, #wildcard.text
    if #host > length and (wildcard.leading and sub(host, -length) or sub(host, 1, length)) == text then
      return true
    end
  end
  return false
end

local function value_matches(wanted, value)
  value = lower(value)
  return wanted.values[value] or (wanted.pattern and re_find(value, wanted.pattern, "jo"))
end

local function any_matches(wanted, value)
  if type(value) ~= "table" then
    return type(value) == "string" and value_matches(wanted, value)
  end
  for _, one in ipairs(value) do
    if value_matches(wanted, one) then
      return true
    end
  end
  return false
end

--- As the plugins before routing left them, the first hundred; names are looked up with underscores first, then with dashes.
local function headers_match(headers)
  local sent = get_headers()
  for _, wanted in ipairs(headers) do
    if not any_matches(wanted, sent[wanted.name]) then
      return false
    end
  end
  return true
end

--- Returns the length of the part of the path that the route names (0 without paths), or nil when the path does not match.
local function matched_length(entry, path)
  local prefix = entry.prefix
  if prefix then
    return (prefix == "/" or sub(path, 1, entry.prefix_length) == prefix) and entry.prefix_length or nil
  end
  if entry.regex then
    local from, to = re_find(path, entry.regex, "ajo")
    return from and to or nil
  end
  return 0
end

--- Returns the entry and how many bytes of the path it names, or nil.
function M.match(entries, path, method, var)
  for i = 1, #entries do
    local entry = entries[i]
    local methods = entry.methods
    if not methods or methods[method] then
      local length = matched_length(entry, path)
      if
        length
        and (not entry.hosts or host_matches(entry.hosts, var.host, var.server_port))
        and (not entry.headers or headers_match(entry.headers))
      then
        return entry, length
      end
    end
  end
  return nil
end

--- The path to ask the upstream for: the service's path joined with what is left of the request's.
function M.upstream_path(entry, path, length)
  local rest = path
  if entry.route.strip_path ~= false and length > 0 then
    rest = sub(path, length + 1)
  end
  local base = entry.service and entry.service.path
  if not base or base == "/" then
    return uri.escape(byte(rest) == SLASH and rest or "/" .. rest)
  end
  if byte(base, -1) == SLASH then
    rest = byte(rest) == SLASH and sub(rest, 2) or rest
  elseif rest ~= "" and byte(rest) ~= SLASH then
    rest = "/" .. rest
  end
  return uri.escape(base .. rest)
end

return M
