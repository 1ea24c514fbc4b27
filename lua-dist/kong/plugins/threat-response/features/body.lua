local ____exports = {}
local ffi = require("ffi")
local ____body_2Dformat_2Ets = require("kong.plugins.threat-response.payload.body-format")
local lowerType = ____body_2Dformat_2Ets.lowerType
local ____sift_2Ets = require("kong.plugins.threat-response.payload.sift")
local isBinary = ____sift_2Ets.isBinary
local ____string_0 = string
local sub = ____string_0.sub
--- Never buffered: Kong passes them on as they come.
local function isStreamed(facts, ____type)
    local ____opt_1 = facts.route
    return (____opt_1 and ____opt_1.request_buffering) == false or sub(____type, 1, 16) == "application/grpc" or facts.headers.upgrade ~= nil
end
--- Bytes for machines hide no text, where they are what they say. No loop: short ones keep what calls them from being compiled.
local function isOpaque(____type)
    local kind = sub(____type, 1, 6)
    if kind == "image/" or kind == "audio/" or kind == "video/" then
        return ____type ~= "image/svg+xml"
    end
    if kind ~= "applic" then
        return sub(____type, 1, 5) == "font/"
    end
    return sub(____type, 1, 24) == "application/octet-stream" or sub(____type, 1, 15) == "application/zip"
end
local function hasBody(facts)
    local length = facts.headers["content-length"]
    if length ~= nil then
        return length ~= "0"
    end
    if facts.headers["transfer-encoding"] ~= nil then
        return true
    end
    if facts.method == "GET" or facts.method == "HEAD" then
        return false
    end
    local protocol = ngx.var.server_protocol
    return protocol == "HTTP/2.0" or protocol == "HTTP/3.0"
end
local attempt = pcall
--- Beyond what nginx keeps in memory the body is in a file, of which the head is enough.
local function readHead(limit)
    local path = ngx.req.get_body_file()
    if path == nil then
        return nil, "unreadable"
    end
    local file = io.open(path, "rb")
    if file == nil then
        return nil, "unreadable"
    end
    local head = file:read(limit)
    local isLonger = file:read(1) ~= nil
    file:close()
    return head, isLonger and "beyond_limit" or nil
end
local function readRaw(limit)
    local body = kong.request.get_raw_body()
    if body == nil then
        return readHead(limit)
    end
    if #body > limit then
        return sub(body, 1, limit), "beyond_limit"
    end
    return body
end
local function isCompressed(facts)
    local encoding = facts.headers["content-encoding"]
    return encoding ~= nil and encoding ~= "identity"
end
local function looksBinary(body)
    return isBinary(
        ffi.cast("const uint8_t *", body),
        0,
        #body
    )
end
--- What is left of a body that was read: nothing of one that is compressed, or as opaque as it says.
local function sortOut(facts, ____type, body, unread)
    if isCompressed(facts) then
        local ____looksBinary_result_3
        if looksBinary(body) then
            ____looksBinary_result_3 = nil
        else
            ____looksBinary_result_3 = body
        end
        return ____looksBinary_result_3, "compressed"
    end
    if not isOpaque(____type) then
        return body, unread
    end
    if looksBinary(body) then
        return nil
    end
    local ____body_5 = body
    local ____temp_4
    if sub(____type, 1, 12) == "application/" then
        ____temp_4 = unread
    else
        ____temp_4 = "mistyped"
    end
    return ____body_5, ____temp_4
end
--- At most `limit` bytes of the body, nil where there is nothing to read in it; and why that is not all, where it is not.
____exports.readBody = function(facts, limit)
    if limit == 0 or not hasBody(facts) then
        return nil
    end
    local ____type = facts.contentType == nil and "" or lowerType(facts.contentType)
    if isStreamed(facts, ____type) then
        return nil, "streamed"
    end
    local ok, body, unread = attempt(readRaw, limit)
    if not ok then
        return nil, "unreadable"
    end
    if body == nil or body == "" then
        return nil, unread
    end
    return sortOut(facts, ____type, body, unread)
end
return ____exports
