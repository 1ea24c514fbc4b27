-- For pre-function and post-function: code has to parse. Everything else about their configuration is known in TypeScript.
local M = {}

function M.new(name)
  local function check_source(source)
    local _, err = loadstring(source)
    if err then
      return nil, "error parsing " .. name .. ": " .. err
    end
    return true
  end

  local fields = {}
  for _, phase in ipairs({ "certificate", "rewrite", "access", "header_filter", "body_filter", "log" }) do
    local sources = { type = "array", elements = { type = "string", custom_validator = check_source } }
    fields[#fields + 1] = { [phase] = sources }
  end
  return { name = name, fields = { { config = { type = "record", fields = fields } } } }
end

return M
