local ____exports = {}
local ffi = require("ffi")
local ____transport_2Ets = require("kong.plugins.threat-response.payload.fields.transport")
local putCodePoint = ____transport_2Ets.putCodePoint
local ____inspection_2Ets = require("kong.plugins.threat-response.payload.inspection")
local leave = ____inspection_2Ets.leave
--- Bodies in wide character sets, rewritten as UTF-8 so that everything else can read them.
local LONGEST = 262144
--- Three bytes of UTF-8 for two of UTF-16 at most.
local buffer
local function widthByMark(a, b, c, d)
    if a == 255 and b == 254 then
        return c == 0 and d == 0 and -4 or -2
    end
    if a == 254 and b == 255 then
        return 2
    end
    return a == 0 and b == 0 and c == 254 and d == 255 and 4 or 0
end
--- Without a mark: ASCII in a wide set has zeros in the same places.
local function widthByZeros(a, b, c, d)
    if a ~= 0 and b == 0 and c == 0 and d == 0 then
        return -4
    end
    if a == 0 and b == 0 and c == 0 and d ~= 0 then
        return 4
    end
    if a ~= 0 and b == 0 and c ~= 0 and d == 0 then
        return -2
    end
    return a == 0 and b ~= 0 and c == 0 and d ~= 0 and 2 or 0
end
local function widthOf(bytes, length)
    if length < 4 then
        return length > 1 and widthByMark(bytes[0], bytes[1], 1, 1) or 0
    end
    local marked = widthByMark(bytes[0], bytes[1], bytes[2], bytes[3])
    return marked == 0 and widthByZeros(bytes[0], bytes[1], bytes[2], bytes[3]) or marked
end
local function readUnit(bytes, i, width)
    if width == 2 then
        return bytes[i] * 256 + bytes[i + 1]
    end
    if width == -2 then
        return bytes[i] + bytes[i + 1] * 256
    end
    local ____temp_0
    if width == 4 then
        ____temp_0 = bytes[i] ~= 0 or bytes[i + 1] ~= 0
    else
        ____temp_0 = bytes[i + 3] ~= 0 or bytes[i + 2] ~= 0
    end
    local isHigh = ____temp_0
    if isHigh then
        return 63
    end
    return width == 4 and bytes[i + 2] * 256 + bytes[i + 3] or bytes[i] + bytes[i + 1] * 256
end
local plain = 0
local function rewrite(bytes, length, width)
    local step = math.abs(width)
    local to = math.min(length, LONGEST)
    if length > LONGEST then
        leave("charset")
    end
    if buffer == nil then
        buffer = ffi.new("uint8_t[?]", LONGEST * 3 / 2 + 8)
    end
    local written = 0
    local i = 0
    plain = 0
    while i + step <= to do
        local unit = readUnit(bytes, i, width)
        if unit < 128 then
            plain = plain + 1
        end
        if unit ~= 65279 then
            written = putCodePoint(unit, buffer, written)
        end
        i = i + step
    end
    return ffi.string(buffer, written)
end
--- Sets in which ASCII is written as ASCII.
local PREFIXES = {
    "utf-8",
    "utf8",
    "us-ascii",
    "ascii",
    "iso-8859",
    "iso8859",
    "latin",
    "windows-",
    "cp125",
    "koi8",
    "gb",
    "big5",
    "shift",
    "sjis",
    "euc"
}
local function isReadable(charset)
    for ____, prefix in ipairs(PREFIXES) do
        if string.sub(charset, 1, #prefix) == prefix then
            return true
        end
    end
    return false
end
local function isWide(charset)
    local at = string.find(charset, "^u[tc][fs]%-?[1324]")
    return at ~= nil
end
--- The set that a lower-case content type names.
local function charsetOf(contentType)
    local at = string.find(contentType, "charset", 1, true)
    if at == nil then
        return nil
    end
    local name = string.match(contentType, "charset%s*=%s*['\"]?([^;'\"%s,]+)", at)
    return name
end
--- A body in a wide set as UTF-8; nil for any other. Sets that cannot be read are noted.
function ____exports.readWideBody(body, contentType)
    local bytes = ffi.cast("const uint8_t *", body)
    local ____temp_1
    if contentType == nil then
        ____temp_1 = nil
    else
        ____temp_1 = charsetOf(contentType)
    end
    local charset = ____temp_1
    local width = widthOf(bytes, #body)
    if charset ~= nil and not isReadable(charset) and not (width ~= 0 and isWide(charset)) then
        leave("charset")
    end
    local ____temp_2
    if width == 0 then
        ____temp_2 = nil
    else
        ____temp_2 = rewrite(bytes, #body, width)
    end
    return ____temp_2
end
--- Whether the last body that was read so has so little ASCII in it that it may only pretend to be wide.
function ____exports.wasDoubtful(length)
    return plain * 8 < length
end
return ____exports
