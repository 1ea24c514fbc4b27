local worker = require("worker")

describe("a sequence of errors", function()
  local sequence, found

  before_each(function()
    worker.start()
    sequence = worker.module("error-sequence")
    found = sequence.createSequence()
  end)

  --- Seconds until the alarm, nil where there is none within `seconds`.
  local function observe(seconds, errors, requests)
    for second = 1, seconds do
      worker.now = worker.now + 1
      local now_errors = type(errors) == "function" and errors(second) or errors
      local now_requests = type(requests) == "function" and requests(second) or requests
      sequence.observeShare(found, now_errors, now_requests, 0.3, worker.now)
      if found.isAlarmed then return second end
    end
  end

  for _, case in ipairs({
    { "at a thousand requests a second", 500, 1000 },
    { "at ten requests a second", 6, 10 },
    { "at one request a second", 1, 1 },
  }) do
    it("is an outage within seconds " .. case[1], function()
      assert.is_nil(observe(60, 0, case[3]))
      assert.is_true(observe(30, case[2], case[3]) <= 15)
    end)
  end

  it("is an outage even at a request every five seconds", function()
    local function rarely(second) return second % 5 == 0 and 1 or 0 end
    assert.is_nil(observe(60, 0, rarely))
    assert.is_true(observe(60, rarely, rarely) <= 30)
  end)

  it("is none while one in a hundred fails", function()
    assert.is_nil(observe(600, function(second) return second % 2 end, 50))
  end)

  it("is none when it is over after a deploy's seconds", function()
    assert.is_nil(observe(60, 0, 40))
    assert.is_nil(observe(6, 40, 40))
    assert.is_nil(observe(120, 0, 40))
  end)

  it("ends after ten calm seconds", function()
    observe(30, 20, 40)
    assert.is_true(found.isAlarmed)
    for _ = 1, 11 do
      worker.now = worker.now + 1
      sequence.observeShare(found, 0, 40, 0.3, worker.now)
    end
    assert.is_false(found.isAlarmed)
  end)

  it("gets used to a service that always fails in part", function()
    for _ = 1, 3 * 7200 do
      worker.now = worker.now + 1
      sequence.observeShare(found, 8, 50, 0.3, worker.now)
    end
    assert.is_false(found.isAlarmed)
    assert.is_true(observe(30, 45, 50) <= 15)
  end)
end)

describe("errors on a quiet route", function()
  it("are found by a worker that has seen hardly any of them", function()
    worker.start()
    kong.router = { get_service = function() end }
    local one = worker.module("error-watch")
    package.loaded["kong.plugins.threat-response.error-watch"] = nil
    local other = worker.module("error-watch")
    local function pass_second(workers, client)
      worker.now = worker.now + 1
      local is_outage
      if client then is_outage = workers.addError("r", "service", client, worker.now) end
      one.tickErrors(worker.now)
      other.tickErrors(worker.now)
      return is_outage
    end
    for second = 1, 13 do
      assert.is_falsy(pass_second(one, second % 4 == 0 and "c" .. second))
    end
    assert.is_false(pass_second(other, "c14"))
    assert.is_true(pass_second(other, "c15"))
  end)
end)

describe("errors of a route", function()
  local watch, rate, instance

  before_each(function()
    worker.start()
    kong.router = { get_service = function() end }
    instance = worker.instance()
    rate = worker.module("route-rate")
    watch = worker.module("error-watch")
  end)

  --- Whether any error of these seconds was part of an outage.
  local function pass(seconds, requests, errors, clients)
    local is_outage = false
    for _ = 1, seconds do
      for n = 1, requests do
        rate.addArrival(instance, "r", "c" .. n)
        rate.addClean("r")
        if n <= errors then is_outage = watch.addError("r", "service", "c" .. n % clients, worker.now) or is_outage end
      end
      for _ = 1, 5 do
        worker.now = worker.now + rate.TICK_S
        rate.tickRates(worker.now)
      end
      watch.tickErrors(worker.now)
    end
    return is_outage
  end

  it("are an outage when many clients meet them", function()
    assert.is_false(pass(20, 20, 0, 10))
    assert.is_true(pass(20, 20, 12, 10))
  end)

  it("are none while they are one client's own, and others are served", function()
    pass(20, 20, 0, 10)
    assert.is_false(pass(60, 20, 12, 1))
  end)

  it("are an outage for a single client where nothing succeeds", function()
    pass(20, 2, 0, 1)
    assert.is_true(pass(20, 2, 2, 1))
  end)
end)

describe("paths that had a route", function()
  it("are known by their beginning for hours, others are not", function()
    worker.start()
    local paths = worker.module("error-paths")
    for n = 1, 64 do paths.noteRouted("/api/orders/" .. n, worker.now) end
    assert.is_true(paths.wasRouted("/api/orders/99"))
    assert.is_false(paths.wasRouted("/.env"))
    worker.now = worker.now + 22000
    for n = 1, 64 do paths.noteRouted("/shop/" .. n, worker.now) end
    assert.is_true(paths.wasRouted("/api/orders/99"))
    worker.now = worker.now + 22000
    for n = 1, 64 do paths.noteRouted("/shop/" .. n, worker.now) end
    assert.is_false(paths.wasRouted("/api/orders/99"))
  end)
end)
