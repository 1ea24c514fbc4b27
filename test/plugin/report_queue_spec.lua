local queues = require("kong.plugins.threat-response.report-queue")
local json = require("kong.plugins.threat-response.json")

describe("the queue of records", function()
  it("gives them back in order", function()
    local queue = queues.createQueue()
    for i = 1, 5 do
      assert.equal(0, queues.push(queue, { id = i }, 10))
    end
    for i = 1, 5 do
      assert.equal(i, queues.peek(queue).id)
      queues.dropFirst(queue)
    end
    assert.is_nil(queues.peek(queue))
    queues.dropFirst(queue)
    assert.equal(0, queue.count)
  end)

  it("drops the oldest beyond its bound and counts them", function()
    local queue = queues.createQueue()
    local dropped = 0
    for i = 1, 1000 do
      dropped = dropped + queues.push(queue, { id = i }, 100)
    end
    assert.equal(900, dropped)
    assert.equal(100, queue.count)
    assert.equal(901, queues.peek(queue).id)
    local slots = 0
    for _ in pairs(queue.slots) do
      slots = slots + 1
    end
    assert.equal(100, slots)
  end)

  it("shrinks when the bound does", function()
    local queue = queues.createQueue()
    for i = 1, 50 do
      queues.push(queue, { id = i }, 100)
    end
    assert.equal(41, queues.push(queue, { id = 51 }, 10))
    assert.equal(10, queue.count)
  end)
end)

describe("JSON", function()
  local decode = require("cjson.safe").decode

  it("comes back as it went in", function()
    local record = {
      type = "incident",
      at = 1763800000.123,
      big = 1763800000123,
      ok = true,
      text = 'a "quoted" \\ back\nslash \0 \127 ünï',
      samples = { { ip = "::1" }, { ip = "::2" } },
    }
    assert.same(record, decode(json.encodeJson(record)))
  end)

  it("tells an empty list from an empty object", function()
    assert.equal('{"samples":[]}', json.encodeJson({ samples = {} }))
    assert.equal('{"scope":{}}', json.encodeJson({ scope = {} }))
    assert.equal("[[1]]", json.encodeJson({ { 1 } }))
  end)

  it("has no number that is none, and an end", function()
    assert.equal('{"n":0}', json.encodeJson({ n = 0 / 0 }))
    assert.equal('{"n":0}', json.encodeJson({ n = 1 / 0 }))
    local loop = {}
    loop.inner = loop
    assert.is_not_nil(decode(json.encodeJson(loop)))
  end)

  it("leaves out what cannot be sent", function()
    assert.equal('{"f":null}', json.encodeJson({ f = print }))
  end)
end)
