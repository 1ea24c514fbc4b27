local ____exports = {}
local parseIpv4, parseIpv6, spellOutIpv4, parseGroups, ZERO
function parseIpv4(text)
    local a, b, c, d = string.match(text, "^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$")
    if a == nil then
        return nil
    end
    local bytes = {}
    for ____, part in ipairs({a, b, c, d}) do
        local value = tonumber(part)
        if value > 255 or tostring(value) ~= part then
            return nil
        end
        bytes[#bytes + 1] = string.char(value)
    end
    return table.concat(bytes)
end
function parseIpv6(text)
    local hexadecimal = spellOutIpv4(text)
    if hexadecimal == nil then
        return nil
    end
    local gap, gapEnd = string.find(hexadecimal, "::", 1, true)
    if gap == nil then
        local groups = parseGroups(hexadecimal)
        return groups ~= nil and #groups == 16 and groups or nil
    end
    local head = parseGroups(string.sub(hexadecimal, 1, gap - 1))
    local tail = parseGroups(string.sub(hexadecimal, gapEnd + 1))
    if head == nil or tail == nil or #head + #tail > 14 then
        return nil
    end
    return (head .. string.rep(ZERO, 16 - #head - #tail)) .. tail
end
function spellOutIpv4(text)
    local head, last = string.match(text, "^([%x:]*:)(%d+%.%d+%.%d+%.%d+)$")
    if head == nil then
        return text
    end
    local bytes = parseIpv4(last)
    if bytes == nil then
        return nil
    end
    local a, b, c, d = string.byte(bytes, 1, 4)
    return string.format("%s%x:%x", head, a * 256 + b, c * 256 + d)
end
function parseGroups(text)
    if text == "" then
        return ""
    end
    local bytes = {}
    for group in string.gmatch(text .. ":", "([^:]*):") do
        local digits = string.match(group, "^%x%x?%x?%x?$")
        if digits == nil then
            return nil
        end
        local value = tonumber(digits, 16)
        bytes[#bytes + 1] = string.char(
            math.floor(value / 256),
            value % 256
        )
    end
    return table.concat(bytes)
end
--- An address as its bytes in network order: 4 for IPv4 and for IPv4 mapped into IPv6, 16 for IPv6. As `$binary_remote_addr` has it.
local MAPPED = string.rep("\0", 10) .. string.char(255, 255)
ZERO = "\0"
--- IPv4 mapped into IPv6 (`::ffff:192.0.2.1`) is the same client as the plain address.
function ____exports.unmap(bytes)
    return #bytes == 16 and string.sub(bytes, 1, 12) == MAPPED and string.sub(bytes, 13) or bytes
end
--- Undefined for anything that is no address, or could be read in two ways (leading zeros, zones).
function ____exports.parseAddress(text)
    local colon = string.find(text, ":", 1, true)
    if colon == nil then
        return parseIpv4(text)
    end
    local bytes = parseIpv6(text)
    local ____temp_0
    if bytes == nil then
        ____temp_0 = nil
    else
        ____temp_0 = ____exports.unmap(bytes)
    end
    return ____temp_0
end
return ____exports
