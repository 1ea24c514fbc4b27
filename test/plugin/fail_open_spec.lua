local worker = require("worker")

describe("a plugin that fails", function()
  local health, fail_open
  local config = { gateway = "default", agent = { url = "http://127.0.0.1:1" } }

  before_each(function()
    worker.start()
    worker.collect_records()
    health = worker.module("health")
    fail_open = worker.module("fail-open")
    fail_open.checkFailOpen(config, worker.now)
  end)

  --- So many seconds, in each of which so many requests are served and so many of them fail.
  local function pass(seconds, requests, failures, reason)
    for _ = 1, seconds do
      for _ = 1, requests do health.countServed() end
      for _ = 1, failures do health.countFailOpen("access", reason or "attempt to index a nil value") end
      worker.now = worker.now + 1
      fail_open.checkFailOpen(config, worker.now)
    end
  end

  it("on more than a thousandth of the requests is an incident about the gateway", function()
    pass(10, 1000, 2)
    assert.equal(1, #worker.records)
    local record = worker.records[1]
    assert.same({ "route_misconfig", "fail_open", "gateway", "*", "monitor" }, {
      record.category,
      record.detector,
      record.subject.kind,
      record.subject.value,
      record.mode,
    })
    assert.same({ 20, 10 }, { record.requests, record.window_s })
    assert.equal("access: attempt to index a nil value", record.reasons[2])
  end)

  it("on a thousandth or less is counted only", function()
    pass(60, 10000, 10)
    assert.equal(0, #worker.records)
    assert.equal(600, health.failOpenCount())
  end)

  it("on all of a few requests is seen, too", function()
    pass(10, 1, 1)
    assert.equal(1, #worker.records)
  end)

  it("once in a while is not an incident, however few requests there are", function()
    pass(60, 1, 0)
    pass(1, 1, 2)
    pass(120, 1, 0)
    assert.equal(0, #worker.records)
  end)

  it("is told again while it goes on", function()
    pass(30, 10, 10)
    assert.equal(3, #worker.records)
  end)

  it("shows nothing that a client has sent", function()
    pass(10, 1, 1, "bad value 'password=hunter2secret' and card 4111111111111111")
    assert.is_nil(table.concat(worker.records[1].reasons, " "):find("hunter2secret", 1, true))
    assert.is_nil(table.concat(worker.records[1].reasons, " "):find("4111111111111111", 1, true))
    assert.is_nil(worker.log:find("hunter2secret", 1, true))
  end)

  it("in a timer is no request that was let through", function()
    for _ = 1, 50 do health.countFailOpen("timer", "broken") end
    pass(10, 1, 0)
    assert.equal(0, #worker.records)
    assert.equal(50, health.failOpenCount())
  end)
end)
