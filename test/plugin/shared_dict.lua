-- A shared dictionary as nginx has it, for specs: bounded, and what was idle for longest leaves when it is full.
local shared_dict = {}

local methods = {}
methods.__index = methods

local COST = 80

local function drop(self, key)
  local entry = self.entries[key]
  if entry then
    self.used = self.used - entry.cost
    self.entries[key] = nil
  end
end

local function idlest(self)
  local found
  for key, entry in pairs(self.entries) do
    if not found or entry.touched < self.entries[found].touched then found = key end
  end
  return found
end

local function find(self, key)
  local entry = self.entries[key]
  if not entry or (entry.expires and entry.expires <= ngx.now()) then return nil end
  self.clock = self.clock + 1
  entry.touched = self.clock
  return entry
end

function methods:get(key)
  local entry = find(self, key)
  if entry then return entry.value, entry.flags end
end

--- Like nginx it gives up after thirty others had to leave.
function methods:set(key, value, ttl, flags)
  if value == nil then
    drop(self, key)
    return true
  end
  drop(self, key)
  local cost = COST + #tostring(value)
  local forced = false
  for _ = 1, 30 do
    if self.used + cost <= self.size then break end
    local idle = idlest(self)
    if not idle then break end
    drop(self, idle)
    forced = true
  end
  if self.used + cost > self.size then return false, "no memory", forced end
  self.clock = self.clock + 1
  local expires = ttl and ttl > 0 and ngx.now() + ttl or nil
  self.entries[key] = { value = value, flags = flags, expires = expires, cost = cost, touched = self.clock }
  self.used = self.used + cost
  return true, nil, forced
end

function methods:add(key, value, ttl, flags)
  if find(self, key) then return false, "exists" end
  return self:set(key, value, ttl, flags)
end

function methods:incr(key, by, init)
  local entry = find(self, key)
  if entry then
    entry.value = entry.value + by
    return entry.value
  end
  self:set(key, init + by)
  return init + by
end

function methods:delete(key) drop(self, key) end

--- Lists are kept apart: their size does not count.
function methods:rpush(key, value)
  self.lists = self.lists or {}
  local list = self.lists[key] or {}
  self.lists[key] = list
  list[#list + 1] = value
  return #list
end

function methods:lpop(key)
  local list = self.lists and self.lists[key]
  return list and table.remove(list, 1)
end

function methods:ttl(key)
  local entry = self.entries[key]
  if not entry then return nil, "not found" end
  return entry.expires and entry.expires - ngx.now() or 0
end

function methods:capacity() return self.size end

function methods:free_space() return self.size - self.used end

function shared_dict.create(size) return setmetatable({ entries = {}, used = 0, size = size, clock = 0 }, methods) end

return shared_dict
