local ____exports = {}
local ____string_0 = string
local lower = ____string_0.lower
local sub = ____string_0.sub
--- Bytes for machines hide no text: they are not read here at all.
local OPAQUE = {
    "image/",
    "audio/",
    "video/",
    "font/",
    "application/grpc",
    "application/octet-stream",
    "application/zip"
}
local function isOpaque(contentType)
    if contentType == nil then
        return false
    end
    local name = lower(contentType)
    for ____, prefix in ipairs(OPAQUE) do
        if sub(name, 1, #prefix) == prefix then
            return true
        end
    end
    return false
end
local function hasBody(facts)
    local length = facts.headers["content-length"]
    if length ~= nil then
        return length ~= "0"
    end
    if facts.headers["transfer-encoding"] ~= nil then
        return true
    end
    return facts.method ~= "GET" and facts.method ~= "HEAD" and ngx.var.server_protocol == "HTTP/2.0"
end
--- Beyond what nginx keeps in memory the body is in a file, of which the head is enough.
local function readHead(limit)
    local path = ngx.req.get_body_file()
    if path == nil then
        return nil
    end
    local file = io.open(path, "rb")
    if file == nil then
        return nil
    end
    local head = file:read(limit)
    file:close()
    return head
end
local function readRaw(limit)
    local body = kong.request.get_raw_body()
    if body == nil then
        return readHead(limit)
    end
    return #body > limit and sub(body, 1, limit) or body
end
--- At most `limit` bytes; nil without a body, for opaque ones, and where Kong has to stream it.
____exports.readBody = function(facts, limit)
    if limit == 0 or not hasBody(facts) or isOpaque(facts.contentType) then
        return nil
    end
    local ____opt_1 = facts.route
    if (____opt_1 and ____opt_1.request_buffering) == false then
        return nil
    end
    local ok, body = pcall(readRaw, limit)
    local ____temp_3
    if ok and body ~= "" then
        ____temp_3 = body
    else
        ____temp_3 = nil
    end
    return ____temp_3
end
return ____exports
