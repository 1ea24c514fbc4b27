local worker = require("worker")

describe("distinct texts", function()
  local distinct

  setup(function()
    worker.start()
    distinct = worker.module("distinct")
  end)

  local function count(total, repeats)
    local set = distinct.createDistinct()
    for _ = 1, repeats do
      for i = 1, total do distinct.addDistinct(set, "10.0." .. math.floor(i / 256) .. "." .. i % 256) end
    end
    return distinct.countDistinct(set)
  end

  for _, total in ipairs({ 0, 1, 2, 10, 100, 1000, 20000 }) do
    it("are counted within a quarter of " .. total .. ", however often they repeat", function()
      assert.is_true(math.abs(count(total, 3) - total) <= math.max(0.5, total / 4))
    end)
  end

  it("are none after clearing", function()
    local set = distinct.createDistinct()
    distinct.addDistinct(set, "a")
    distinct.clearDistinct(set)
    assert.equal(0, distinct.countDistinct(set))
  end)
end)

describe("top sources", function()
  it("keep the loudest among very many, largest first", function()
    worker.start()
    local top_sources = worker.module("top-sources")
    local top = top_sources.createTop()
    for i = 1, 5000 do
      top_sources.addTop(top, "quiet" .. i)
      if i % 2 == 0 then top_sources.addTop(top, "loud") end
      if i % 4 == 0 then top_sources.addTop(top, "louder than most") end
    end
    local listed = top_sources.listTop(top)
    assert.equal(20, #listed)
    assert.equal("loud", listed[1].ip)
    assert.equal("louder than most", listed[2].ip)
  end)
end)

describe("counters without a shared dictionary", function()
  local counters

  before_each(function()
    worker.start()
    counters = worker.module("counters")
  end)

  it("say that they are not shared", function() assert.is_false(counters.isShared) end)

  it("count in a window that begins with its first event", function()
    local dict = counters.counters
    assert.equal(1, (dict:incr("a", 1, 0, 10)))
    worker.now = worker.now + 9
    assert.equal(2, (dict:incr("a", 1, 0, 10)))
    worker.now = worker.now + 2
    assert.equal(1, (dict:incr("a", 1, 0, 10)))
  end)

  it("add only what is not there", function()
    local dict = counters.counters
    assert.is_true((dict:add("a", 1, 10)))
    assert.is_false((dict:add("a", 2, 10)))
    assert.equal(1, (dict:get("a")))
    worker.now = worker.now + 11
    assert.is_true((dict:add("a", 2, 10)))
  end)

  it("forget what was deleted", function()
    local dict = counters.counters
    dict:set("a", 1)
    dict:delete("a")
    assert.is_nil((dict:get("a")))
    assert.is_nil((dict:ttl("a")))
  end)

  it("stay within bounds over hundreds of thousands of addresses and users", function()
    local instance = worker.instance()
    local flood, evidence = worker.module("detectors.flood"), worker.module("evidence")
    local hash = worker.module("features.identity").hashUser
    local function visit(i)
      local source = { ip = "a" .. i, key = "a" .. i, isExempt = false }
      flood.countRequest(instance, source)
      evidence.addGood(instance, source)
      if i % 20 == 0 then hash(instance, "user" .. i) end
    end
    for i = 1, 50000 do visit(i) end
    collectgarbage()
    collectgarbage()
    local before = collectgarbage("count")
    for i = 50001, 300000 do visit(i) end
    collectgarbage()
    collectgarbage()
    assert.is_true(collectgarbage("count") - before < 10 * 1024)
  end)
end)
