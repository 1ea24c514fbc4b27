local ____exports = {}
local ffi = require("ffi")
local ____decision_2Dkey_2Ets = require("kong.plugins.threat-response.decision-key")
local createKey = ____decision_2Dkey_2Ets.createKey
local IPV6 = ____decision_2Dkey_2Ets.IPV6
local setAround = ____decision_2Dkey_2Ets.setAround
local LINE_FEED = 10
local SPACE = 32
local DOT = 46
local SLASH = 47
local ZERO = 48
local NINE = 57
local COLON = 58
local LOWER_A = 97
local FIRST_VISIBLE = 33
local LAST_VISIBLE = 126
local MAX_NAME = 128
local MAX_DIGITS = 12
local MAPPED = 65535
local function literal(text)
    local bytes = ffi.new("uint8_t[16]")
    ffi.copy(bytes, text, #text)
    return bytes
end
local ALLOW = literal("allow ip ")
local BLOCK = literal("block ip ")
local THROTTLE = literal("throttle ip ")
local LOGIN = literal(" scope=login")
local RATE = literal(" rps=")
--- Of the number that was read last.
local value = 0
local address = createKey()
local groups = ffi.new("uint16_t[8]")
--- Position behind the zero-terminated literal, or 0.
local function skipLiteral(bytes, from, expected)
    local length = 0
    while expected[length] ~= 0 do
        if bytes[from + length] ~= expected[length] then
            return 0
        end
        length = length + 1
    end
    return from + length
end
--- Position behind up to `most` digits from `from` on, 0 when there are none or too many, or a zero leads.
local function readDigits(bytes, from, most)
    local position = from
    local byte = bytes[position]
    local first = byte
    value = 0
    while byte >= ZERO and byte <= NINE do
        value = value * 10 + byte - ZERO
        position = position + 1
        byte = bytes[position]
    end
    local length = position - from
    return (length == 0 or length > most or first == ZERO and length > 1) and 0 or position
end
--- Position behind the address, or 0.
local function readIpv4(bytes, from)
    local position = from
    local number = 0
    for part = 1, 4 do
        position = readDigits(bytes, position, 3)
        if position == 0 or value > 255 or part < 4 and bytes[position] ~= DOT then
            return 0
        end
        number = bit.bor(
            bit.lshift(number, 8),
            value
        )
        position = position + 1
    end
    address[0] = number
    address[1] = 0
    address[2] = 0
    address[3] = 0
    return position - 1
end
--- Position behind a group of an IPv6 address, the same when there is none.
local function readGroup(bytes, from)
    local position = from
    value = 0
    while position < from + 4 do
        local byte = bytes[position]
        local isDigit = byte >= ZERO and byte <= NINE
        if not isDigit and (byte < LOWER_A or byte > LOWER_A + 5) then
            return position
        end
        value = value * 16 + (isDigit and byte - ZERO or byte - LOWER_A + 10)
        position = position + 1
    end
    return position
end
--- Eight groups as four words, with zeros where `::` stood, before the group of number `gap`.
local function joinGroups(count, gap)
    local ____temp_0
    if gap < 0 then
        ____temp_0 = count ~= 8
    else
        ____temp_0 = count > 7
    end
    if ____temp_0 then
        return false
    end
    for word = 0, 3 do
        local joined = 0
        for place = word * 2, word * 2 + 1 do
            local isTail = gap >= 0 and place >= gap + 8 - count
            local group = isTail and place - 8 + count or place
            local isGap = gap >= 0 and place >= gap and not isTail
            joined = bit.bor(
                bit.lshift(joined, 16),
                isGap and 0 or groups[group]
            )
        end
        address[word] = joined
    end
    return not (address[0] == 0 and address[1] == 0 and address[2] == MAPPED)
end
--- Position behind the address, or 0.
local function readIpv6(bytes, from)
    local position = from
    local count = 0
    local gap = -1
    while count < 8 do
        if bytes[position] == COLON and bytes[position + 1] == COLON and gap < 0 then
            gap = count
            position = position + 2
        elseif count > 0 and bytes[position] == COLON then
            position = position + 1
        elseif count > 0 then
            break
        end
        local next = readGroup(bytes, position)
        if next == position then
            if gap ~= count then
                return 0
            end
            break
        end
        groups[count] = value
        count = count + 1
        position = next
    end
    return joinGroups(count, gap) and position or 0
end
--- Position behind the address or range, or 0.
local function readRange(bytes, from, key)
    local position = readIpv4(bytes, from)
    local bits = position == 0 and 128 or 32
    local family = position == 0 and IPV6 or 0
    if position == 0 then
        position = readIpv6(bytes, from)
    end
    value = bits
    if position ~= 0 and bytes[position] == SLASH then
        position = readDigits(bytes, position + 1, 3)
    end
    if position == 0 or value > bits then
        return 0
    end
    setAround(key, address, family + value)
    return position
end
--- Position behind a space and a name, 0 when there is none or one that needs a closer look.
local function skipName(bytes, from)
    if bytes[from] ~= SPACE then
        return 0
    end
    local position = from + 1
    local byte = bytes[position]
    while byte >= FIRST_VISIBLE and byte <= LAST_VISIBLE do
        position = position + 1
        byte = bytes[position]
    end
    local length = position - from - 1
    return (length == 0 or length > MAX_NAME) and 0 or position
end
local function skipParameter(bytes, from)
    local afterLogin = skipLiteral(bytes, from, LOGIN)
    local rate = afterLogin == 0 and skipLiteral(bytes, from, RATE) or 0
    if rate == 0 then
        return afterLogin
    end
    local afterRate = readDigits(bytes, rate, 6)
    return value > 0 and afterRate or 0
end
local function skipAction(bytes, from)
    local afterBlock = skipLiteral(bytes, from, BLOCK)
    if afterBlock ~= 0 then
        return afterBlock
    end
    local afterThrottle = skipLiteral(bytes, from, THROTTLE)
    return afterThrottle ~= 0 and afterThrottle or skipLiteral(bytes, from, ALLOW)
end
--- The place of the line feed of a plain line that begins at `from`, then `line` says what it is about; else 0. A line feed has to follow somewhere.
function ____exports.readPlainLine(bytes, from, line)
    local start = skipAction(bytes, from)
    local space = start == 0 and 0 or readRange(bytes, start, line.key)
    if space == 0 or bytes[space] ~= SPACE then
        return 0
    end
    local afterExpiry = readDigits(bytes, space + 1, MAX_DIGITS)
    line.expires = value
    local afterId = afterExpiry == 0 and 0 or skipName(bytes, afterExpiry)
    local afterIncident = afterId == 0 and 0 or skipName(bytes, afterId)
    if afterIncident == 0 or bytes[afterIncident] == LINE_FEED then
        return afterIncident
    end
    local ____end = skipParameter(bytes, afterIncident)
    return bytes[____end] == LINE_FEED and ____end or 0
end
return ____exports
