-- Virtual time: a heap of what is due. Nothing here waits; time is what the next event says it is.
local clock = { now = 1700000000, order = 0 }

local heap, size = {}, 0

local function is_before(a, b)
  if a.at ~= b.at then return a.at < b.at end
  return a.order < b.order
end

local function swap(i, j) heap[i], heap[j] = heap[j], heap[i] end

--- Calls `run(argument)` at `at`; what is due at the same moment runs in the order it was asked for.
function clock.schedule(at, run, argument)
  clock.order = clock.order + 1
  size = size + 1
  heap[size] = { at = at, order = clock.order, run = run, argument = argument }
  local child = size
  while child > 1 do
    local parent = math.floor(child / 2)
    if not is_before(heap[child], heap[parent]) then break end
    swap(child, parent)
    child = parent
  end
end

local function pop()
  local first = heap[1]
  heap[1] = heap[size]
  heap[size] = nil
  size = size - 1
  local parent = 1
  while true do
    local child = parent * 2
    if child > size then break end
    if child < size and is_before(heap[child + 1], heap[child]) then child = child + 1 end
    if not is_before(heap[child], heap[parent]) then break end
    swap(child, parent)
    parent = child
  end
  return first
end

--- Runs everything that is due until then.
function clock.advance(to)
  while size > 0 and heap[1].at <= to do
    local due = pop()
    clock.now = math.max(clock.now, due.at)
    due.run(due.argument)
  end
  clock.now = math.max(clock.now, to)
end

return clock
