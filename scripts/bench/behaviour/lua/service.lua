-- A service with so many answers a second in it: requests wait in line, and those that would wait too long are given up, as by a gateway.
return function(clock, capacity)
  local service = { free_at = 0 }
  local TIMEOUT_S = 10

  --- When the answer to a request that comes now is there, and whether it is one.
  function service:take(base_s)
    if capacity == nil then return clock.now + base_s, true end
    local start = math.max(clock.now, self.free_at)
    if start - clock.now > TIMEOUT_S then return clock.now + TIMEOUT_S, false end
    self.free_at = start + 1 / capacity
    return self.free_at + base_s, true
  end

  return service
end
