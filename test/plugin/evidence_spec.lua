local worker = require("worker")

local finding = { category = "payload_injection", subject = "ip", value = "192.0.2.1" }

describe("evidence against an address", function()
  local evidence, instance
  local source = { ip = "192.0.2.1", key = "\192\0\2\1", isExempt = false }

  before_each(function()
    worker.start()
    evidence = worker.module("evidence")
    instance = worker.instance()
  end)

  local function add(count)
    local blocked = false
    for _ = 1, count do blocked = evidence.addEvidence(instance, source, finding) or blocked end
    return blocked
  end

  local limits = { min_evidence = 5, min_share = 0.5, window_s = 60 }
  for _, case in ipairs({
    { "one malicious request is not enough", 1, 0, 0, false },
    { "repetition is", 5, 0, 0, true },
    { "as much good as bad still is", 5, 5, 0, true },
    { "more good than bad is not", 5, 6, 0, false },
    { "nothing is against an address that was good before", 1000, 5, 61, false },
    { "being good only since the attack began does not help", 1000, 5, 59, true },
  }) do
    it(case[1], function() assert.equal(case[5], evidence.isEnough(limits, case[2], case[3], case[4])) end)
  end

  it("blocks when the fifth piece comes, and says so once", function()
    assert.is_false(add(4))
    assert.is_nil(evidence.findRecord(instance, source))
    assert.is_true(add(1))
    assert.is_false(add(3))
    assert.equal("payload_injection", evidence.findRecord(instance, source).category)
  end)

  it("is forgotten when the block ends", function()
    add(5)
    worker.now = worker.now + 301
    assert.is_nil(evidence.findRecord(instance, source))
  end)

  local function turnAway(count)
    for _ = 1, count do evidence.findRecord(instance, source) end
  end

  it("keeps a block up while the address sends on as before, and no longer", function()
    add(5)
    for _ = 1, 2 do
      worker.now = worker.now + 290
      turnAway(50)
    end
    worker.now = worker.now + 290
    assert.equal("192.0.2.1", evidence.findRecord(instance, source).value)
    worker.now = worker.now + 15
    assert.is_nil(evidence.findRecord(instance, source))
  end)

  it("lets a block end for who only tries again now and then", function()
    add(5)
    for _ = 1, 29 do
      worker.now = worker.now + 10
      turnAway(49)
    end
    worker.now = worker.now + 11
    assert.is_nil(evidence.findRecord(instance, source))
  end)

  it("ends every block at last, however eager the address is", function()
    add(5)
    local began = worker.now
    while worker.now - began < 1200 do
      worker.now = worker.now + 10
      turnAway(100)
    end
    worker.now = worker.now + 1
    assert.is_nil(evidence.findRecord(instance, source))
  end)

  it("expires when it is spread over a long time", function()
    for _ = 1, 10 do
      add(1)
      worker.now = worker.now + 50
    end
    assert.is_nil(evidence.findRecord(instance, source))
  end)

  it("is outweighed by the good traffic behind the same address", function()
    for _ = 1, 20 do evidence.addGood(instance, source) end
    assert.is_false(add(15))
    assert.equal(20, evidence.countGood(instance, source.key))
  end)

  it("never blocks a whole address that behaved well before, however loud the attack", function()
    for _ = 1, 5 do evidence.addGood(instance, source) end
    worker.now = worker.now + 90
    assert.is_false(add(5000))
  end)

  it("remembers as well who came rarely, on both sides of a window's end", function()
    worker.now = math.floor(worker.now / 60) * 60 + 50
    for _ = 1, 3 do evidence.addGood(instance, source) end
    worker.now = worker.now + 20
    evidence.addGood(instance, source)
    assert.equal(0, evidence.goodFor(source.key))
    evidence.addGood(instance, source)
    worker.now = worker.now + 40
    evidence.addGood(instance, source)
    assert.equal(40, evidence.goodFor(source.key))
  end)

  it("is not held against a proxy in front", function()
    local proxy = { ip = "10.0.0.1", key = "\10\0\0\1", isExempt = true }
    for _ = 1, 50 do assert.is_false(evidence.addEvidence(instance, proxy, finding)) end
  end)

  it("seen by a monitoring instance stops nothing elsewhere", function()
    local monitor = worker.instance({ mode = "monitor" })
    for _ = 1, 10 do evidence.addEvidence(monitor, source, finding) end
    assert.is_table(evidence.findRecord(monitor, source))
    assert.is_nil(evidence.findRecord(instance, source))
  end)

  it("keeps what follows in the incident it began with", function()
    local of_route = { category = "api_ddos", subject = "route", value = "r 1" }
    for _ = 1, 5 do evidence.addEvidence(instance, source, of_route) end
    local record = evidence.findRecord(instance, source)
    assert.same({ "route", "r 1" }, { record.subject, record.value })
  end)
end)
