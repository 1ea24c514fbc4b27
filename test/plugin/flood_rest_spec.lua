local worker = require("worker")

describe("who took part in a flood that is over", function()
  local rest

  before_each(function()
    worker.start()
    rest = worker.module("flood-rest")
    worker.now = worker.now + 1
    rest.noteRest("bot", "r", 20.5, 21)
  end)

  --- Windows of ten seconds with so many requests; how many of them passed.
  local function send(windows, requests, key)
    local passed = 0
    for _ = 1, windows do
      for i = 1, requests do
        if rest.restOf(key or "bot", "r", i, 10) == nil then passed = passed + 1 end
        worker.now = worker.now + 10 / requests
      end
    end
    return passed
  end

  it("keeps to his share while he goes on", function() assert.equal(20 * 20, send(20, 250)) end)

  it("is free when he has slowed down", function()
    send(2, 250)
    assert.equal(40, send(4, 10))
    assert.equal(250, send(1, 250))
  end)

  it("is free after ten minutes in any case", function()
    send(60, 250)
    assert.equal(250, send(1, 250))
  end)

  it("is nobody else", function() assert.equal(250, send(1, 250, "visitor")) end)

  it("is not looked up where there was none", function()
    assert.is_true(rest.isAnyRest(worker.now))
    worker.now = worker.now + 3600
    assert.is_false(rest.isAnyRest(worker.now))
  end)
end)

describe("a rate that rises", function()
  local rise

  before_each(function()
    worker.start()
    rise = worker.module("rate-rise")
  end)

  local function play(rates)
    local state = rise.createRise()
    for _, rps in ipairs(rates) do rise.noteSecond(state, rps, 75) end
    return rise.roomFor(state, 75, 75)
  end

  local function ramp(from, to, seconds)
    local rates = {}
    for _ = 1, 30 do rates[#rates + 1] = from end
    for second = 1, seconds do rates[#rates + 1] = from + (to - from) * second / seconds end
    return rates
  end

  it("over two minutes has room for three times its limit", function() assert.equal(225, play(ramp(15, 150, 120))) end)
  it("at once has none", function() assert.equal(75, play(ramp(15, 150, 1))) end)
  it("and falls again is as before", function()
    local rates = ramp(15, 150, 120)
    for _ = 1, 20 do rates[#rates + 1] = 15 end
    assert.equal(75, play(rates))
  end)
end)

describe("the health of a route", function()
  local health, state

  before_each(function()
    worker.start()
    health = worker.module("route-health")
    state = health.createHealth()
  end)

  local function play(seconds, answers, time, failures)
    for _ = 1, seconds do
      state.arrivals = 20
      for i = 1, answers do health.addAnswer(state, time, i <= (failures or 0)) end
      health.judgeHealth(state, true)
    end
    return state.isHurt
  end

  it("is not known at first", function() assert.is_true(play(5, 20, 0.02)) end)

  for _, case in ipairs({
    { "good while all is as ever", 20, 0.03, 1, false },
    { "bad when answers take longer", 20, 0.3, 0, true },
    { "bad when they fail", 20, 0.02, 8, true },
    { "bad when none come", 0, 0, 0, true },
  }) do
    it("is " .. case[1], function()
      play(30, 20, 0.02)
      assert.equal(case[5], play(1, case[2], case[3], case[4]))
    end)
  end
end)
