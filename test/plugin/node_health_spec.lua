local shared_dict = require("shared_dict")
local worker = require("worker")

--- The modules as another worker of the same node has them.
local function start_worker(dictionary)
  ngx.shared.threat_response = dictionary
  for name in pairs(package.loaded) do
    if name:find("kong.plugins.threat-response", 1, true) then package.loaded[name] = nil end
  end
  return worker.module("node-health")
end

describe("what a node says about itself", function()
  local busy, quiet

  before_each(function()
    worker.start()
    local dictionary = shared_dict.create(2 ^ 20)
    quiet = start_worker(dictionary)
    busy = start_worker(dictionary)
  end)

  it("holds at once what a worker counted that has nothing to report", function()
    quiet.countHealth("decisions_refused", 2)
    assert.equal(2, busy.describeHealth(0, 0, 0).decisions_refused)
    busy.countHealth("decisions_refused", 1)
    quiet.countHealth("decisions_refused", 4)
    assert.equal(7, quiet.describeHealth(0, 0, 0).decisions_refused)
    assert.equal(7, busy.describeHealth(0, 0, 0).decisions_refused)
  end)

  it("holds reasons that only another worker met", function()
    quiet.countUninspected("streamed")
    quiet.countUninspected("malformed")
    quiet.describeHealth(0, 0, 0)
    busy.countUninspected("malformed")
    assert.same({ streamed = 1, malformed = 2 }, busy.describeHealth(0, 0, 0).uninspected)
  end)
end)
