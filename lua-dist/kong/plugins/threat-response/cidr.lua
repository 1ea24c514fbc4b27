local ____exports = {}
local ____address_2Ets = require("kong.plugins.threat-response.address")
local parseAddress = ____address_2Ets.parseAddress
local unmap = ____address_2Ets.unmap
local MAPPED_LENGTH = 96
--- `bytes` with everything behind the first `length` bits cleared.
function ____exports.maskAddress(bytes, length)
    if length >= #bytes * 8 then
        return bytes
    end
    local whole = math.floor(length / 8)
    local next = string.byte(bytes, whole + 1)
    local cleared = 2 ^ (8 - length % 8)
    return (string.sub(bytes, 1, whole) .. string.char(next - next % cleared)) .. string.rep("\0", #bytes - whole - 1)
end
--- `192.0.2.0/24`, `2001:db8::/32` or a single address; bits behind the prefix are cleared.
function ____exports.parseRange(text)
    local address, suffix = string.match(text, "^([^/]+)/?(%d*)$")
    local ____temp_0
    if address == nil then
        ____temp_0 = nil
    else
        ____temp_0 = parseAddress(address)
    end
    local bytes = ____temp_0
    local slash = string.find(text, "/", 1, true)
    if bytes == nil or slash ~= nil and suffix == "" then
        return nil
    end
    local bits = #bytes * 8
    if suffix == "" then
        return {bytes = bytes, length = bits}
    end
    local colon = string.find(text, ":", 1, true)
    local isMapped = colon ~= nil and bits == 32
    local length = tonumber(suffix) - (isMapped and MAPPED_LENGTH or 0)
    local ____temp_1
    if length < 0 or length > bits then
        ____temp_1 = nil
    else
        ____temp_1 = {
            bytes = ____exports.maskAddress(bytes, length),
            length = length
        }
    end
    return ____temp_1
end
local function toNumber(bytes)
    local a, b, c, d = string.byte(bytes, 1, 4)
    return ((a * 256 + b) * 256 + c) * 256 + d
end
local function addIpv4(levels, range)
    local size = 2 ^ (32 - range.length)
    local prefix = math.floor(toNumber(range.bytes) / size)
    for ____, level in ipairs(levels) do
        if level.length == range.length then
            level.prefixes[prefix] = true
            return
        end
    end
    levels[#levels + 1] = {length = range.length, size = size, prefixes = {[prefix] = true}}
end
local function addIpv6(levels, range)
    for ____, level in ipairs(levels) do
        if level.length == range.length then
            level.prefixes[range.bytes] = true
            return
        end
    end
    levels[#levels + 1] = {length = range.length, prefixes = {[range.bytes] = true}}
end
--- Texts that are no ranges are left out: the schema has refused them before. Undefined when nothing is left.
function ____exports.compileRanges(texts)
    local set = {ranges = {}, ipv4 = {}, ipv6 = {}}
    for ____, text in ipairs(texts) do
        local range = ____exports.parseRange(text)
        if range ~= nil then
            local ____set_ranges_2 = set.ranges
            ____set_ranges_2[#____set_ranges_2 + 1] = range
            if #range.bytes == 4 then
                addIpv4(set.ipv4, range)
            else
                addIpv6(set.ipv6, range)
            end
        end
    end
    return #set.ranges > 0 and set or nil
end
--- Whether an IPv4 address, as a number, lies in one of the ranges.
function ____exports.matchNumber(set, address)
    for ____, level in ipairs(set.ipv4) do
        if level.prefixes[(address - address % level.size) / level.size] ~= nil then
            return true
        end
    end
    return false
end
--- Whether the address (4 or 16 bytes) lies in one of the ranges.
function ____exports.matchCidr(set, binary)
    local bytes = unmap(binary)
    if #bytes == 4 then
        return ____exports.matchNumber(
            set,
            toNumber(bytes)
        )
    end
    for ____, level in ipairs(set.ipv6) do
        if level.prefixes[____exports.maskAddress(bytes, level.length)] ~= nil then
            return true
        end
    end
    return false
end
return ____exports
