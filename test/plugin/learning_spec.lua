local worker = require("worker")

-- Requests as they are when they are over, fed to what learns from them; the clock moves when told.
describe("learning about payloads", function()
  local observe, apply, store, ballot, scores, evidence, consumer

  before_each(function()
    worker.start()
    worker.collect_records()
    kong.client = { get_consumer = function() return consumer and { id = consumer } end }
    kong.log = { notice = function() end }
    consumer = nil
    observe = worker.module("learning.observe")
    apply = worker.module("learning.apply")
    store = worker.module("learning.learned-store")
    ballot = worker.module("learning.ballot")
    scores = worker.module("learning.route-scores")
    evidence = worker.module("evidence")
  end)

  local function instance(changes)
    local all = { mode = "monitor" }
    for name, value in pairs(changes or {}) do all[name] = value end
    return worker.instance(all)
  end

  local function finding(score, changes)
    local found = {
      category = "payload_injection",
      class = "sqli",
      detector = "payload",
      score = score,
      action = "block",
      subject = "ip",
      value = "203.0.113.7",
      field = "json:note",
      window = "it's 5 o'clock",
      reason = "because",
    }
    for name, value in pairs(changes or {}) do found[name] = value end
    return found
  end

  local function source_of(a, b)
    local binary = string.char(203, a or 0, b or 113, 7)
    return { ip = ("203.%d.%d.7"):format(a or 0, b or 113), binary = binary, key = binary, isExempt = false }
  end

  local function outcome(source, found, changes)
    local over = {
      source = source,
      facts = { isInspected = true },
      route = { id = "r" },
      findings = found and { found } or {},
      status = 200,
      answeredBy = "service",
      isStopped = false,
      isSuspicious = found ~= nil,
    }
    for name, value in pairs(changes or {}) do over[name] = value end
    return over
  end

  --- One authenticated consumer after the other sends the same kind of value, from networks of their own.
  local function consumers(count, score, options)
    options = options or {}
    local of = options.instance or instance()
    for i = 1, count do
      consumer = (options.prefix or "consumer ") .. i
      local source = source_of(options.network or i % 250, options.network or i % 7)
      observe.observePayload(of, outcome(source, finding(score, options.finding), options.outcome))
    end
  end

  local function is_approved(signature)
    local key = store.signatureKey("r", "json:note", signature or worker.module("payload.signature").signatureOf("it's 5 o'clock", "sqli"))
    return store.findLearned(key) ~= nil
  end

  local DAY = 86400

  describe("a signature", function()
    it("is approved after two days of many authenticated consumers", function()
      consumers(19, 75)
      assert.is_false(is_approved())
      worker.now = worker.now + DAY
      consumers(19, 75, { prefix = "other " })
      assert.is_true(is_approved())
    end)

    for _, case in ipairs({
      { "on one day only", { 100, 75 } },
      { "from one network only", { 100, 75, { network = 9 } } },
      { "with a known attack", { 100, 90 } },
      { "with requests that were refused", { 100, 75, { outcome = { status = 401, answeredBy = "exit" } } } },
      { "with requests the service did not answer", { 100, 75, { outcome = { answeredBy = "error" } } } },
      { "below the flag threshold", { 100, 39 } },
    }) do
      it("is never approved " .. case[1], function()
        consumers(unpack(case[2]))
        if case[1] ~= "on one day only" then
          worker.now = worker.now + DAY
          consumers(unpack(case[2]))
        end
        assert.is_false(is_approved())
      end)
    end

    it("is never approved by whoever is not authenticated, however many and however long", function()
      for day = 1, 5 do
        for i = 1, 100 do observe.observePayload(instance(), outcome(source_of(i, day), finding(75))) end
        worker.now = worker.now + DAY
      end
      assert.is_false(is_approved())
    end)

    it("is not approved by a few consumers who repeat themselves for weeks", function()
      for _ = 1, 30 do
        consumers(10, 75)
        worker.now = worker.now + DAY
      end
      assert.is_false(is_approved())
    end)

    it("is not approved by accounts that also send known attacks", function()
      for day = 1, 3 do
        consumers(30, 95, { prefix = "bad " .. day .. " " })
        consumers(30, 75, { prefix = "bad " .. day .. " " })
        worker.now = worker.now + DAY
      end
      assert.is_false(is_approved())
    end)

    it("is not approved where addresses send mostly evidence", function()
      local of = instance()
      for day = 1, 2 do
        for i = 1, 40 do
          for _ = 1, 5 do evidence.addEvidence(of, source_of(i, i % 7), finding(75)) end
        end
        consumers(40, 75, { instance = of, prefix = "day " .. day .. " " })
        worker.now = worker.now + DAY
      end
      assert.is_false(is_approved())
    end)

    it("is learned in monitor mode only, or where the detector is only tried out", function()
      for _ = 1, 2 do
        consumers(15, 75, { instance = worker.instance(), prefix = "p" .. worker.now })
        worker.now = worker.now + DAY
      end
      assert.is_false(is_approved())
      for _ = 1, 2 do
        consumers(15, 75, { instance = worker.instance(), finding = { isTrial = true }, prefix = "t" .. worker.now })
        worker.now = worker.now + DAY
      end
      assert.is_true(is_approved())
    end)

    it("is forgotten when nobody uses it", function()
      consumers(15, 75)
      worker.now = worker.now + DAY
      consumers(15, 75, { prefix = "other " })
      assert.is_true(is_approved())
      worker.now = worker.now + 31 * DAY
      assert.is_false(is_approved())
    end)
  end)

  describe("what is approved", function()
    local signature

    before_each(function()
      signature = worker.module("payload.signature").signatureOf("it's 5 o'clock", "sqli")
      store.keepLearned(store.signatureKey("r", "json:note", signature), { by = "operator", score = 75 })
    end)

    local function screened(found, changes, route)
      apply.prepareScreen(worker.instance(changes), { route = { id = route or "r" } })
      worker.module("payload.screen").screened(found)
      return found.score
    end

    it("is reported only, on its route and in its field", function()
      assert.equal(10, screened(finding(75)))
      assert.equal(75, screened(finding(75), nil, "other"))
      assert.equal(75, screened(finding(75, { field = "json:other" })))
    end)

    it("covers other texts of the same kind, and no other kind", function()
      assert.equal(10, screened(finding(75, { window = "that's 12 o'clock" })))
      assert.equal(75, screened(finding(75, { window = "it's 5 or 6 o'clock" })))
      assert.equal(75, screened(finding(75, { window = "1' union select" })))
      assert.equal(75, screened(finding(75, { class = "xss" })))
    end)

    it("never covers a known attack, or what scores far higher than it did", function()
      assert.equal(95, screened(finding(95)))
      assert.equal(81, screened(finding(81)))
      assert.equal(10, screened(finding(80)))
    end)

    it("takes effect without an operator only with learning.apply", function()
      store.keepLearned(store.signatureKey("r", "json:note", signature), { by = "learned", score = 75 })
      assert.equal(75, screened(finding(75)))
      assert.equal(10, screened(finding(75), { ["learning.apply"] = true }))
      assert.equal(75, screened(finding(75), { ["learning.apply"] = true, ["learning.enabled"] = false }))
    end)

    it("does not hide a real attack in another field of the same request", function()
      package.loaded["kong.plugins.threat-response.payload.scan-request"] = {
        scanRequest = function()
          local screen = worker.module("payload.screen").screened
          local usual = screen(finding(75))
          local attack = screen(finding(72, { field = "query:q", window = "1' union select 2" }))
          return usual.score > attack.score and usual or attack
        end,
      }
      for _, name in ipairs({ "detectors.index", "detectors.payload-injection" }) do
        package.loaded["kong.plugins.threat-response." .. name] = nil
      end
      kong.ctx = { plugin = {}, shared = {} }
      local facts =
        { source = source_of(1), route = { id = "r" }, headers = {}, isInspected = true, method = "GET", path = "/" }
      local findings = worker.module("detectors.index").detect(worker.instance(), facts, 0)
      assert.same({ 72, "query:q" }, { findings[1].score, findings[1].field })
    end)

    it("is told to the agent when it is met", function()
      screened(finding(75))
      screened(finding(75))
      local pending = worker.module("learning.pending").takePending()
      assert.same({ { route_id = "r", field = "json:note", signature = signature } }, pending.used)
    end)
  end)

  describe("a threshold", function()
    local function clean(of, clients)
      for i = 1, clients do
        consumer = "clean " .. i
        for _ = 1, 30 do observe.observePayload(of, outcome(source_of(i % 200, 1))) end
      end
      worker.module("learning.report-learned").flushLearned(nil, worker.now, true)
    end

    local function threshold()
      local learned = store.findLearned(store.thresholdKey("r"))
      return learned and learned.score
    end

    it("counts a client with a few requests only", function()
      local of = instance()
      clean(of, 50)
      assert.equal(1000, scores.totalOf("r"))
    end)

    it("rises with what many clients send, once enough is known", function()
      local of = instance()
      consumers(6, 74, { instance = of })
      clean(of, 90)
      assert.is_nil(threshold())
      clean(of, 130)
      assert.equal(75, threshold())
    end)

    it("does not rise for an attacker with one network, or with addresses that are new", function()
      local of = instance()
      clean(of, 130)
      consumers(200, 89, { instance = of, network = 5 })
      consumer = nil
      for i = 1, 200 do observe.observePayload(of, outcome(source_of(i, 3), finding(89))) end
      assert.is_nil(threshold())
    end)

    it("counts addresses that have behaved well for long, one vote of each", function()
      local of = instance()
      clean(of, 130)
      consumer = nil
      for round = 1, 2 do
        for i = 1, 12 do
          for _ = 1, 5 do evidence.addGood(of, source_of(i, 9)) end
        end
        worker.now = worker.now + (round == 1 and 3700 or 0)
      end
      for _ = 1, 50 do
        for i = 1, 2 do observe.observePayload(of, outcome(source_of(i, 9), finding(76))) end
      end
      assert.is_nil(threshold())
      for i = 3, 12 do observe.observePayload(of, outcome(source_of(i, 9), finding(76))) end
      assert.equal(77, threshold())
    end)

    it("never rises beyond its cap, whatever is voted", function()
      local of = instance()
      clean(of, 130)
      consumers(200, 89, { instance = of })
      assert.equal(85, threshold())
    end)

    it("raised, leaves a flag of what it lets pass, and nothing of known attacks", function()
      store.keepLearned(store.thresholdKey("r"), { by = "operator", score = 80 })
      local function action(score)
        apply.prepareScreen(worker.instance(), { route = { id = "r" } })
        return apply.applyLearned(finding(score)).action
      end
      assert.same({ "flag", "block", "block" }, { action(79), action(80), action(95) })
    end)
  end)

  describe("with an agent", function()
    local function with_agent()
      return instance({ ["agent.url"] = "http://127.0.0.1:1" })
    end

    it("reports votes once a day and draws no conclusions itself", function()
      local of = with_agent()
      for _ = 1, 3 do consumers(30, 75, { instance = of }) end
      worker.now = worker.now + DAY + 1
      consumers(5, 75, { instance = of })
      assert.is_false(is_approved())
      worker.module("learning.report-learned").flushLearned(of.config, worker.now, true)
      local record = worker.records[1]
      assert.equal("learned", record.type)
      assert.equal(70, #record.votes)
      assert.equal(70, record.scores[1].limits.block)
    end)

    it("keeps no more than it may report", function()
      local of = with_agent()
      consumers(2000, 75, { instance = of })
      worker.module("learning.report-learned").flushLearned(of.config, worker.now, true)
      assert.equal(200, #worker.records[1].votes)
    end)

    it("lets one consumer raise only so many questions a day", function()
      local of = with_agent()
      consumer = "busy"
      for i = 1, 500 do
        observe.observePayload(of, outcome(source_of(1), finding(60, { field = "json:f" .. i })))
      end
      assert.equal(20, #worker.module("learning.pending").takePending().votes)
    end)

    it("names clients by keyed hashes", function()
      local of = with_agent()
      consumers(3, 75, { instance = of })
      for _, vote in ipairs(worker.module("learning.pending").takePending().votes) do
        assert.matches("^%x+$", vote.voter)
        assert.matches("^%x+$", vote.network)
      end
    end)
  end)
end)
