local worker = require("worker")

local limits = { max_users_per_ip = 10, max_failures_per_ip = 10, max_ips_per_user = 10 }

describe("credential stuffing, judged by one address", function()
  local judge, judge_in_guard

  setup(function()
    worker.start()
    local detector = worker.module("detectors.credential-stuffing")
    judge, judge_in_guard = detector.judgeAddress, detector.judgeInGuard
  end)

  for _, case in ipairs({
    { "a few forgotten passwords are none", { pending = 3, failures = 9, successes = 0 }, false },
    { "the limits themselves are none", { pending = 10, failures = 10, successes = 0 }, false },
    { "many users without success are", { pending = 11, failures = 0, successes = 0 }, true },
    { "many failures for one user are", { pending = 1, failures = 11, successes = 0 }, true },
    { "an office in the morning is not: most succeed", { pending = 12, failures = 15, successes = 80 }, false },
    { "made-up successes excuse only so much", { pending = 101, failures = 0, successes = 5000 }, true },
  }) do
    it(case[1], function()
      case[2].failed, case[2].succeeded = 0, 0
      assert.equal(case[3], judge(limits, case[2]) ~= nil)
    end)
  end

  for _, case in ipairs({
    { "ten users that fail over hours are", { failed = 10 }, true },
    { "nine are not", { failed = 9 }, false },
    { "ten are not where others succeed", { failed = 10, succeeded = 4 }, false },
  }) do
    it(case[1], function()
      local standing = { pending = 0, failures = 0, successes = 0, failed = case[2].failed, succeeded = case[2].succeeded or 0 }
      assert.equal(case[3], judge(limits, standing) ~= nil)
    end)
  end

  for _, case in ipairs({
    { "a newcomer from a new address passes", 1, {}, "pass" },
    { "is asked to come again when somebody else failed there before", 1, { failed = 1, settled = 1 }, "ask" },
    { "is not, when that may still be a mistyped password", 1, { failed = 1, settled = 0 }, "pass" },
    { "is stopped when two others failed there", 1, { failed = 2, settled = 0 }, "stop" },
    { "may type a mistyped password again", 1, { failed = 2, settled = 0, isReturning = true }, "pass" },
    { "passes where others have logged in", 1, { failed = 2, settled = 2, isTrusted = true }, "pass" },
    { "does not, where far more fail than succeed", 1, { failed = 9, settled = 9, succeeded = 2, isTrusted = true }, "stop" },
    { "comes again and passes", 2, { isReturning = true }, "pass" },
    { "is asked to come again when nothing else helps", 2, {}, "ask" },
    { "is not, at an address that was good before", 2, {}, "pass", true },
    { "is asked to come again when his headers are those of the attack", 1, {}, "ask", false, true },
  }) do
    it("on an attacked route: a stranger " .. case[1], function()
      local standing = { failed = 0, settled = 0, succeeded = 0, isReturning = false, isTrusted = false }
      for name, value in pairs(case[3]) do standing[name] = value end
      assert.equal(case[4], judge_in_guard(case[2], standing, case[5] or false, case[6] or false))
    end)
  end
end)

describe("the guard of a login route", function()
  local states, state

  before_each(function()
    worker.start()
    states = worker.module("logins.guard-state")
    state = states.createGuardState()
  end)

  --- So many seconds with so many logins each, of which a share fails for good, each at an address of its own.
  local function run(seconds, logins, share, options)
    options = options or {}
    for _ = 1, seconds do
      worker.now = worker.now + 1
      local failures = logins * share
      states.stepGuard(state, {
        logins = logins,
        failures = failures,
        addresses = failures * (options.spread or 1),
        repeaters = options.repeaters or 0,
        stopped = options.stopped or 0,
      }, worker.now, 1)
    end
    return state.level
  end

  it("is calm while the usual share fails, whatever it is", function()
    for _, share in ipairs({ 0, 0.03, 0.15 }) do
      state = states.createGuardState()
      assert.equal(0, run(3600, 50, share))
    end
  end)

  it("is up within a minute when three times the usual share fails", function()
    run(300, 200, 0.02)
    assert.equal(1, run(60, 200, 0.09))
  end)

  it("does not mind a burst of a few seconds", function()
    run(300, 200, 0.02)
    run(15, 200, 0.3)
    assert.equal(0, run(60, 200, 0.02))
  end)

  it("is up within seconds when nearly everything fails", function()
    run(300, 20, 0.02)
    assert.equal(1, run(8, 60, 0.9))
  end)

  it("does not mind a few stale passwords that are tried for ever", function()
    run(300, 20, 0.02)
    assert.equal(0, run(300, 20, 0.5, { spread = 0 }))
  end)

  it("is up when second users fail at addresses where nobody succeeds, even when it was never calm", function()
    assert.equal(1, run(60, 200, 0.1, { repeaters = 2 }))
  end)

  it("does not take a share for usual that creeps up", function()
    run(3600, 100, 0.01)
    local level = 0
    for i = 1, 60 do level = math.max(level, run(60, 100, 0.01 + i * 0.002)) end
    assert.equal(1, math.min(1, level))
  end)

  it("stays up while attempts are stopped, and comes down a while after", function()
    run(300, 200, 0.02)
    run(60, 200, 0.09)
    assert.equal(1, run(300, 200, 0.02, { stopped = 15 }))
    assert.equal(0, run(180, 200, 0.02))
  end)

  it("becomes strict when what it does is not enough", function()
    run(300, 200, 0.02)
    assert.equal(2, run(240, 200, 0.3))
  end)
end)

describe("credential stuffing over time", function()
  local instance, observe, detect, judge_answer, last

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
      source = { ip = ip, key = ip, binary = options.binary or "", isExempt = options.exempt or false },
      route = { id = options.route or "r" },
      login = { user = user, kind = options.kind or "path", realm = options.realm or "/login", proof = options.realm or "/login" },
      headers = {},
      userAgent = options.agent or "browser " .. ip,
    }
    local found = detect(instance, facts)
    if found and found.score >= 70 then return found end
    local answer = judge_answer(facts.login, status, status == 401)
    last = observe(instance, facts, answer, options.proved or false)
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

  --- Attempt number `i` from a /64 of its own, all in one /48.
  local function from_wide_network(i, status)
    return attempt("net" .. i, "u" .. i, status, { binary = "\32\1\13\184\0\119" .. ("%04d"):format(i) .. ("\0"):rep(6) })
  end

  it("counts for a /48 what comes from a /64 for each attempt", function()
    assert.equal(190, stopped(200, function(i) return from_wide_network(i, 401) end))
  end)

  it("leaves a carrier's /48 alone, where most succeed", function()
    assert.equal(0, stopped(300, function(i) return from_wide_network(i, i % 10 == 0 and 401 or 200) end))
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

  it("forgets failures of one user with the window, and users that failed after hours", function()
    for _ = 1, 20 do attempt("192.0.2.9", "ann", 401) end
    assert.is_table(attempt("192.0.2.9", "ann", 200))
    for i = 1, 20 do attempt("192.0.2.1", "u" .. i, 401) end
    worker.now = worker.now + 61
    assert.is_nil(attempt("192.0.2.9", "ann", 200))
    assert.is_table(attempt("192.0.2.1", "u99", 401))
    worker.now = worker.now + 4 * 3600
    assert.is_nil(attempt("192.0.2.1", "u99", 401))
  end)

  it("finds one attempt for each of many users, a minute apart", function()
    local passed = 0
    for i = 1, 60 do
      worker.now = worker.now + 61
      if not attempt("192.0.2.1", "u" .. i, 401) then passed = passed + 1 end
    end
    assert.equal(10, passed)
  end)

  it("finds one user tried from many addresses, and only throttles", function()
    local found
    for i = 1, 15 do found = attempt("192.0.2." .. i, "victim", 401) or found end
    assert.same({ "user", "victim", "throttle" }, { found.subject, found.value, found.action })
  end)

  local function pass_second()
    worker.now = worker.now + 1
    worker.module("logins.guard").tickGuards(worker.now)
  end

  --- Good logins, and after a while one attempt a minute from each of 300 addresses, all with users of their own.
  local tried = 0
  local function attack(seconds, each)
    local stops = 0
    for second = 1, seconds do
      for i = 1, 20 do attempt("198.51.100." .. i, "good" .. (second % 50) .. "-" .. i, 200) end
      for i = 1, 5 do
        tried = tried + 1
        local bot = tried % 300
        if attempt("203.0." .. math.floor(bot / 250) .. "." .. bot % 250, "u" .. tried, 401, each) then
          stops = stops + 1
        end
      end
      pass_second()
    end
    return stops
  end

  it("stops addresses with a past once the route as a whole is attacked, and lets newcomers in", function()
    attack(120)
    assert.is_true(attack(60) >= 270)
    assert.is_nil(attempt("192.0.2.200", "newcomer", 200))
    assert.is_nil(attempt("198.51.100.3", "colleague", 200))
  end)

  it("asks a stranger to come again where another user failed, and lets him in when he does", function()
    attempt("192.0.2.77", "sister", 401)
    attack(120)
    local asked = attempt("192.0.2.77", "brother", 200)
    assert.same({ "throttle", 5 }, { asked.action, asked.retryAfter })
    worker.now = worker.now + 5
    assert.is_nil(attempt("192.0.2.77", "brother", 200))
  end)

  it("asks those to come again who look like the attack, though their address is new", function()
    attack(90, { agent = "tool" })
    assert.is_table(attempt("192.0.2.201", "leaked", 401, { agent = "tool" }))
    assert.is_nil(attempt("192.0.2.202", "newcomer", 200, { agent = "browser" }))
  end)

  --- For so many seconds logins that all fail, with one app: of ten regulars, who are `regular(i)` from where, and of ten strangers. How many of these
  --- were stopped or reported.
  local failed = 0
  local function break_app(seconds, regular)
    local found = 0
    for _ = 1, seconds do
      for i = 1, 10 do
        failed = failed + 1
        local ip, user = regular(failed)
        attempt(ip, user, 401, { agent = "app" })
        if i % 5 == 0 then attempt("198.51.100." .. i, "good" .. i, 200) end
        last = nil
        local stop = attempt("192.0." .. math.floor(failed / 250) .. "." .. failed % 250, "s" .. failed, 401, { agent = "app" })
        if stop or last then found = found + 1 end
      end
      pass_second()
    end
    return found
  end

  it("is none where those who always got in fail as well: an app is broken", function()
    for i = 1, 900 do attempt("home" .. i, "u" .. i, 200, { agent = "app" }) end
    assert.equal(0, break_app(90, function(i) return "home" .. i, "u" .. i end))
    -- Nor is it held against an address.
    assert.equal(0, stopped(30, function(i) return attempt("192.0.2.77", "x" .. i, 401, { agent = "app" }) end))
    assert.is_nil(attempt("192.0.2.77", "newcomer", 200))
    assert.is_nil(last)
  end)

  it("is one all the same where few accounts fail again and again, from wherever they got in before", function()
    for i = 1, 900 do attempt("bot" .. i, "own" .. i % 5, 200, { agent = "app" }) end
    assert.is_true(break_app(90, function(i) return "bot" .. i, "own" .. i % 5 end) > 300)
  end)

  it("reports a success that may be a takeover, and stops nobody for it", function()
    for i = 1, 8 do attempt("203.0.113." .. i, "victim", 401) end
    assert.is_nil(attempt("203.0.113.99", "victim", 200))
    assert.same({ "credential-stuffing.takeover", "flag", "user", "victim" },
      { last.detector, last.action, last.subject, last.value })
    for i = 1, 4 do attempt("203.0.113.50", "u" .. i, 401) end
    attempt("203.0.113.50", "weak", 200)
    assert.equal("credential-stuffing.takeover", last.detector)
  end)

  it("takes nobody for a thief who mistyped a few times, or comes home", function()
    for _ = 1, 5 do attempt("192.0.2.5", "ann", 401) end
    attempt("192.0.2.5", "ann", 200)
    assert.is_nil(last)
    for i = 1, 8 do attempt("203.0.113." .. i, "ann", 401) end
    attempt("192.0.2.5", "ann", 200)
    assert.is_nil(last)
  end)

  it("is found on routes that Kong authenticates", function()
    local stops = stopped(30, function(i) return attempt("192.0.2.1", "u" .. i, 401, { kind = "basic", realm = "/x" .. i, proof = "/x" .. i }) end)
    assert.is_true(stops >= 19)
  end)

  it("takes Kong's word for a Basic user on any path, an upstream's on that path only", function()
    attempt("192.0.2.1", "ann", 200, { kind = "basic", realm = "/a", proof = "/a", proved = true })
    attempt("192.0.2.1", "eve", 200, { kind = "basic", realm = "/open", proof = "/open" })
    for i = 1, 15 do attempt("192.0.2.1", "u" .. i, 401) end
    assert.is_nil(attempt("192.0.2.1", "ann", 200, { kind = "basic", realm = "/b", proof = "/b" }))
    assert.is_table(attempt("192.0.2.1", "eve", 200, { kind = "basic", realm = "/private", proof = "/private" }))
  end)

  it("does not count against a proxy in front", function()
    assert.equal(0, stopped(50, function(i) return attempt("10.0.0.1", "u" .. i, 401, { exempt = true }) end))
  end)
end)
