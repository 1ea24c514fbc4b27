-- Paths as the router and the plugins see them: dot segments resolved, doubled slashes merged, escapes that need none undone.
local find, gsub, sub, byte, char, upper = string.find, string.gsub, string.sub, string.byte, string.char, string.upper
local re_find = ngx.re.find

local M = {}

local function decode_unreserved(hex)
  local letter = char(tonumber(hex, 16))
  if find(letter, "^[%w%-%._~]$") then
    return letter
  end
  return "%" .. upper(hex)
end

local function resolve_dots(path)
  local kept, n = {}, 0
  for segment in string.gmatch(path, "[^/]+") do
    if segment == ".." then
      kept[n] = nil
      n = n > 0 and n - 1 or 0
    elseif segment ~= "." then
      n = n + 1
      kept[n] = segment
    end
  end
  local directory = n > 0 and (sub(path, -1) == "/" or find(path, "/%.%.?$"))
  return "/" .. table.concat(kept, "/", 1, n) .. (directory and "/" or "")
end

--- True when `normalize` would return the path as it is; the case of almost every request.
local function is_plain(path)
  return not re_find(path, [[%|//|/\.]], "jo")
end

function M.normalize(path)
  if is_plain(path) then
    return path
  end
  local decoded = gsub(path, "%%(%x%x)", decode_unreserved)
  if find(decoded, "//", 1, true) or find(decoded, "/.", 1, true) then
    return resolve_dots(decoded)
  end
  return decoded
end

function M.without_query(uri)
  local mark = find(uri, "?", 2, true)
  return mark and sub(uri, 1, mark - 1) or uri
end

local function escape_byte(letter)
  return string.format("%%%02X", byte(letter))
end

--- For the request line to the upstream; leaves existing escapes alone.
function M.escape(path)
  if not find(path, "[^%w%-%._~!%$&'%(%)%*%+,;=:@/%%?]") then
    return path
  end
  return (gsub(path, "[^%w%-%._~!%$&'%(%)%*%+,;=:@/%%?]", escape_byte))
end

return M
