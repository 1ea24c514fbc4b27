-- kong.ip, and CIDR matching for the bundled plugins.
local ffi = require "ffi"
local band, rshift, byte, ipairs = require("bit").band, require("bit").rshift, string.byte, ipairs

ffi.cdef [[int inet_pton(int family, const char *text, void *binary);]]

local AF_INET, AF_INET6 = 2, 10
local buffer = ffi.new("uint8_t[16]")
local M = {}
local trusted = {}

--- The address as 4 or 16 bytes, or nil.
function M.to_binary(text)
  local v6 = text:find(":", 1, true)
  if ffi.C.inet_pton(v6 and AF_INET6 or AF_INET, text, buffer) ~= 1 then
    return nil
  end
  return ffi.string(buffer, v6 and 16 or 4)
end

local function parse_range(text)
  local address, bits = text:match("^([^/]+)/(%d+)$")
  local binary = M.to_binary(address or text)
  if not binary then
    return nil
  end
  return { binary = binary, bits = tonumber(bits) or #binary * 8 }
end

--- Ranges from addresses and CIDRs; what is neither is left out.
function M.compile(list)
  local ranges = {}
  for _, text in ipairs(list) do
    ranges[#ranges + 1] = parse_range(text)
  end
  return ranges
end

local function in_range(range, binary)
  if #binary ~= #range.binary then
    return false
  end
  local whole = rshift(range.bits, 3)
  if binary:sub(1, whole) ~= range.binary:sub(1, whole) then
    return false
  end
  local rest = band(range.bits, 7)
  if rest == 0 then
    return true
  end
  return rshift(byte(binary, whole + 1), 8 - rest) == rshift(byte(range.binary, whole + 1), 8 - rest)
end

function M.contains(ranges, binary)
  for i = 1, #ranges do
    if in_range(ranges[i], binary) then
      return true
    end
  end
  return false
end

function M.set_trusted(list)
  trusted = M.compile(list)
end

function M.is_trusted(address)
  if #trusted == 0 or not address then
    return false
  end
  local binary = M.to_binary(address)
  return binary ~= nil and M.contains(trusted, binary)
end

return M
