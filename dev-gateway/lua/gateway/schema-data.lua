-- A plugin's schema as data that can leave Lua: what is a function becomes the name of what it does.
local type, pairs, tostring = type, pairs, tostring
local M = {}

local function is_list(value)
  return #value > 0 or next(value) == nil
end

local function copy(value, seen)
  local kind = type(value)
  if kind == "function" then
    return "function"
  end
  if kind ~= "table" then
    return value
  end
  if seen[value] then
    return nil
  end
  seen[value] = true
  local result = {}
  for key, item in pairs(value) do
    result[is_list(value) and key or tostring(key)] = copy(item, seen)
  end
  seen[value] = nil
  return result
end

function M.from(schema)
  return copy(schema, {})
end

return M
