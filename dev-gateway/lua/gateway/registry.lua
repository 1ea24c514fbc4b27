-- The plugins that can be used: the bundled ones of this stand-in and the custom ones named at the start.
local M = { loaded = {}, by_name = {} }

local BUNDLED = {
  "acl",
  "basic-auth",
  "bot-detection",
  "http-log",
  "ip-restriction",
  "key-auth",
  "post-function",
  "pre-function",
  "rate-limiting",
  "request-size-limiting",
  "request-termination",
}

local function register(name, handler, schema)
  local plugin = { name = name, handler = handler, schema = schema }
  M.loaded[#M.loaded + 1] = plugin
  M.by_name[name] = plugin
end

local function goes_first(a, b)
  local first, second = a.handler.PRIORITY or 0, b.handler.PRIORITY or 0
  if first == second then
    return a.name > b.name
  end
  return first > second
end

--- Runs once in the master, after the global `kong` is there.
function M.load(custom)
  for _, name in ipairs(BUNDLED) do
    local schema = name:match("%-function$") and require("gateway.function-schema").new(name) or nil
    register(name, require("gateway.plugins." .. name), schema)
  end
  for _, name in ipairs(custom) do
    register(name, require("kong.plugins." .. name .. ".handler"), require("kong.plugins." .. name .. ".schema"))
  end
  table.sort(M.loaded, goes_first)
  for rank, plugin in ipairs(M.loaded) do
    plugin.rank = rank
  end
end

return M
