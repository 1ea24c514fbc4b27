local ____exports = {}
local ____bit = require("bit")
local band = ____bit.band
local bxor = ____bit.bxor
local rol = ____bit.rol
local ffi = require("ffi")
local MAX_LINES = 200
local SLOTS = 512
--- Longer lines are looked at each time.
local SLOT_BYTES = 160
--- One line to a slot: its name and its value, one after the other. A line pushes out what was there.
local slots = ffi.new("uint8_t[?]", SLOTS * SLOT_BYTES)
local nameLengths = ffi.new("uint16_t[?]", SLOTS)
local valueLengths = ffi.new("uint16_t[?]", SLOTS)
--- What the line says about `presentHeaders`.
local slotMarks = ffi.new("uint8_t[?]", SLOTS)
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
--- Headers of which only matters whether they are there: one bit each.
____exports.ACCEPT = 1
____exports.ACCEPT_LANGUAGE = 2
____exports.ACCEPT_ENCODING = 4
____exports.CLIENT_HINTS = 8
local MARKS = {accept = ____exports.ACCEPT, ["accept-language"] = ____exports.ACCEPT_LANGUAGE, ["accept-encoding"] = ____exports.ACCEPT_ENCODING, ["sec-ch-ua"] = ____exports.CLIENT_HINTS}
local present = 0
--- Which of these the request had whose headers were read last, and not empty.
____exports.presentHeaders = function() return present end
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
--- Members are read one by one, since a reference into an array of structures is an object to be made.
local function isPlain(i)
    local nameLength = lines[i].key.len
    local length = lines[i].value.len
    if length == 0 then
        return true
    end
    local name = lines[i].key.data
    local value = lines[i].value.data
    local slot = slotOf(name, nameLength, value, length)
    if nameLengths[slot] ~= nameLength or valueLengths[slot] ~= length then
        return false
    end
    local kept = slots + slot * SLOT_BYTES
    if nginx.tr_compare(kept + nameLength, value, length) ~= 0 then
        return false
    end
    if nginx.tr_compare(kept, name, nameLength) ~= 0 then
        return false
    end
    present = bit.bor(present, slotMarks[slot])
    return true
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
    slotMarks[slot] = MARKS[name] or 0
end
local function add(headers, name, value)
    present = bit.bor(present, MARKS[name] or 0)
    local known = headers[name]
    if known == nil then
        headers[name] = value
    elseif type(known) == "string" then
        headers[name] = {known, value}
    else
        known[#known + 1] = value
    end
end
local function readAll()
    local headers = ngx.req.get_headers(0)
    for name, mark in pairs(MARKS) do
        local value = headers[name]
        if value ~= nil and value ~= "" then
            present = bit.bor(present, mark)
        end
    end
    return headers
end
--- Room for the wanted ones at once: a table that grows is made anew each time.
____exports.createHeaders = function() return {
    authorization = nil,
    ["content-encoding"] = nil,
    ["content-length"] = nil,
    ["content-type"] = nil,
    cookie = nil,
    referer = nil,
    ["transfer-encoding"] = nil,
    ["user-agent"] = nil
} end
--- The table, without any header, for the next request. One that had others than the wanted is not used again: where its members are differs.
____exports.emptyHeaders = function(headers)
    headers.authorization = nil
    headers["content-encoding"] = nil
    headers["content-length"] = nil
    headers["content-type"] = nil
    headers.cookie = nil
    headers.referer = nil
    headers["transfer-encoding"] = nil
    headers["user-agent"] = nil
    local other = next(headers)
    return other == nil and headers or ____exports.createHeaders()
end
--- By lower-case name the values of all header lines but those known to be plain; several of one name are an array. For what is not
-- among the wanted names, absence means nothing. They are put into an empty table of `createHeaders`, unless they are very many.
____exports.readHeaders = function(headers)
    present = 0
    if not isNative then
        return readAll()
    end
    local request = getRequest()
    local count = nginx.ngx_http_lua_ffi_req_get_headers_count(request, 0, isTruncated)
    if count > MAX_LINES then
        return readAll()
    end
    if count <= 0 then
        return headers
    end
    if nginx.ngx_http_lua_ffi_req_get_headers(request, lines, count, 0) ~= 0 then
        return headers
    end
    for i = 0, count - 1 do
        if not isPlain(i) then
            add(
                headers,
                ffi.string(lines[i].key.data, lines[i].key.len),
                ffi.string(lines[i].value.data, lines[i].value.len)
            )
        end
    end
    return headers
end
return ____exports
