local shared_dict = require("shared_dict")
local worker = require("worker")

describe("the room of the shared dictionary", function()
  local dictionary, check

  before_each(function()
    worker.start()
    worker.log = nil
    dictionary = shared_dict.create(4096)
    ngx.shared.threat_response = dictionary
    check = worker.module("dictionary-room").checkRoom
  end)

  local function pass(seconds, addresses)
    for second = 1, seconds do
      worker.now = worker.now + 1
      for i = 1, addresses do dictionary:set("address " .. second .. "/" .. i, 1, 3600) end
      check(worker.now)
    end
  end

  it("is told to be too little when entries leave before windows end", function()
    pass(30, 10)
    assert.truthy(worker.log:find("threat_response (4 KiB) is too small", 1, true))
    assert.truthy(worker.log:find("threat_response 64m", 1, true))
  end)

  it("is enough when only what has been idle for longer leaves", function()
    for _ = 1, 10 do pass(30, 0) end
    dictionary:set("address", 1, 3600)
    pass(200, 0)
    assert.is_nil(worker.log)
  end)
end)
