-- What was judged and found ordinary is not judged again; nothing else passes for it.
local ffi = require("ffi")
local worker = require("worker")

local LIMITS = { max_inspected_bytes = 1000, graphql_max_depth = 25, graphql_max_aliases = 100, graphql_introspection = true }

describe("what is known to be ordinary", function()
  local inspection, ordinary

  before_each(function()
    worker.start()
    inspection = worker.module("payload.inspection")
    ordinary = worker.module("payload.ordinary")
    inspection.beginInspection(LIMITS)
  end)

  local function hash(text, meaning, salt)
    local first = ordinary.hashOf(ffi.cast("const uint8_t *", text), 0, #text, meaning or 0, salt or 0)
    return first .. " " .. ordinary.secondHalf()
  end

  it("is told from texts that differ in one byte, in length or in what they mean", function()
    local seen = {}
    local function add(value)
      assert.is_nil(seen[value])
      seen[value] = true
    end
    for length = 0, 40 do
      local text = ("a"):rep(length)
      add(hash(text))
      add(hash(text, 1))
      add(hash(text, 0, 1))
      add(hash(text .. "\0"))
      for i = 1, length do add(hash(text:sub(1, i - 1) .. "b" .. text:sub(i + 1))) end
    end
    assert.equal(hash("the same text"), hash("the same " .. "text"))
  end)

  it("is known as the part that it was, and costs what it cost", function()
    assert.is_false(ordinary.isOrdinaryPart("q=1", ordinary.QUERY, 0))
    ordinary.keepOrdinaryPart(70.25)
    assert.is_true(ordinary.isOrdinaryPart("q=1", ordinary.QUERY, 0))
    assert.equal(70.25, inspection.spent())
    assert.is_false(ordinary.isOrdinaryPart("q=1", ordinary.COOKIES, 0))
    assert.is_false(ordinary.isOrdinaryPart("q=1", ordinary.BODY, ordinary.saltOf("text/plain")))
    assert.is_false(ordinary.isOrdinaryPart("q=2", ordinary.QUERY, 0))
  end)

  it("is not known where the part that was asked for last is too long", function()
    assert.is_false(ordinary.isOrdinaryPart("q=1", ordinary.BODY, 0))
    assert.is_false(ordinary.isOrdinaryPart(("a"):rep(32769), ordinary.BODY, 0))
    ordinary.keepOrdinaryPart(10)
    assert.is_false(ordinary.isOrdinaryPart("q=1", ordinary.BODY, 0))
    assert.is_false(ordinary.isOrdinaryPart(("a"):rep(32769), ordinary.BODY, 0))
  end)

  it("is judged again where so little is left that it might be judged otherwise", function()
    assert.is_false(ordinary.isOrdinaryPart("long", ordinary.BODY, 0))
    ordinary.keepOrdinaryPart(600)
    assert.is_false(ordinary.isOrdinaryPart("long", ordinary.BODY, 0))
    assert.equal(0, inspection.spent())
  end)
end)

describe("a request", function()
  local scan
  -- 1' union select a from b--  in base64.
  local HIDDEN = "MScgdW5pb24gc2VsZWN0IGEgZnJvbSBiLS0g"

  before_each(function()
    worker.start()
    _G.ngx.re = { find = function() end }
    scan = worker.module("payload.scan-request").scanRequest
  end)

  it("is not ordinary by a part whose hidden text an earlier part had, too", function()
    local both = scan({ path = "/" .. HIDDEN, query = "q=" .. HIDDEN })
    local alone = scan({ path = "/", query = "q=" .. HIDDEN })
    assert.is_not_nil(both)
    assert.is_not_nil(alone)
  end)

  it("has what its parts hide judged each time while any of it is an attack", function()
    local calm = "aXQgaXMgYSBnaWZ0IGZvciB0aGVt"
    for _ = 1, 3 do
      assert.is_nil(scan({ path = "/", query = "q=" .. calm }))
      assert.is_not_nil(scan({ path = "/", query = "q=" .. calm, cookie = "c=" .. HIDDEN }))
      assert.is_not_nil(scan({ path = "/", query = "a=" .. calm .. "&b=" .. HIDDEN }))
    end
  end)

  it("has the same finding each time, and the ordinary around it does not hide it", function()
    local body = '{"note":"It\'s a gift (for them)","q":"1\' union select login,pass from users-- "}'
    local calm = '{"note":"It\'s a gift (for them)","q":"1"}'
    for _ = 1, 3 do
      assert.is_nil(scan({ path = "/", contentType = "application/json", body = calm }))
      local found = scan({ path = "/", contentType = "application/json", body = body })
      assert.equal("json:q", found.field)
    end
  end)
end)
