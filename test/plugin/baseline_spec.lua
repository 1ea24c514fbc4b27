local worker = require("worker")

describe("a baseline", function()
  local baseline, learned
  local HOUR, DAY = 3600, 86400
  local MIDNIGHT = 1700006400

  before_each(function()
    worker.start()
    baseline = worker.module("baseline")
    learned = baseline.createBaseline()
  end)

  --- Learns `seconds` seconds from `from` on; `rate` is a number or a function of the hour of the day.
  local function learn(from, seconds, rate)
    for at = from, from + seconds - 1 do
      local rps = type(rate) == "function" and rate(math.floor(at / HOUR) % 24) or rate
      baseline.learnSecond(learned, rps, at, false)
    end
    return from + seconds
  end

  it("says nothing before it has seen ten seconds", function()
    learn(MIDNIGHT, 9, 20)
    assert.is_nil(baseline.limitFor(learned, MIDNIGHT, 5, 50))
    learn(MIDNIGHT, 1, 20)
    assert.equal(100, baseline.limitFor(learned, MIDNIGHT, 5, 50))
    assert.equal(500, baseline.limitFor(learned, MIDNIGHT, 5, 500))
  end)

  it("knows the hours of the day from one day to the next", function()
    local now = learn(MIDNIGHT, DAY, function(hour) return hour == 9 and 100 or 10 end)
    assert.is_true(math.abs(baseline.seasonAt(learned, now + 9.5 * HOUR) - 100) < 1)
    assert.is_true(math.abs(baseline.seasonAt(learned, now + 3.5 * HOUR) - 10) < 1)
    assert.is_true(baseline.usualRate(learned, now + 9.5 * HOUR) >= 100)
  end)

  it("moves gently from one hour to the next", function()
    local now = learn(MIDNIGHT, DAY, function(hour) return hour >= 9 and hour < 18 and 100 or 10 end)
    local at_nine = baseline.seasonAt(learned, now + 9 * HOUR)
    assert.is_true(at_nine > 40 and at_nine < 70)
  end)

  it("does not grow by more than a half a day, whatever an attacker sends", function()
    local now = learn(MIDNIGHT, DAY, 10)
    learn(now, DAY, 10000)
    assert.is_true(baseline.seasonAt(learned, now + DAY + 12 * HOUR) <= 15)
  end)

  it("follows an attacker who grows slowly to twice of what is known at most", function()
    local now = learn(MIDNIGHT, DAY, 10)
    for minute = 0, 119 do now = learn(now, 60, 10 * 1.03 ^ minute) end
    assert.is_true(baseline.usualRate(learned, now) <= 21)
  end)

  it("of the first day grows by three tenths an hour at most", function()
    local now = learn(MIDNIGHT, 1200, 10)
    now = learn(now, HOUR, 1000)
    assert.is_true(baseline.usualRate(learned, now) <= 2 * 10 * 1.31)
  end)

  it("learns nothing from a flood", function()
    local now = learn(MIDNIGHT, DAY, 10)
    local before = baseline.packBaseline(learned)
    for at = now + 1, now + HOUR - 1 do baseline.learnSecond(learned, 5000, at, true) end
    assert.is_true(baseline.usualRate(learned, now + 1800) < 12)
    assert.equal(#before, #baseline.packBaseline(learned))
  end)

  it("is the same after it was packed and unpacked, and empty from anything else", function()
    local now = learn(MIDNIGHT, DAY, 10)
    local again = baseline.unpackBaseline(baseline.packBaseline(learned))
    assert.equal(baseline.usualRate(learned, now), baseline.usualRate(again, now))
    assert.is_nil(baseline.usualRate(baseline.unpackBaseline("nonsense"), now))
    assert.is_nil(baseline.usualRate(baseline.unpackBaseline(("x"):rep(512)), now))
  end)
end)

describe("a baseline that others have learned", function()
  local baseline, line, told
  local HOUR = 3600
  local NOON = 1700006400 + 12 * HOUR

  before_each(function()
    worker.start()
    baseline = worker.module("baseline")
    line = worker.module("learning.baseline-line")
    told = worker.module("learning.told-baselines")
  end)

  local function hours(rate, days) return (("%s:%s,"):format(rate, days):rep(24):gsub(",$", "")) end
  local function read(age, changes)
    local text = ("baseline %d r 7200 40 90.5 %s"):format(age, hours("20.25", 3))
    return line.readBaselineLine(changes and text:gsub(changes[1], changes[2]) or text)
  end

  it("is read from its line", function()
    local learned = read(10).learned
    assert.same({ "r", 7200, 40, 90.5 }, { learned.name, learned.seconds, learned.usual, learned.peak })
    assert.same({ 24, 20.25, 3 }, { #learned.rates, learned.rates[24], learned.days[1] })
    assert.equal("", read(10, { " r ", " - " }).learned.name)
  end)

  for _, change in ipairs({
    { "7200", "nan" },
    { "7200", "1e99" },
    { "90.5", "-1" },
    { "90.5", "inf" },
    { "20.25:3,", "", 1 },
    { "20.25:3,", "20.25:3,1:1," },
    { "20.25", "99999999" },
    { " r ", " " },
    { "$", " more" },
  }) do
    it("is refused with " .. change[1] .. " as '" .. change[2] .. "'", function() assert.is_nil(read(10, change)) end)
  end

  it("is where a node begins", function()
    told.keepTold(read(10))
    local fresh = baseline.createBaseline()
    told.adoptTold(fresh, "r")
    assert.is_true(math.abs(baseline.usualRate(fresh, NOON) - 20.25) < 0.01)
    assert.equal(200, baseline.limitFor(fresh, NOON, 5, 200))
  end)

  it("says nothing of now when it is old, but knows the hours", function()
    told.keepTold(read(7200))
    local fresh = baseline.createBaseline()
    told.adoptTold(fresh, "r")
    assert.is_nil(baseline.usualRate(fresh, NOON))
    assert.equal(20.25, baseline.seasonAt(fresh, NOON))
  end)

  it("changes nothing that the node has learned by itself", function()
    told.keepTold(read(10))
    local own = baseline.createBaseline()
    for at = NOON, NOON + 2 * HOUR do baseline.learnSecond(own, 5, at, false) end
    local before = baseline.seasonAt(own, NOON + HOUR)
    told.adoptTold(own, "r")
    assert.equal(before, baseline.seasonAt(own, NOON + HOUR))
    assert.equal(20.25, baseline.seasonAt(own, NOON + 8 * HOUR))
    assert.is_true(baseline.describeBaseline(own, "r").usual < 6)
  end)

  it("describes itself to others as they read it", function()
    local own = baseline.createBaseline()
    for at = NOON, NOON + 2 * HOUR do baseline.learnSecond(own, 5, at, false) end
    local described = baseline.describeBaseline(own, "r")
    local again = baseline.describeBaseline(baseline.composeBaseline(described, true), "r")
    assert.same(described, again)
    assert.is_nil(baseline.describeBaseline(baseline.createBaseline(), "r"))
  end)
end)

describe("what a node tells the agent of usual rates", function()
  local function learn_on_routes(count, options)
    worker.start()
    worker.collect_records()
    local instance = worker.instance(options)
    kong.router = { get_service = function() end }
    local rates = worker.module("route-rate")
    for i = 1, count do rates.addArrival(instance, "route" .. i, "a") end
    local learned = worker.module("baseline")
    for _, rate in ipairs(rates.knownRates()) do
      for second = 1, 601 do learned.learnSecond(rate.baseline, 5, worker.now + second, false) end
    end
    return worker.module("learning.report-baselines"), instance.config
  end

  it("are a hundred a minute, all of them in turn", function()
    local report, config = learn_on_routes(150)
    local names, seen = {}, 0
    for _ = 1, 2 do
      report.reportBaselines(config, worker.now)
      report.reportBaselines(config, worker.now)
      worker.now = worker.now + 61
    end
    assert.equal(2, #worker.records)
    for _, record in ipairs(worker.records) do
      assert.equal(100, #record.baselines)
      for _, told in ipairs(record.baselines) do
        if not names[told.name] then seen = seen + 1 end
        names[told.name] = true
      end
    end
    assert.equal(151, seen)
  end)

  it("is nothing where nothing is learned", function()
    local report, config = learn_on_routes(1)
    config.learning.enabled = false
    report.reportBaselines(config, worker.now)
    assert.same({}, worker.records)
  end)
end)

describe("a sketch of distinct texts", function()
  it("adds up over workers", function()
    worker.start()
    local distinct = worker.module("distinct")
    local one, other = distinct.createDistinct(), distinct.createDistinct()
    for i = 1, 3000 do distinct.addDistinct(one, "a" .. i) end
    for i = 2001, 5000 do distinct.addDistinct(other, "a" .. i) end
    distinct.mergeDistinct(one, distinct.packDistinct(other))
    assert.is_true(math.abs(distinct.countDistinct(one) - 5000) < 750)
    distinct.clearDistinct(one)
    assert.equal(0, distinct.countDistinct(one))
  end)
end)
