local shared_dict = require("shared_dict")
local worker = require("worker")

describe("what hot patches have met", function()
  local dictionary, decisions

  local function patch_met(id, times)
    for _ = 1, times do
      if dictionary:incr("patch:" .. id, 1, 0, 60) == 1 then dictionary:rpush("patches", id) end
    end
  end

  local function taken()
    local counts = {}
    for _, hit in ipairs(decisions.takeHits() or {}) do counts[hit.decision] = hit.count end
    return counts
  end

  before_each(function()
    worker.start()
    dictionary = shared_dict.create(100000)
    ngx.shared.threat_response = dictionary
    decisions = worker.module("decisions")
    decisions.takeHits()
  end)

  it("is handed over once, as hits of a decision of that name", function()
    patch_met("a", 3)
    patch_met("b", 1)
    assert.same({ ["p-a"] = 3, ["p-b"] = 1 }, taken())
    assert.same({}, taken())
    patch_met("a", 2)
    assert.same({ ["p-a"] = 2 }, taken())
  end)

  it("loses nothing that comes while it is taken", function()
    patch_met("a", 3)
    local incr = dictionary.incr
    dictionary.incr = function(self, key, by, ...)
      dictionary.incr = nil
      incr(self, key, 4, 0)
      return incr(self, key, by, ...)
    end
    assert.same({ ["p-a"] = 7 }, taken())
  end)

  it("is nothing without the dictionary, and where a counter has left", function()
    patch_met("a", 1)
    dictionary:delete("patch:a")
    assert.same({}, taken())
    ngx.shared.threat_response = nil
    assert.same({}, taken())
  end)
end)
