-- Counts the trace aborts of its worker by place and reason. A request with the header x-jit-watch gets the counts and starts anew.
local util = require("jit.util")
local vmdef = require("jit.vmdef")

local counts = {}

local function reason_of(code, argument)
  if type(code) ~= "number" then
    return tostring(code)
  end
  local text = vmdef.traceerr[code] or tostring(code)
  if type(argument) == "function" then
    argument = util.funcinfo(argument).loc
  end
  return (string.gsub(text, "%%[sd]", function() return tostring(argument) end))
end

local function on_trace(what, _, func, pc, code, argument)
  if what ~= "abort" then
    return
  end
  local place = func and util.funcinfo(func, pc).loc or "?"
  local line = place .. ": " .. reason_of(code, argument)
  counts[line] = (counts[line] or 0) + 1
end

local handler = { PRIORITY = 9999, VERSION = "0.1.0" }

function handler.init_worker()
  jit.attach(on_trace, "trace")
end

function handler.rewrite()
  if not kong.request.get_header("x-jit-watch") then
    return
  end
  local seen = counts
  counts = {}
  return kong.response.exit(200, { aborts = next(seen) and seen or nil })
end

return handler
