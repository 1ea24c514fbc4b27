local worker = require("worker")

local limits = { max_users_per_ip = 10, max_failures_per_ip = 10, max_ips_per_user = 10 }

describe("credential stuffing, judged by one address", function()
  local judge, judge_in_alarm

  setup(function()
    worker.start()
    local detector = worker.module("detectors.credential-stuffing")
    judge, judge_in_alarm = detector.judgeAddress, detector.judgeAddressInAlarm
  end)

  for _, case in ipairs({
    { "a few forgotten passwords are none", { pending = 3, failures = 9, successes = 0 }, false },
    { "the limits themselves are none", { pending = 10, failures = 10, successes = 0 }, false },
    { "many users without success are", { pending = 11, failures = 0, successes = 0 }, true },
    { "many failures for one user are", { pending = 1, failures = 11, successes = 0 }, true },
    { "an office in the morning is not: most succeed", { pending = 12, failures = 15, successes = 80 }, false },
    { "made-up successes excuse only so much", { pending = 101, failures = 0, successes = 5000 }, true },
  }) do
    it(case[1], function() assert.equal(case[3], judge(limits, case[2]) ~= nil) end)
  end

  for _, case in ipairs({
    { "two users are not enough during an attack on the route", { pending = 2, failures = 2, successes = 0 }, false },
    { "three are", { pending = 3, failures = 2, successes = 0 }, true },
    { "three are not when one succeeded", { pending = 3, failures = 2, successes = 1 }, false },
  }) do
    it(case[1], function() assert.equal(case[3], judge_in_alarm(case[2]) ~= nil) end)
  end
end)

describe("credential stuffing, judged by the route", function()
  local is_attack

  setup(function()
    worker.start()
    is_attack = worker.module("login-outcome").isRouteAttack
  end)

  for _, case in ipairs({
    { "many users fail from many addresses", { failures = 30, successes = 5, addresses = 20, users = 30 }, 0, true },
    { "too few failures", { failures = 19, successes = 0, addresses = 20, users = 19 }, 0, false },
    { "from too few addresses", { failures = 30, successes = 0, addresses = 4, users = 30 }, 0, false },
    { "a few stale passwords that are tried for ever", { failures = 90, successes = 5, addresses = 9, users = 9 }, 0, false },
    { "a busy day with the usual share of failures", { failures = 100, successes = 300, addresses = 90, users = 90 }, 0.2, false },
    { "three times the usual share", { failures = 100, successes = 60, addresses = 90, users = 90 }, 0.2, true },
  }) do
    it(case[1], function() assert.equal(case[4], is_attack(case[2], case[3], 20)) end)
  end
end)

describe("credential stuffing over time", function()
  local instance, observe, detect, judge_answer

  before_each(function()
    worker.start()
    instance = worker.instance()
    observe = worker.module("login-outcome").observeLogin
    detect = worker.module("detectors.credential-stuffing").detectStuffing
    judge_answer = worker.module("login-outcome").judgeAnswer
  end)

  local function attempt(ip, user, status, options)
    options = options or {}
    local facts = {
      source = { ip = ip, key = ip, isExempt = options.exempt or false },
      route = { id = options.route or "r" },
      login = { user = user, kind = options.kind or "path", realm = options.realm or "/login" },
    }
    local found = detect(instance, facts)
    if found and found.score >= 70 then return found end
    local answer = judge_answer(facts.login, status, status == 401)
    observe(instance, facts, answer, options.proved or false)
    return nil
  end

  local function stopped(count, make)
    local stops = 0
    for i = 1, count do
      if make(i) then stops = stops + 1 end
    end
    return stops
  end

  it("lets ten users fail from one address, and no more", function()
    assert.equal(30, stopped(40, function(i) return attempt("192.0.2.1", "u" .. i, 401) end))
  end)

  it("tells once how many failures led to it", function()
    local told = {}
    for i = 1, 20 do
      local found = attempt("192.0.2.1", "u" .. i, 401)
      if found and found.prior then table.insert(told, found.prior) end
    end
    assert.same({ { failures = 10, users = 11 } }, told)
  end)

  it("never stops users who have succeeded from that address before", function()
    for i = 1, 5 do attempt("192.0.2.1", "good" .. i, 200) end
    assert.is_true(stopped(60, function(i) return attempt("192.0.2.1", "v" .. i, 401) end) >= 45)
    assert.equal(0, stopped(5, function(i) return attempt("192.0.2.1", "good" .. i, 200) end))
    assert.equal(0, stopped(20, function() return attempt("192.0.2.1", "good1", 401) end))
  end)

  it("asks new users behind an address with good ones to come back, instead of refusing them", function()
    for i = 1, 3 do attempt("192.0.2.1", "good" .. i, 200) end
    for i = 1, 15 do attempt("192.0.2.1", "v" .. i, 401) end
    assert.equal("throttle", attempt("192.0.2.1", "new", 200).action)
  end)

  it("leaves an office alone where everybody logs in at nine", function()
    assert.equal(0, stopped(300, function(i)
      return attempt("192.0.2.1", "u" .. i, i % 10 == 0 and 401 or 200)
    end))
  end)

  it("starts anew with the next window", function()
    for i = 1, 20 do attempt("192.0.2.1", "u" .. i, 401) end
    worker.now = worker.now + 61
    assert.is_nil(attempt("192.0.2.1", "u99", 401))
  end)

  it("finds one user tried from many addresses, and only throttles", function()
    local found
    for i = 1, 15 do found = attempt("192.0.2." .. i, "victim", 401) or found end
    assert.same({ "user", "victim", "throttle" }, { found.subject, found.value, found.action })
  end)

  it("stops single addresses early once the route as a whole is attacked", function()
    local total = 0
    for round = 1, 6 do
      total = total + stopped(30, function(i) return attempt("192.0.2." .. i, "u" .. round .. "-" .. i, 401) end)
    end
    assert.is_true(total >= 30 * 3)
    assert.is_nil(attempt("198.51.100.9", "honest", 200))
  end)

  it("is found on routes that Kong authenticates", function()
    local stops = stopped(30, function(i) return attempt("192.0.2.1", "u" .. i, 401, { kind = "basic", realm = "/x" .. i }) end)
    assert.is_true(stops >= 19)
  end)

  it("takes Kong's word for a Basic user on any path, an upstream's on that path only", function()
    attempt("192.0.2.1", "ann", 200, { kind = "basic", realm = "/a", proved = true })
    attempt("192.0.2.1", "eve", 200, { kind = "basic", realm = "/open" })
    for i = 1, 15 do attempt("192.0.2.1", "u" .. i, 401) end
    assert.is_nil(attempt("192.0.2.1", "ann", 200, { kind = "basic", realm = "/b" }))
    assert.is_table(attempt("192.0.2.1", "eve", 200, { kind = "basic", realm = "/private" }))
  end)

  it("does not count against a proxy in front", function()
    assert.equal(0, stopped(50, function(i) return attempt("10.0.0.1", "u" .. i, 401, { exempt = true }) end))
  end)
end)
