-- Sends each request's line by itself, once, without a queue; to loopback over plain HTTP only.
local cjson = require "cjson.safe"

local HttpLog = { PRIORITY = 12, VERSION = "3.10.0" }

local function connect(config)
  local host, port, path = config.http_endpoint:match("^http://([^:/]+):?(%d*)(/?.*)$")
  local socket = ngx.socket.tcp()
  socket:settimeout(config.timeout)
  local ok, err = socket:connect(host, tonumber(port) or 80)
  if not ok then
    return nil, err
  end
  return socket, host, path == "" and "/" or path
end

local function send(premature, config, line)
  if premature then
    return
  end
  local socket, host, path = connect(config)
  if not socket then
    return ngx.log(ngx.ERR, "[http-log] ", host)
  end
  local head = { config.method, " ", path, " HTTP/1.1\r\nHost: ", host, "\r\nConnection: close\r\n" }
  local ok, err = socket:send({ head, "Content-Type: ", config.content_type, "\r\nContent-Length: ", #line, "\r\n\r\n", line })
  if ok then
    socket:receive("*l")
  else
    ngx.log(ngx.ERR, "[http-log] ", err)
  end
  socket:close()
end

function HttpLog:log(config)
  local line, err = cjson.encode(kong.log.serialize())
  if not line then
    return ngx.log(ngx.ERR, "[http-log] ", err)
  end
  ngx.timer.at(0, send, config, line)
end

return HttpLog
