-- The parts of a custom plugin's schema that only Lua can evaluate: patterns and validator functions.
local ipairs, pairs, type, next = ipairs, pairs, type, next
local M = {}

local check_field

local function check_list(elements, values)
  local problems = {}
  for i, value in ipairs(values) do
    problems[i] = check_field(elements, value) or ngx.null
  end
  for i = 1, #problems do
    if problems[i] ~= ngx.null then
      return problems
    end
  end
  return nil
end

local function check_map(values, map)
  for _, value in pairs(map) do
    local problem = check_field(values, value)
    if problem then
      return problem
    end
  end
  return nil
end

local function check_record(fields, record)
  local problems = {}
  for _, entry in ipairs(fields) do
    local name, field = next(entry)
    if record[name] ~= nil then
      problems[name] = check_field(field, record[name])
    end
  end
  return next(problems) and problems or nil
end

local function check_nested(field, value)
  if type(value) ~= "table" then
    return nil
  end
  if field.type == "record" then
    return check_record(field.fields, value)
  elseif field.type == "map" then
    return check_map(field.values, value)
  elseif field.elements then
    return check_list(field.elements, value)
  end
end

check_field = function(field, value)
  if value == ngx.null then
    return nil
  end
  local problem = check_nested(field, value)
  if problem then
    return problem
  end
  if type(value) == "string" and field.match and not value:match(field.match) then
    return field.err or "invalid value: " .. value
  end
  if field.custom_validator then
    local ok, err = field.custom_validator(value)
    return not ok and (err or "failed validating: " .. tostring(value)) or nil
  end
end

--- What is wrong with a complete configuration that has the right types; an empty table when nothing is.
function M.problems(schema, config)
  for _, entry in ipairs(schema.fields) do
    if entry.config then
      return { config = check_field(entry.config, config) }
    end
  end
  return {}
end

return M
