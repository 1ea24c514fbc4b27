-- The environment of pre-function and post-function code: most of `ngx` and `kong`, no `require`, no files, no metatables.
local M = {}

local PLAIN = { "assert", "error", "ipairs", "next", "pairs", "pcall", "print", "select", "tonumber", "tostring", "type", "unpack", "xpcall" }
local MODULES = { "bit", "coroutine", "math", "string", "table" }

local function read_only(module)
  return setmetatable({}, {
    __index = module,
    __newindex = function(_, key)
      error("Cannot modify " .. tostring(key) .. ". Protected by the sandbox.", 2)
    end,
  })
end

local function denied_require(name)
  error("require '" .. tostring(name) .. "' not allowed within sandbox", 2)
end

local function new_environment()
  local environment = { _VERSION = _VERSION, require = denied_require }
  for _, name in ipairs(PLAIN) do
    environment[name] = _G[name]
  end
  for _, name in ipairs(MODULES) do
    environment[name] = read_only(name == "bit" and require "bit" or _G[name])
  end
  environment.os = read_only({ clock = os.clock, date = os.date, difftime = os.difftime, time = os.time })
  environment.ngx = ngx
  environment.kong = kong
  environment._G = environment
  return environment
end

--- Returns the chunk as a function in an environment of its own, or nil and the error.
function M.load(source)
  return load(source, "=pre-function", "t", new_environment())
end

return M
