import { MAX_BODY_BYTES, MAX_ELEMENTS } from "./request.ts";

/**
 * What a patch may need beside its condition, in Lua, by name; each may use those before it. It runs in the sandbox of Kong's
 * serverless functions: no require, no metatables, no loaders. Every function is local to the request.
 */
export const RUNTIME = {
  headers: "local headers = kong.request.get_headers(1000)",
  body: `local body = kong.request.get_raw_body(${MAX_BODY_BYTES})
if body and #body > ${MAX_BODY_BYTES} then body = nil end`,
  like: `local function like(value, first, between, last)
  if string.sub(value, 1, #first) ~= first then return false end
  local from = #first + 1
  for i = 1, #between do
    local _, to = string.find(value, between[i], from, true)
    if not to then return false end
    from = math.max(to + 1, from)
  end
  return #value - #last + 1 >= from and string.sub(value, #value - #last + 1) == last
end`,
  decode: `local function decode(text)
  text = string.gsub(text, "%+", " ")
  text = string.gsub(text, "%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
  return text
end`,
  any_pair: `local function any_pair(text, name, test)
  for pair in string.gmatch(text, "[^&]+") do
    local at = string.find(pair, "=", 1, true)
    if decode(at and string.sub(pair, 1, at - 1) or pair) == name and test(decode(at and string.sub(pair, at + 1) or "")) then
      return true
    end
  end
  return false
end`,
  any_header: `local function any_header(name, test)
  local value = headers[name]
  if type(value) ~= "table" then return value ~= nil and test(tostring(value)) end
  for i = 1, #value do
    if test(tostring(value[i])) then return true end
  end
  return false
end`,
  text_of: `local function text_of(value)
  if type(value) == "string" then return value end
  if type(value) == "boolean" then return tostring(value) end
  if type(value) ~= "number" or value ~= math.floor(value) or math.abs(value) >= 1e14 then return nil end
  return string.format("%.0f", value + 0)
end`,
  any_member: `local function any_member(node, path, i, exists, test)
  if node == nil or node == ngx.null then return false end
  if type(node) == "table" and #node > 0 then
    if exists and i > #path then return true end
    for k = 1, math.min(#node, ${MAX_ELEMENTS}) do
      if any_member(node[k], path, i, exists, test) then return true end
    end
    return false
  end
  if i <= #path then
    return type(node) == "table" and any_member(node[path[i]], path, i + 1, exists, test)
  end
  if exists then return true end
  local text = text_of(node)
  return text ~= nil and test(text)
end`,
  members: `local members
if body and string.find(body, "^[ \\t\\r\\n]*[%[{]") then
  members = kong.request.get_body("application/json", nil, ${MAX_BODY_BYTES}) or {}
end`,
  any_field: `local function any_field(name, path, exists, test)
  if not body then return false end
  if members then return any_member(members, path, 1, exists, test) end
  return any_pair(body, name, test)
end`,
  size: `local size = headers["content-length"]
size = type(size) == "string" and string.find(size, "^%d+$") and tonumber(size) or body and #body or ${MAX_BODY_BYTES + 1}`,
  address: `local address = ngx.var.binary_remote_addr or ""
if #address == 16 and string.sub(address, 1, 12) == "\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\255\\255" then address = string.sub(address, 13) end`,
  within: `local function within(network, bits)
  local whole = math.floor(bits / 8)
  if address == "" or #address ~= #network or string.sub(address, 1, whole) ~= string.sub(network, 1, whole) then return false end
  if bits % 8 == 0 then return true end
  local scale = 2 ^ (8 - bits % 8)
  return math.floor(string.byte(address, whole + 1) / scale) == math.floor(string.byte(network, whole + 1) / scale)
end`,
} as const;

export type Part = keyof typeof RUNTIME;

/** What a part uses itself. */
export const NEEDS: Partial<Record<Part, readonly Part[]>> = {
  any_pair: ["decode"],
  any_header: ["headers"],
  any_member: ["text_of"],
  members: ["body"],
  any_field: ["body", "members", "any_pair", "any_member"],
  size: ["headers", "body"],
  within: ["address"],
};
