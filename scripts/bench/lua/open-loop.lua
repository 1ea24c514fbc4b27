-- Sends requests at a fixed rate whatever comes back, and counts each latency from the moment the request was due: a stall shows
-- in every request that was due during it. LuaJIT and epoll, since the generator must cost far less than what it measures.
--   luajit open-loop.lua PORT PER_SECOND SECONDS REQUESTS_FILE
-- REQUESTS_FILE: for each request its length in bytes in a line of its own, then its bytes; they are sent in turn.
-- Prints a line of JSON for each window of WINDOW_S seconds: {"answered","failed","p50","p99","max"}, in requests and milliseconds.
-- A window has the requests that were answered in it.
local bit = require("bit")
local ffi = require("ffi")

ffi.cdef(string.format([[
typedef struct { uint32_t events; int32_t fd; int32_t pad; } %s event_t;
struct timespec_t { int64_t sec; int64_t nsec; };
struct sockaddr_in_t { uint16_t family; uint16_t port; uint32_t address; uint8_t zero[8]; };
int socket(int, int, int);
int connect(int, const void *, uint32_t);
int setsockopt(int, int, int, const void *, uint32_t);
ssize_t send(int, const void *, size_t, int);
ssize_t recv(int, void *, size_t, int);
int close(int);
int epoll_create1(int);
int epoll_ctl(int, int, int, event_t *);
int epoll_wait(int, event_t *, int, int);
int clock_nanosleep(int, int, const struct timespec_t *, struct timespec_t *);
int clock_gettime(int, struct timespec_t *);
]], ffi.arch == "x64" and "__attribute__((packed))" or ""))
local C = ffi.C

local MONOTONIC, ABSOLUTE, DONT_WAIT, NO_SIGNAL = 1, 1, 0x40, 0x4000
local EPOLLIN, ADD = 1, 1
local MOST_CONNECTIONS = 512
local AT_START = 64
local MOST_EVENTS = 256
-- Sends and receives are gathered for so long: each wake-up costs, and both sides of a comparison wait alike.
local TICK_S = 0.0005
local BUCKETS, BUCKET_US = 200000, 10
local WINDOW_S = 3
local GRACE_S = 5

local port, per_second, seconds = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])

local function read_requests(path)
  local file = assert(io.open(path, "rb"))
  local requests = {}
  for line in file:lines() do
    requests[#requests + 1] = file:read(tonumber(line))
  end
  file:close()
  return requests
end

local requests = read_requests(arg[4])
local epoll = C.epoll_create1(0)
local event = ffi.new("event_t")
local clock = ffi.new("struct timespec_t")
local receive_size = 65536
local buffer = ffi.new("uint8_t[?]", receive_size)

-- Seconds.
local function now()
  C.clock_gettime(MONOTONIC, clock)
  return tonumber(clock.sec) + tonumber(clock.nsec) / 1e9
end

local function watch(fd)
  event.events, event.fd = EPOLLIN, fd
  assert(C.epoll_ctl(epoll, ADD, fd, event) == 0, "epoll_ctl failed")
end

local address = ffi.new("struct sockaddr_in_t")
address.family = 2
address.port = bit.bor(bit.lshift(bit.band(port, 255), 8), bit.rshift(port, 8))
address.address = 0x0100007f
local one = ffi.new("int[1]", 1)

-- By descriptor: the moment its request was due (0: none under way), bytes still to come (-1: head not complete), head so far.
local due_at, missing, head = {}, {}, {}
local idle, idle_count, open_count = {}, 0, 0
local waiting, waiting_first, waiting_last = {}, 1, 0
local histogram = ffi.new("uint32_t[?]", BUCKETS)
local sent, done = 0, 0
-- Of the window that is open.
local answered, failed, worst = 0, 0, 0

local function dial()
  local fd = C.socket(2, 1, 0)
  if fd < 0 or C.connect(fd, address, ffi.sizeof(address)) ~= 0 then
    error("cannot connect to the gateway")
  end
  C.setsockopt(fd, 6, 1, one, 4)
  watch(fd)
  open_count = open_count + 1
  due_at[fd] = 0
  return fd
end

local function put_idle(fd)
  idle_count = idle_count + 1
  idle[idle_count] = fd
end

local function start(fd, due)
  local request = requests[sent % #requests + 1]
  sent = sent + 1
  due_at[fd], missing[fd], head[fd] = due, -1, ""
  C.send(fd, request, #request, NO_SIGNAL)
end

local function lose(fd)
  C.close(fd)
  open_count = open_count - 1
  if due_at[fd] > 0 then
    failed = failed + 1
  end
  for i = idle_count, 1, -1 do
    if idle[i] == fd then
      table.remove(idle, i)
      idle_count = idle_count - 1
    end
  end
end

local function count(due, status)
  local milliseconds = (now() - due) * 1000
  if status < 200 or status > 299 then
    failed = failed + 1
    return
  end
  answered = answered + 1
  worst = math.max(worst, milliseconds)
  local bucket = math.min(BUCKETS - 1, math.floor(milliseconds * 1000 / BUCKET_US))
  histogram[bucket] = histogram[bucket] + 1
end

local function release(fd)
  if waiting_first <= waiting_last then
    local due = waiting[waiting_first]
    waiting[waiting_first] = nil
    waiting_first = waiting_first + 1
    start(fd, due)
  else
    put_idle(fd)
  end
end

local function finish(fd)
  local due, text = due_at[fd], head[fd]
  due_at[fd] = 0
  count(due, tonumber(text:sub(10, 12)) or 0)
  if text:find("\r\nConnection: close\r\n", 1, true) then
    lose(fd)
    fd = dial()
  end
  release(fd)
end

local function receive(fd)
  local length = tonumber(C.recv(fd, buffer, receive_size, DONT_WAIT))
  if length == 0 then
    lose(fd)
    return
  end
  if length < 0 or due_at[fd] == 0 then
    return
  end
  if missing[fd] >= 0 then
    missing[fd] = missing[fd] - length
  else
    local text = head[fd] .. ffi.string(buffer, length)
    local _, stop = text:find("\r\n\r\n", 1, true)
    head[fd] = text
    if stop then
      local body = tonumber(text:match("\r\n[Cc]ontent%-[Ll]ength: (%d+)") or 0)
      missing[fd] = stop + body - #text
    end
  end
  if missing[fd] == 0 then
    finish(fd)
  end
end

local function issue(due)
  if idle_count > 0 then
    local fd = idle[idle_count]
    idle_count = idle_count - 1
    start(fd, due)
  elseif open_count < MOST_CONNECTIONS then
    start(dial(), due)
  else
    waiting_last = waiting_last + 1
    waiting[waiting_last] = due
  end
end

local pause = ffi.new("struct timespec_t")

local function sleep_until(moment)
  pause.sec = math.floor(moment)
  pause.nsec = math.floor((moment - math.floor(moment)) * 1e9)
  C.clock_nanosleep(MONOTONIC, ABSOLUTE, pause, nil)
end

local function percentile(share)
  local rank, seen = math.ceil(answered * share), 0
  for bucket = 0, BUCKETS - 1 do
    seen = seen + histogram[bucket]
    if seen >= rank then
      return (bucket + 1) * BUCKET_US / 1000
    end
  end
  return 0
end

local lines = {}

local function close_window()
  local line = '{"answered":%d,"failed":%d,"p50":%.3f,"p99":%.3f,"max":%.3f}\n'
  lines[#lines + 1] = string.format(line, answered, failed, percentile(0.5), percentile(0.99), worst)
  ffi.fill(histogram, ffi.sizeof(histogram))
  done = done + answered + failed
  answered, failed, worst = 0, 0, 0
end

local events = ffi.new("event_t[?]", MOST_EVENTS)

local function receive_all()
  local ready
  repeat
    ready = C.epoll_wait(epoll, events, MOST_EVENTS, 0)
    for i = 0, ready - 1 do
      receive(events[i].fd)
    end
  until ready < MOST_EVENTS
end

local function run()
  local total = per_second * seconds
  local begin = now() + 0.05
  local issued, tick, window_ends = 0, begin, begin + WINDOW_S
  while sent < total or done + answered + failed < sent do
    sleep_until(tick)
    local moment = now()
    if moment > begin + seconds + GRACE_S then
      break
    end
    receive_all()
    if moment >= window_ends and issued < total then
      close_window()
      window_ends = window_ends + WINDOW_S
    end
    while issued < total and begin + issued / per_second <= moment do
      issue(begin + issued / per_second)
      issued = issued + 1
    end
    tick = math.max(tick, moment) + TICK_S
  end
  failed = failed + total - done - answered - failed
  close_window()
end

for _ = 1, AT_START do
  put_idle(dial())
end
run()
io.write(table.concat(lines))
