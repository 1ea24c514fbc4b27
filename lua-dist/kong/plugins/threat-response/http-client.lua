local ____exports = {}
local ____http_2Dresponse_2Ets = require("kong.plugins.threat-response.http-response")
local readBody = ____http_2Dresponse_2Ets.readBody
local readHead = ____http_2Dresponse_2Ets.readHead
--- For a log: what the agent says is wrong is in its answer.
function ____exports.describeAnswer(response)
    local start = string.gsub(
        string.sub(response.chunks[1] or "", 1, 200),
        "%c",
        " "
    )
    return (("status " .. tostring(response.status)) .. " ") .. start
end
local KEEP_IDLE_MS = 30000
local KEEP_CONNECTIONS = 4
function ____exports.parseUrl(url)
    local scheme, authority, path = string.match(url, "^(https?)://([^/?#@]+)([^?#]*)$")
    if scheme == nil then
        return nil
    end
    local bracketed, bracketedPort = string.match(authority, "^(%[[%x:.]+%]):?(%d*)$")
    local name, namePort = string.match(authority, "^([%w._-]+):?(%d*)$")
    local host = bracketed or name
    local digits = bracketedPort or namePort
    if host == nil or digits == nil then
        return nil
    end
    local isSecure = scheme == "https"
    local standard = isSecure and 443 or 80
    local port = digits == "" and standard or tonumber(digits)
    local base = string.gsub(path, "/+$", "")
    return port > 0 and port < 65536 and ({isSecure = isSecure, host = host, port = port, base = base}) or nil
end
local function openConnection(target, request)
    local socket = ngx.socket.tcp()
    socket:settimeouts(request.timeoutMs, request.timeoutMs, request.timeoutMs)
    local security = target.isSecure and "tls:" .. tostring(request.verifyCertificate) or "plain"
    local pool = (((("threat-response:" .. target.host) .. ":") .. tostring(target.port)) .. ":") .. security
    local connected, problem = socket:connect(target.host, target.port, {pool = pool})
    if connected == nil then
        return nil, (((("cannot connect to " .. target.host) .. ":") .. tostring(target.port)) .. ": ") .. tostring(problem)
    end
    local reused = socket:getreusedtimes()
    if target.isSecure and (reused or 0) == 0 then
        local name = string.gsub(target.host, "[%[%]]", "")
        local session, failure = socket:sslhandshake(false, name, request.verifyCertificate)
        if session == nil or session == false then
            socket:close()
            return nil, (((("TLS with " .. target.host) .. ":") .. tostring(target.port)) .. " failed: ") .. tostring(failure)
        end
    end
    return socket
end
local function formatRequest(target, request)
    local parts = {(((((((request.method .. " ") .. target.base) .. request.path) .. " HTTP/1.1\r\nHost: ") .. target.host) .. ":") .. tostring(target.port)) .. "\r\nConnection: keep-alive\r\n"}
    for name, value in pairs(request.headers) do
        parts[#parts + 1] = ((name .. ": ") .. value) .. "\r\n"
    end
    if request.body ~= nil then
        parts[#parts + 1] = ("Content-Length: " .. tostring(#request.body)) .. "\r\n"
    end
    parts[#parts + 1] = "\r\n"
    parts[#parts + 1] = request.body or ""
    return parts
end
--- The third value says that nothing of an answer was read.
local function exchange(socket, target, request)
    local deadline = ngx.now() + request.totalMs / 1000
    local sent, unsent = socket:send(formatRequest(target, request))
    if sent == nil then
        return nil, "cannot send: " .. tostring(unsent), true
    end
    local head, noHead, isEmpty = readHead(socket)
    if head == nil then
        return nil, noHead, isEmpty
    end
    local chunks, noBody = readBody(socket, head, request.maxBodyBytes, deadline)
    if chunks == nil then
        return nil, noBody, false
    end
    if head.keepsConnection then
        socket:setkeepalive(KEEP_IDLE_MS, KEEP_CONNECTIONS)
    else
        socket:close()
    end
    return {status = head.status, headers = head.headers, chunks = chunks}
end
--- Undefined with a message when there is no complete answer. A kept connection that the peer had closed meanwhile is replaced by a new
-- one, once; the peer may then see the request twice.
function ____exports.request(target, request)
    for attempt = 1, KEEP_CONNECTIONS + 1 do
        local socket, unconnected = openConnection(target, request)
        if socket == nil then
            return nil, unconnected
        end
        local reused = socket:getreusedtimes()
        local response, failure, isUnanswered = exchange(socket, target, request)
        if response ~= nil then
            return response
        end
        socket:close()
        if (reused or 0) == 0 or isUnanswered ~= true or attempt > KEEP_CONNECTIONS then
            return nil, failure
        end
    end
    return nil, "no connection could be used"
end
return ____exports
