local worker = require("worker")

local HOUR = 3600
local ADDRESS = "203.0.113.9"

describe("who is behind an address", function()
  local crowd, usual, instance

  before_each(function()
    worker.start()
    instance = worker.instance({ ["flood.max_per_ip"] = 80 })
    instance.credentialVariables = { "http_apikey", "cookie_session" }
    crowd = worker.module("crowd")
    usual = worker.module("source-usual")
    crowd.isAtStart(worker.now)
  end)

  local function facts_of(session, agent)
    ngx.var.cookie_session = session
    return { source = { key = ADDRESS }, userAgent = agent or "browser", cookie = session and "session=" .. session }
  end

  --- Windows of ten seconds with so many good answers each, for so many sessions.
  local function serve(windows, requests, sessions, options)
    options = options or {}
    for _ = 1, windows do
      for i = 1, requests do
        usual.noteUsual(instance, ADDRESS, i)
        local session = "session-number-" .. i % sessions
        ngx.var.sent_http_set_cookie = options.issued and ("session=%s; Path=/"):format(session) or nil
        crowd.noteCrowd(instance, facts_of(session), options.identity and options.identity(i), i)
      end
      worker.now = worker.now + 10
    end
    ngx.var.sent_http_set_cookie = nil
    worker.now = worker.now + 1.1
  end

  it("does not matter to a gateway in its first minute: many are many", function()
    serve(1, 79, 39)
    assert.equal(math.huge, usual.allowanceOf(instance, ADDRESS))
  end)

  it("has four times what was let in so far, when it was there as the gateway started", function()
    serve(12, 790, 39)
    local allowance = usual.allowanceOf(instance, ADDRESS)
    assert.is_true(allowance > 2500 and allowance < 3500, allowance)
  end)

  it("has five times the limit and no more when it came later, whoever it says is there", function()
    worker.now = worker.now + 120
    serve(30, 390, 39)
    assert.equal(400, usual.allowanceOf(instance, ADDRESS))
  end)

  it("is believed for a quarter of an hour", function()
    worker.now = worker.now + 890
    assert.is_true(crowd.isBelieved(instance, facts_of("session-number-3")))
    worker.now = worker.now + 20
    assert.is_false(crowd.isBelieved(instance, facts_of("session-number-3")))
  end)

  it("is one busy client, then, when there is one session only", function()
    serve(1, 79, 1)
    assert.equal(80, usual.allowanceOf(instance, ADDRESS))
  end)

  it("is nobody when keys are made up that nothing has let in, on a gateway that has just started, too", function()
    for i = 1, 79 do
      ngx.var.http_apikey = "made-up-key-" .. i
      crowd.noteCrowd(instance, facts_of(nil), nil, i)
    end
    ngx.var.http_apikey = nil
    worker.now = worker.now + 1.1
    assert.is_false(crowd.isCrowd(ADDRESS))
    assert.equal(80, usual.allowanceOf(instance, ADDRESS))
  end)

  it("is nobody when thirty sessions are made up for a flood", function()
    worker.now = worker.now + HOUR
    serve(2, 79, 30)
    assert.is_false(crowd.isCrowd(ADDRESS))
    assert.is_false(crowd.isBelieved(instance, facts_of("session-number-3")))
    assert.equal(80, usual.allowanceOf(instance, ADDRESS))
  end)

  it("are many when the address has been served with them for a while", function()
    worker.now = worker.now + HOUR
    serve(70, 79, 39)
    assert.is_true(crowd.isCrowd(ADDRESS))
    assert.is_true(crowd.isBelieved(instance, facts_of("session-number-4")))
    assert.is_true(usual.allowanceOf(instance, ADDRESS) >= 400)
  end)

  it("are many at once when the service has issued their sessions", function()
    worker.now = worker.now + HOUR
    serve(1, 40, 30, { issued = true })
    assert.is_true(crowd.isCrowd(ADDRESS))
  end)

  it("are many at once when Kong has authenticated them", function()
    worker.now = worker.now + HOUR
    serve(1, 79, 1, { identity = function(i) return { owner = "consumer" .. i } end })
    assert.is_true(crowd.isCrowd(ADDRESS))
  end)

  it("are one where one consumer sends everything", function()
    worker.now = worker.now + HOUR
    serve(70, 79, 39, { identity = function() return { owner = "consumer" } end })
    assert.is_false(crowd.isCrowd(ADDRESS))
  end)

  it("raises the limit with what is usual there, after half an hour", function()
    worker.now = worker.now + HOUR
    serve(200, 79, 39)
    local usually = usual.usualOf(instance, ADDRESS)
    assert.is_true(usually > 50 and usually < 100, usually)
  end)

  it("never lets an address grow from what is beyond its allowance", function()
    worker.now = worker.now + HOUR
    for i = 1, 10000 do usual.noteUsual(instance, ADDRESS, i) end
    assert.equal(80, usual.allowanceOf(instance, ADDRESS))
  end)

  it("costs nothing for who is not busy", function()
    serve(10, 5, 3)
    assert.equal(0, usual.usualOf(instance, ADDRESS))
  end)
end)
