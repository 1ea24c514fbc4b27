local ____exports = {}
local readUrandom
local ____bit = require("bit")
local exclusiveOr = ____bit.bxor
local inclusiveOr = ____bit.bor
local native = require("kong.plugins.threat-response.sha256-native")
local plain = require("kong.plugins.threat-response.sha256-plain")
function readUrandom(count)
    local file = io.open("/dev/urandom", "rb")
    if file == nil then
        return nil
    end
    local bytes = file:read(count)
    file:close()
    return bytes
end
local BLOCK = 64
____exports.isNative = native.isAvailable()
local libcrypto = {begin = native.begin, update = native.update, finish = native.finish}
local plainLua = {begin = plain.begin, update = plain.update, finish = plain.finish}
local backend = ____exports.isNative and libcrypto or plainLua
local begin = backend.begin
local update = backend.update
local finish = backend.finish
function ____exports.sha256(data)
    local state = begin()
    update(state, data)
    return finish(state)
end
function ____exports.toHex(bytes)
    local hex = string.gsub(
        bytes,
        ".",
        function(byte) return string.format(
            "%02x",
            string.byte(byte)
        ) end
    )
    return hex
end
function ____exports.sha256Hex(data)
    return ____exports.toHex(____exports.sha256(data))
end
--- Each byte of `key` exclusive-or `mask`, for keys of one block; 0x36 and 0x5c as RFC 2104 has them.
local function padKey(key, mask)
    local bytes = {}
    for i = 1, BLOCK do
        local byte = i <= #key and string.byte(key, i) or 0
        bytes[#bytes + 1] = string.char(exclusiveOr(byte, mask))
    end
    return table.concat(bytes)
end
function ____exports.beginHmac(key)
    local short = #key > BLOCK and ____exports.sha256(key) or key
    local inner = begin()
    update(
        inner,
        padKey(short, 54)
    )
    local outer = begin()
    update(
        outer,
        padKey(short, 92)
    )
    return {inner = inner, outer = outer}
end
function ____exports.updateHmac(hmac, data)
    update(hmac.inner, data)
end
--- Lower-case hex; the state is spent.
function ____exports.finishHmac(hmac)
    update(
        hmac.outer,
        finish(hmac.inner)
    )
    return ____exports.toHex(finish(hmac.outer))
end
function ____exports.hmacHex(key, data)
    local hmac = ____exports.beginHmac(key)
    ____exports.updateHmac(hmac, data)
    return ____exports.finishHmac(hmac)
end
--- Equality whose duration tells nothing about where two strings of one length differ.
function ____exports.equalInConstantTime(a, b)
    if #a ~= #b then
        return false
    end
    local difference = 0
    for i = 1, #a do
        difference = inclusiveOr(
            difference,
            exclusiveOr(
                string.byte(a, i),
                string.byte(b, i)
            )
        )
    end
    return difference == 0
end
local drawn = 0
--- 2 × `count` hex digits (`count` up to 32) for names, not for keys: without a random source they are only unlikely to repeat.
function ____exports.randomHex(count)
    local ____isNative_0
    if ____exports.isNative then
        ____isNative_0 = native.randomBytes(count)
    else
        ____isNative_0 = readUrandom(count)
    end
    local bytes = ____isNative_0
    if bytes ~= nil then
        return ____exports.toHex(bytes)
    end
    drawn = drawn + 1
    return string.sub(
        ____exports.sha256Hex((((((tostring({}) .. " ") .. tostring(os.time())) .. " ") .. tostring(os.clock())) .. " ") .. tostring(drawn)),
        1,
        count * 2
    )
end
return ____exports
