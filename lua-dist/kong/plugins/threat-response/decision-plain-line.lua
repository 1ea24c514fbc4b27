local ____exports = {}
local START = "block ip "
local SPACE = 32
local DOT = 46
local ZERO = 48
local NINE = 57
local FIRST_VISIBLE = 33
local LAST_VISIBLE = 126
local MAX_NAME = 128
local MAX_DIGITS = 12
--- Of the number that was read last.
local value = 0
--- Position behind up to `most` digits from `from` on, 0 when there are none or too many, or a zero leads.
local function readDigits(text, from, most)
    local position = from
    local byte = string.byte(text, position)
    local first = byte
    value = 0
    while byte >= ZERO and byte <= NINE do
        value = value * 10 + byte - ZERO
        position = position + 1
        byte = string.byte(text, position)
    end
    local length = position - from
    return (length == 0 or length > most or first == ZERO and length > 1) and 0 or position
end
--- The position of the space behind the address, or 0.
local function readAddress(text, from, block)
    local position = from
    local address = 0
    for part = 1, 4 do
        local next = readDigits(text, position, 3)
        if next == 0 or value > 255 or string.byte(text, next) ~= (part < 4 and DOT or SPACE) then
            return 0
        end
        address = address * 256 + value
        position = next + 1
    end
    block.address = address
    return position - 1
end
--- Position behind a name, 0 when there is none or one that needs a closer look.
local function skipName(text, from)
    local position = from
    local byte = string.byte(text, position)
    while byte >= FIRST_VISIBLE and byte <= LAST_VISIBLE do
        position = position + 1
        byte = string.byte(text, position)
    end
    local length = position - from
    return (length == 0 or length > MAX_NAME) and 0 or position
end
--- Whether the line that begins at `from`, and whose line feed is at `end`, is a plain block; then `block` says which.
function ____exports.readPlainBlock(text, from, ____end, block)
    if string.sub(text, from, from + #START - 1) ~= START then
        return false
    end
    local space = readAddress(text, from + #START, block)
    if space == 0 then
        return false
    end
    block.tail = space + 1
    local afterExpiry = readDigits(text, block.tail, MAX_DIGITS)
    block.expires = value
    if afterExpiry == 0 or string.byte(text, afterExpiry) ~= SPACE then
        return false
    end
    local afterId = skipName(text, afterExpiry + 1)
    if afterId == 0 or string.byte(text, afterId) ~= SPACE then
        return false
    end
    return skipName(text, afterId + 1) == ____end
end
return ____exports
