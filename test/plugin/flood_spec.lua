local worker = require("worker")

describe("the rate of a source", function()
  local flood, instance
  local source = { ip = "192.0.2.1", key = "\192\0\2\1", isExempt = false }

  before_each(function()
    worker.start()
    instance = worker.instance()
    flood = worker.module("detectors.flood")
  end)

  it("is a flood above the limit of one window", function()
    local found = 0
    for _ = 1, 150 do
      if flood.detectSourceFlood(instance, source, flood.countRequest(instance, source)) then found = found + 1 end
    end
    assert.equal(50, found)
    worker.now = worker.now + 10.1
    assert.is_nil(flood.detectSourceFlood(instance, source, flood.countRequest(instance, source)))
  end)

  it("is held against the address only when it goes on regardless", function()
    assert.is_true(flood.detectSourceFlood(instance, source, 200).isWeak)
    assert.is_false(flood.detectSourceFlood(instance, source, 201).isWeak)
  end)

  it("of a proxy in front is not counted", function()
    assert.equal(0, flood.countRequest(instance, { key = "x", isExempt = true }))
  end)

  it("is no flood when the detector is off", function()
    assert.is_nil(flood.detectSourceFlood(worker.instance({ ["flood.enabled"] = false }), source, 10000))
  end)

  for _, case in ipairs({
    { "is what the route takes, divided by those who ask", 100, 10, 50, 20 },
    { "lets a page load, however many ask", 100, 10, 100000, 5 },
    { "is everything for a single source", 100, 10, 0, 1000 },
  }) do
    it("fair share " .. case[1], function() assert.equal(case[5], flood.fairShare(case[2], case[3], case[4])) end)
  end
end)

describe("the rate of a route", function()
  local rate, instance

  before_each(function()
    worker.start()
    instance = worker.instance()
    rate = worker.module("route-rate")
  end)

  --- `seconds` seconds with `rps` requests each, from `sources` addresses in turn.
  local function pass(seconds, rps, sources)
    for _ = 1, seconds do
      for i = 1, rps do rate.addArrival(instance, "r", "a" .. i % (sources or 10)) end
      rate.tickRates(worker.now)
      worker.now = worker.now + 1
    end
  end

  it("is learned as a plain mean first, and forgets slowly later", function()
    local baseline = { rps = 0, seconds = 0 }
    for second = 1, 10 do baseline = rate.learn(baseline, second % 2 * 20, false) end
    assert.equal(10, baseline.rps)
    baseline = rate.learn({ rps = 10, seconds = 5000 }, 610, false)
    assert.equal(11, baseline.rps)
  end)

  it("hardly learns from a flood", function()
    assert.is_true(rate.learn({ rps = 10, seconds = 5000 }, 7210, true).rps <= 11)
  end)

  it("is not judged before something is known of it", function()
    assert.is_nil(rate.limitFor({ rps = 5, seconds = 9 }, 5, 50))
    assert.equal(50, rate.limitFor({ rps = 5, seconds = 10 }, 5, 50))
    assert.equal(500, rate.limitFor({ rps = 100, seconds = 10 }, 5, 50))
  end)

  it("is a flood after two seconds far above the usual, and no longer after ten calm ones", function()
    pass(30, 20)
    assert.is_nil(rate.floodOf("r"))
    pass(2, 400)
    assert.is_nil(rate.floodOf("r"))
    pass(2, 400)
    assert.is_table(rate.floodOf("r"))
    pass(8, 20)
    assert.is_table(rate.floodOf("r"))
    pass(5, 20)
    assert.is_nil(rate.floodOf("r"))
  end)

  it("may have one busy second", function()
    pass(30, 20)
    pass(1, 400)
    pass(5, 20)
    assert.is_nil(rate.floodOf("r"))
  end)

  it("that grows with the load of the day is none", function()
    for rps = 20, 220, 5 do pass(20, rps) end
    assert.is_nil(rate.floodOf("r"))
  end)

  it("says how many sources share the route", function()
    pass(30, 20)
    pass(5, 400, 100)
    assert.is_true(math.abs(rate.floodOf("r").sources - 100) <= 15)
  end)

  describe("during a flood", function()
    local flood

    before_each(function()
      flood = worker.module("detectors.flood")
      local evidence = worker.module("evidence")
      for _ = 1, 5 do evidence.addGood(instance, { key = "regular" }) end
      worker.now = worker.now + 60
      pass(30, 20)
      pass(5, 400, 100)
    end)

    local function judge(key, requests)
      return flood.detectRouteFlood(instance, { ip = key, key = key }, "r", requests)
    end

    it("throttles who takes more than a fair share", function()
      local found = judge("bot", 80)
      assert.same({ "api_ddos", "route", "r", "throttle" }, { found.category, found.subject, found.value, found.action })
      assert.is_true(found.score >= 70)
    end)

    it("reports the others without stopping them", function()
      assert.is_true(judge("somebody", 1).score < 40)
    end)

    it("leaves those alone who behaved well before it began", function()
      assert.is_nil(judge("regular", 95))
    end)
  end)
end)
