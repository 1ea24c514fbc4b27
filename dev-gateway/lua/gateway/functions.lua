-- What pre-function and post-function share. A chunk that returns a function is run once for its upvalues; from then on
-- that function is the handler.
local sandbox = require "gateway.sandbox"

local M = {}
local PHASES = { "rewrite", "access", "header_filter", "body_filter", "log" }

local function run_chunk(compiled, index)
  local chunk = compiled[index]
  if not chunk.settled then
    chunk.settled = true
    local result = chunk.run()
    if type(result) == "function" then
      chunk.run = result
      result()
    end
    return
  end
  chunk.run()
end

local function compile(sources)
  local compiled = {}
  for i, source in ipairs(sources or {}) do
    compiled[i] = { run = assert(sandbox.load(source)) }
  end
  return compiled
end

local compiled_by_config = setmetatable({}, { __mode = "k" })

local function chunks_of(config, phase)
  local by_phase = compiled_by_config[config]
  if not by_phase then
    by_phase = {}
    compiled_by_config[config] = by_phase
  end
  if not by_phase[phase] then
    by_phase[phase] = compile(config[phase])
  end
  return by_phase[phase]
end

function M.new(priority)
  local handler = { PRIORITY = priority, VERSION = "3.10.0" }
  for _, phase in ipairs(PHASES) do
    handler[phase] = function(_, config)
      local compiled = chunks_of(config, phase)
      for i = 1, #compiled do
        run_chunk(compiled, i)
      end
    end
  end
  return handler
end

return M
