-- The defaults that the plugin's schema ships with, as a table of the configuration's shape.
local function defaults_of(record)
  local values = {}
  for _, field in ipairs(record.fields) do
    local name, definition = next(field)
    if definition.type == "record" then
      values[name] = defaults_of(definition)
    else
      values[name] = definition.default
    end
  end
  return values
end

local schema = require("kong.plugins.threat-response.schema")
for _, field in ipairs(schema.fields) do
  if field.config then return defaults_of(field.config) end
end
error("the schema has no config")
