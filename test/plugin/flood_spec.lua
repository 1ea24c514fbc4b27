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
    it("fair share " .. case[1], function() assert.equal(case[5], worker.module("flood-share").fairShare(case[2], case[3], case[4])) end)
  end
end)

describe("the rate of a route", function()
  local rate, instance

  before_each(function()
    worker.start()
    kong.router = { get_service = function() return { id = "s" } end }
    instance = worker.instance()
    rate = worker.module("route-rate")
  end)

  --- `seconds` seconds with `rps` requests each, from `sources` addresses in turn, all of them clean.
  local function pass(seconds, rps, sources, route)
    for tick = 1, seconds * 5 do
      for i = 1, rps / 5 do
        rate.addArrival(instance, route or "r", "a" .. (tick * rps / 5 + i) % (sources or 10))
        rate.addClean(route or "r")
      end
      worker.now = worker.now + rate.TICK_S
      rate.tickRates(worker.now)
    end
  end

  it("is not judged before something is known of it", function()
    pass(8, 1000)
    assert.is_nil(rate.floodOf("r"))
  end)

  it("is a flood soon after it is far above the usual, and no longer after ten calm seconds", function()
    pass(30, 20)
    assert.is_nil(rate.floodOf("r"))
    pass(1, 400)
    assert.is_nil(rate.floodOf("r"))
    pass(1, 400)
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

  it("is a flood, too, when it comes in short waves", function()
    pass(30, 20)
    for _ = 1, 6 do
      pass(0.2, 4000)
      pass(1, 20)
    end
    assert.is_table(rate.floodOf("r"))
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

  it("counts for the service as a whole as well", function()
    for _ = 1, 30 do for part = 1, 10 do pass(0.2, 5, 10, "part" .. part) end end
    assert.is_nil(rate.floodOf("part1"))
    for _ = 1, 4 do for part = 1, 10 do pass(0.2, 60 * 5, 100, "part" .. part) end end
    assert.is_table(rate.floodOf("part1"))
  end)

  it("survives a reload, since what was learned is in the dictionary", function()
    pass(120, 20)
    local shared = worker.module("counters").counters
    local baseline = worker.module("baseline")
    local found = baseline.unpackBaseline((shared:get("rbr")))
    assert.is_true(math.abs(baseline.usualRate(found, worker.now) - 20) < 2)
  end)

  it("is nobody's flood where requests without a route come from those who always came", function()
    local flood = worker.module("detectors.flood")
    local unrouted = worker.module("unrouted")
    local evidence = worker.module("evidence")
    for _ = 1, 5 do evidence.addGood(instance, { key = "regular" }) end
    worker.now = worker.now + 60
    pass(30, 20)
    for key in pairs({ regular = 1, bot = 1 }) do
      for _ = 1, 2 do unrouted.markUnrouted(key, worker.now) end
    end
    local function find(key, seconds)
      for _ = 1, seconds * 5 do
        for _ = 1, 80 do
          flood.detectUnroutedFlood(instance, { ip = key, key = key }, 1)
          rate.addArrival(instance, "", key)
        end
        worker.now = worker.now + rate.TICK_S
        rate.tickRates(worker.now)
      end
      return flood.detectUnroutedFlood(instance, { ip = key, key = key }, 1)
    end
    assert.is_nil(find("regular", 5))
    assert.equal("flood.unrouted", find("bot", 5).detector)
    assert.is_nil(flood.detectUnroutedFlood(instance, { ip = "passer-by", key = "passer-by" }, 1))
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

    it("names the address that sends most of it by itself", function()
      local found = judge("bot", 4000)
      assert.same({ "flood.source", "ip", "bot" }, { found.detector, found.subject, found.value })
    end)

    it("lets about so many strangers pass as the route can take, and reports them", function()
      local passed = 0
      for i = 1, 2000 do
        rate.addArrival(instance, "r", "stranger" .. i)
        local found = judge("stranger" .. i, 1)
        if found.score >= 40 then assert.equal("flood.distributed", found.detector)
        elseif i > 1000 then passed = passed + 1 end
        if i % 80 == 0 then
          worker.now = worker.now + rate.TICK_S
          rate.tickRates(worker.now)
        end
      end
      assert.is_true(passed > 60 and passed < 220, passed)
    end)

    it("leaves those alone who behaved well before it began", function()
      assert.is_nil(judge("regular", 50))
    end)

    --- For `seconds`, those who came before ask as often as `ticks` says in turn, beside many strangers.
    local function play(seconds, ticks)
      for tick = 1, seconds * 5 do
        for i = 1, 80 do
          rate.addArrival(instance, "r", "b" .. i)
          judge("b" .. i, 1)
        end
        for _ = 1, ticks[tick % #ticks + 1] do
          rate.addArrival(instance, "r", "regular")
          judge("regular", 1)
        end
        worker.now = worker.now + rate.TICK_S
        rate.tickRates(worker.now)
      end
    end

    it("does not mind that those come in bursts, as long as the route can serve them", function()
      play(20, { 1, 1, 1, 1, 31 })
      assert.is_nil(judge("regular", 1))
    end)

    it("serves those who came longest before, where those who came before are the flood", function()
      worker.module("counters").counters:set("Gveteran", worker.now - 4000)
      play(5, { 40 })
      assert.is_table(judge("regular", 1))
      assert.is_nil(judge("veteran", 1))
    end)

    --- How many of twenty newcomers are let in.
    local function welcome()
      local passed = 0
      for i = 1, 20 do
        local found = judge("newcomer" .. i, 1)
        if found == nil or found.score < 40 then passed = passed + 1 end
      end
      return passed
    end

    it("turns newcomers away, but nobody any more as soon as a second was calm", function()
      play(5, { 1 })
      assert.is_true(welcome() < 10)
      pass(1.2, 20)
      assert.equal(20, welcome())
      assert.is_table(rate.floodOf("r"))
    end)

    it("holds down who took part in it while it is calm, too", function()
      play(1, { 1 })
      for requests = 1, 100 do judge("bot", requests) end
      pass(1.2, 20)
      assert.equal("flood.rest", judge("bot", 101).detector)
    end)

    it("is the same flood when it comes back within ten seconds, from its first second on", function()
      play(5, { 1 })
      pass(5, 20)
      pass(0.4, 400, 100)
      assert.is_true(welcome() < 10)
    end)

    it("is not believed to be over so soon when it comes in waves", function()
      for _ = 1, 4 do
        play(1, { 1 })
        pass(3.4, 20)
      end
      assert.is_true(rate.floodOf("r").patience > 15)
      play(1, { 1 })
      pass(1.4, 20)
      assert.is_false(rate.floodOf("r").isLull)
    end)

    it("stops them, too, when they turn into the flood", function()
      assert.equal("flood.source", judge("regular", 2000).detector)
    end)
  end)
end)
