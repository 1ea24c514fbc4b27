local ____exports = {}
local readUntil, hasNoBody, isDelimited, skipTrailer, MAX_LINE_BYTES
function readUntil(socket, pattern, limit)
    local read = socket:receiveuntil(pattern)
    local text, failure = read(limit)
    if text == nil then
        return nil, failure or "closed"
    end
    local more, unfinished = read(1)
    if more ~= nil or unfinished ~= nil then
        return nil, unfinished or "too long"
    end
    return text
end
function hasNoBody(status)
    return status == 204 or status == 304
end
function isDelimited(status, headers)
    return hasNoBody(status) or headers["content-length"] ~= nil or headers["transfer-encoding"] ~= nil
end
function skipTrailer(socket)
    for _ = 1, 20 do
        local line, failure = readUntil(socket, "\r\n", MAX_LINE_BYTES)
        if line == nil then
            return "malformed trailer: " .. tostring(failure)
        end
        if line == "" then
            return nil
        end
    end
    return "malformed trailer: too long"
end
local MAX_HEAD_BYTES = 16384
MAX_LINE_BYTES = 256
local MAX_INTERIM = 5
local PIECE = 65536
--- A fast peer never makes the socket wait; other requests of this worker get their turn after this many bytes.
local YIELD_BYTES = 65536
--- Some versions of nginx do not look at other events when the wait is 0.
local PAUSE_S = 0.001
local function parseHeaders(text)
    local headers = {}
    for name, value in string.gmatch(text, "\r\n([^:\r\n]+):[ \t]*([^\r\n]*)") do
        headers[string.lower(name)] = value
    end
    return headers
end
--- Interim answers (1xx) are skipped. The third value says that not a byte came.
function ____exports.readHead(socket)
    for round = 0, MAX_INTERIM do
        local text, failure = readUntil(socket, "\r\n\r\n", MAX_HEAD_BYTES)
        if text == nil then
            return nil, "no answer: " .. tostring(failure), round == 0 and failure == "closed"
        end
        local minor, code = string.match(text, "^HTTP/1%.([01]) (%d%d%d)")
        if code == nil then
            return nil, "the answer is not HTTP/1.1", false
        end
        local status = tonumber(code)
        if status >= 200 then
            local headers = parseHeaders(text)
            local connection = string.lower(headers.connection or "")
            local keepsConnection = minor == "1" and connection ~= "close" and isDelimited(status, headers)
            return {status = status, headers = headers, keepsConnection = keepsConnection}
        end
    end
    return nil, "too many interim answers", false
end
--- Reads exactly `count` bytes; a message when that fails.
local function take(socket, intake, count)
    if intake.bytes + count > intake.limit then
        return ("the answer is longer than " .. tostring(intake.limit)) .. " bytes"
    end
    local left = count
    while left > 0 do
        local size = math.min(left, PIECE)
        local piece, failure = socket:receive(size)
        if piece == nil then
            return "the answer broke off: " .. tostring(failure)
        end
        local before = intake.bytes % YIELD_BYTES
        local ____intake_chunks_0 = intake.chunks
        ____intake_chunks_0[#____intake_chunks_0 + 1] = piece
        intake.bytes = intake.bytes + size
        left = left - size
        if before + size >= YIELD_BYTES then
            ngx.sleep(PAUSE_S)
        end
        if ngx.now() > intake.deadline then
            return "the answer took too long"
        end
    end
    return nil
end
local function takeChunked(socket, intake)
    while true do
        local line, failure = readUntil(socket, "\r\n", MAX_LINE_BYTES)
        local digits = string.match(line or "", "^(%x+)")
        if digits == nil or #digits > 8 then
            return "malformed chunk: " .. (failure or "no size")
        end
        local size = tonumber(digits, 16)
        if size == 0 then
            return skipTrailer(socket)
        end
        local problem = take(socket, intake, size)
        if problem ~= nil then
            return problem
        end
        local ending = socket:receive(2)
        if ending ~= "\r\n" then
            return "malformed chunk: no line end"
        end
    end
end
--- The peer ends the body by closing.
local function takeAll(socket, intake)
    while intake.bytes <= intake.limit do
        local piece, failure, partial = socket:receive(PIECE)
        local data = piece or partial or ""
        local ____intake_chunks_1 = intake.chunks
        ____intake_chunks_1[#____intake_chunks_1 + 1] = data
        intake.bytes = intake.bytes + #data
        if piece == nil then
            local ____temp_2
            if failure == "closed" then
                ____temp_2 = nil
            else
                ____temp_2 = "the answer broke off: " .. tostring(failure)
            end
            return ____temp_2
        end
        if ngx.now() > intake.deadline then
            return "the answer took too long"
        end
    end
    return ("the answer is longer than " .. tostring(intake.limit)) .. " bytes"
end
--- The body in pieces of at most 64 KiB.
function ____exports.readBody(socket, head, limit, deadline)
    local intake = {chunks = {}, bytes = 0, limit = limit, deadline = deadline}
    local length = head.headers["content-length"]
    local problem
    if hasNoBody(head.status) then
        return intake.chunks
    end
    if head.headers["transfer-encoding"] ~= nil then
        problem = takeChunked(socket, intake)
    elseif length == nil then
        problem = takeAll(socket, intake)
    else
        local digits = string.match(length, "^%d+$")
        problem = digits == nil and "malformed Content-Length" or take(
            socket,
            intake,
            tonumber(digits)
        )
    end
    if problem ~= nil then
        return nil, problem
    end
    return intake.chunks
end
return ____exports
