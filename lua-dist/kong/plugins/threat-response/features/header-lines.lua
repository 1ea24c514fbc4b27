local ____exports = {}
local ____bit = require("bit")
local band = ____bit.band
local bxor = ____bit.bxor
local rol = ____bit.rol
local ffi = require("ffi")
local MAX_LINES = 200
local SLOTS = 1024
--- Longer lines are looked at each time.
local SLOT_BYTES = 320
--- One line to a slot: its name and its value, one after the other. A line pushes out what was there.
local slots = ffi.new("uint8_t[?]", SLOTS * SLOT_BYTES)
local nameLengths = ffi.new("uint16_t[?]", SLOTS)
local valueLengths = ffi.new("uint16_t[?]", SLOTS)
local isTruncated = ffi.new("int[1]")
local nginx = ffi.C
--- Lines that somebody needs by name are always read.
local WANTED = {}
for ____, name in ipairs({
    "authorization",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "referer",
    "transfer-encoding",
    "upgrade",
    "user-agent"
}) do
    WANTED[name] = true
end
--- Headers of this name are read from now on, whatever they say.
____exports.wantHeader = function(name)
    WANTED[string.lower(name)] = true
    return nil
end
--- nginx's own interface of `ngx.req.get_headers`; raises outside of nginx, as in tests.
local function open()
    local base = require("resty.core.base")
    ffi.cdef("int tr_compare(const void *, const void *, size_t) __asm__(\"memcmp\");")
    local lines = ffi.new("ngx_http_lua_ffi_table_elt_t[?]", MAX_LINES)
    assert(nginx.ngx_http_lua_ffi_req_get_headers_count)
    return {getRequest = base.get_request, lines = lines}
end
local isNative, opened = pcall(open)
local ____temp_0 = isNative and opened or ({})
local getRequest = ____temp_0.getRequest
local lines = ____temp_0.lines
--- A cheap mix of lengths and some bytes; the comparison of all bytes decides.
local function slotOf(name, nameLength, value, length)
    local hash = bxor(
        nameLength,
        rol(length, 8)
    )
    hash = bxor(
        rol(hash, 5),
        name[bit.arshift(nameLength, 1)]
    )
    hash = bxor(
        rol(hash, 5),
        value[0]
    )
    hash = bxor(
        rol(hash, 5),
        value[bit.arshift(length, 2)]
    )
    hash = bxor(
        rol(hash, 5),
        value[bit.arshift(length, 1)]
    )
    hash = bxor(
        rol(hash, 5),
        value[length - 1]
    )
    return band(
        bxor(
            hash,
            rol(hash, 13),
            rol(hash, 22)
        ),
        SLOTS - 1
    )
end
local function isPlain(name, value)
    local nameLength = name.len
    local length = value.len
    if length == 0 then
        return true
    end
    local slot = slotOf(name.data, nameLength, value.data, length)
    if nameLengths[slot] ~= nameLength or valueLengths[slot] ~= length then
        return false
    end
    local kept = slots + slot * SLOT_BYTES
    if nginx.tr_compare(kept + nameLength, value.data, length) ~= 0 then
        return false
    end
    return nginx.tr_compare(kept, name.data, nameLength) == 0
end
--- From now on lines that say exactly this are left out. `name` is in lower case.
____exports.markPlain = function(name, value)
    if not isNative or WANTED[name] ~= nil or value == "" or #name + #value > SLOT_BYTES then
        return
    end
    local nameBytes = ffi.cast("const uint8_t *", name)
    local valueBytes = ffi.cast("const uint8_t *", value)
    local slot = slotOf(nameBytes, #name, valueBytes, #value)
    local kept = slots + slot * SLOT_BYTES
    ffi.copy(kept, name, #name)
    ffi.copy(kept + #name, value, #value)
    nameLengths[slot] = #name
    valueLengths[slot] = #value
end
local function add(headers, name, value)
    local known = headers[name]
    if known == nil then
        headers[name] = value
    elseif type(known) == "string" then
        headers[name] = {known, value}
    else
        known[#known + 1] = value
    end
end
--- By lower-case name the values of all header lines but those known to be plain; several of one name are an array. For what is not
-- among the wanted names, absence means nothing.
____exports.readHeaders = function()
    if not isNative then
        return ngx.req.get_headers(0)
    end
    local request = getRequest()
    local count = nginx.ngx_http_lua_ffi_req_get_headers_count(request, 0, isTruncated)
    if count > MAX_LINES then
        return ngx.req.get_headers(0)
    end
    local headers = {}
    if count <= 0 then
        return headers
    end
    if nginx.ngx_http_lua_ffi_req_get_headers(request, lines, count, 0) ~= 0 then
        return headers
    end
    for i = 0, count - 1 do
        local ____lines_i_1 = lines[i]
        local key = ____lines_i_1.key
        local value = ____lines_i_1.value
        if not isPlain(key, value) then
            add(
                headers,
                ffi.string(key.data, key.len),
                ffi.string(value.data, value.len)
            )
        end
    end
    return headers
end
return ____exports
