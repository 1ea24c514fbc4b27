-- nginx's shared dictionary as far as the plugin calls it, on virtual time: one for all workers, with expiry, and `init_ttl` that counts for
-- new keys only. It never evicts: `keys` and `operations` tell what a scenario needs instead.
return function(clock)
  local entries = {}
  local dict = { operations = 0, entries = entries }

  local function find(key)
    dict.operations = dict.operations + 1
    local entry = entries[key]
    if entry == nil then return nil end
    if entry.expires == nil or entry.expires > clock.now then return entry end
    entries[key] = nil
    return nil
  end

  local function expiry(ttl)
    if ttl == nil or ttl == 0 then return nil end
    return clock.now + ttl
  end

  local function check(key)
    assert(type(key) == "string" and key ~= "", "keys of a shared dictionary are texts, not empty")
  end

  local function check_value(value)
    local kind = type(value)
    assert(kind == "string" or kind == "number" or kind == "boolean", "a shared dictionary cannot hold a " .. kind)
  end

  function dict:get(key)
    local entry = find(key)
    if entry then return entry.value end
  end

  function dict:set(key, value, ttl)
    check(key)
    if value == nil then
      entries[key] = nil
      return true
    end
    check_value(value)
    self.operations = self.operations + 1
    entries[key] = { value = value, expires = expiry(ttl) }
    return true
  end

  dict.safe_set = dict.set

  function dict:add(key, value, ttl)
    check(key)
    check_value(value)
    if find(key) then return false, "exists" end
    entries[key] = { value = value, expires = expiry(ttl) }
    return true
  end

  function dict:replace(key, value, ttl)
    check_value(value)
    if not find(key) then return false, "not found" end
    entries[key] = { value = value, expires = expiry(ttl) }
    return true
  end

  function dict:incr(key, by, init, init_ttl)
    check(key)
    local entry = find(key)
    if entry == nil then
      if init == nil then return nil, "not found" end
      entries[key] = { value = init + by, expires = expiry(init_ttl) }
      return init + by
    end
    if type(entry.value) ~= "number" then return nil, "not a number" end
    entry.value = entry.value + by
    return entry.value
  end

  -- Lists have no expiry.
  function dict:rpush(key, value)
    check_value(value)
    local entry = find(key)
    if entry == nil then
      entry = { value = {} }
      entries[key] = entry
    end
    table.insert(entry.value, value)
    return #entry.value
  end

  function dict:lpop(key)
    local entry = find(key)
    if entry == nil then return nil end
    local value = table.remove(entry.value, 1)
    if #entry.value == 0 then entries[key] = nil end
    return value
  end

  function dict:delete(key)
    self.operations = self.operations + 1
    entries[key] = nil
  end

  function dict:ttl(key)
    local entry = find(key)
    if entry == nil then return nil, "not found" end
    return entry.expires and entry.expires - clock.now or 0
  end

  function dict:expire(key, ttl)
    local entry = find(key)
    if entry == nil then return nil, "not found" end
    entry.expires = expiry(ttl)
    return true
  end

  --- Keys that have not expired: what the dictionary has to have room for.
  function dict:count_keys()
    local count = 0
    for key, entry in pairs(entries) do
      if entry.expires and entry.expires <= clock.now then entries[key] = nil else count = count + 1 end
    end
    return count
  end

  return dict
end
